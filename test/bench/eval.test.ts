/** The evaluation commands on small data of their own: reading, scores, the prequential run, the drift test, and how they fail. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, describe, expect, it } from 'vitest';
import { Figures } from '../../bench/draw/figures.ts';
import { armsOf, drawArms } from '../../bench/eval/arms.ts';
import { BANDITS } from '../../bench/eval/bandits.ts';
import type { Bandit } from '../../bench/eval/bandits.ts';
import { encoderOf, quantiles } from '../../bench/eval/encode-hmda.ts';
import { COLUMNS, DataError, parseCsv, parseRows, readRows } from '../../bench/eval/hmda.ts';
import type { Row } from '../../bench/eval/hmda.ts';
import type { Predictor, Timed } from '../../bench/eval/predictors.ts';
import { frozenLogistic, funderRate, window125 } from '../../bench/eval/predictors.ts';
import { prepare, runTrial } from '../../bench/eval/prequential.ts';
import { regretPer1000, summary } from '../../bench/eval/regret.ts';
import { fitRidge, logistic } from '../../bench/eval/ridge.ts';
import { meanScores, reliability, scoresOf } from '../../bench/eval/scores.ts';
import { generator } from '../../src/routing/draw.ts';

const folder = mkdtempSync(join(tmpdir(), 'millrace-eval-'));
afterAll(() => rmSync(folder, { recursive: true }));

type Fields = Partial<Record<string, string>>;
const PLAIN: Fields = {
  agency_abbr: 'HUD',
  loan_type: 'Conventional',
  property_type: 'House, or the like',
  loan_purpose: 'Refinancing',
  owner_occupancy: 'Owner',
  preapproval: 'Not applicable',
  state_abbr: 'CA',
  applicant_income_000s: '80',
  lien_status: 'First',
  tract_to_msamd_income: '100',
  hud_median_family_income: '60000',
  has_coapplicant: '0',
};

/** A register: every year `perYear` applications of each lender, approved at the lender's rate, more often with a large income. */
function register(rates: Readonly<Record<string, readonly number[]>>, perYear: number, columns: readonly string[] = COLUMNS): string {
  const next = generator(3, 'register');
  const lines = Object.entries(rates).flatMap(([lender, byYear]) =>
    byYear.flatMap((rate, year) =>
      Array.from({ length: perYear }, () => {
        const income = Math.floor(20 + 180 * next());
        const approved = next() < Math.min(0.98, Math.max(0.02, rate + (income - 110) / 300));
        const fields: Fields = {
          ...PLAIN,
          as_of_year: `${2001 + year}`,
          respondent_id: lender,
          loan_amount_000s: `${Math.floor(50 + 200 * next())}`,
          applicant_income_000s: `${income}`,
          action_taken: approved ? 'Loan originated' : 'Application denied by financial institution',
        };
        return columns.map((column) => (fields[column]?.includes(',') === true ? `"${fields[column]}"` : (fields[column] ?? ''))).join(',');
      }),
    ),
  );
  return `${columns.join(',')}\n${lines.join('\n')}\n`;
}

const RATES = { a: [0.8, 0.8, 0.8], b: [0.3, 0.3, 0.7], c: [0.5, 0.6, 0.4] };
const rows = parseRows(register(RATES, 60));
const TRIAL = { warmYears: [2001, 2002], testYear: 2003, delay: 0, minRows: 100 };

describe('reading the register', () => {
  it('quoted commas, doubled quotes, empty fields and carriage returns', () => {
    expect(parseCsv('a,"b, c","say ""no"""\r\n,,\nlast,,1')).toEqual([
      ['a', 'b, c', 'say "no"'],
      ['', '', ''],
      ['last', '', '1'],
    ]);
    expect(parseCsv('')).toEqual([]);
  });

  it('what is missing is null, what was not decided is passed over', () => {
    const line = (over: Fields): string => {
      const fields: Fields = { ...PLAIN, property_type: 'House', as_of_year: '2001', loan_amount_000s: '90', ...over };
      return COLUMNS.map((column) => fields[column] ?? '').join(',');
    };
    const [row, none] = parseRows(
      [
        COLUMNS.join(','),
        line({ action_taken: 'Loan originated', applicant_income_000s: '', state_abbr: '' }),
        line({ action_taken: 'Withdrawn' }),
      ].join('\n'),
    );
    expect(row).toMatchObject({ year: 2001, approved: true, amount: 90, income: null, burden: null, state: null, tract: 100 });
    expect(none).toBeUndefined();
    expect(() => parseRows(`${COLUMNS.join(',')}\n${line({ action_taken: 'Loan originated', as_of_year: 'x' })}`)).toThrow('row 2');
  });

  it('names the file or the columns that are missing', () => {
    expect(() => readRows(join(folder, 'nowhere.csv'))).toThrow('no such file');
    expect(() => parseRows('as_of_year,respondent_id\n')).toThrow(/missing columns: agency_abbr, .*has_coapplicant/);
    expect(() => parseRows('')).toThrow(DataError);
  });

  it('plain and gzipped alike', () => {
    const [plain, gzipped] = [join(folder, 'r.csv'), join(folder, 'r.csv.gz')];
    writeFileSync(plain, register(RATES, 5));
    writeFileSync(gzipped, gzipSync(register(RATES, 5)));
    expect(readRows(gzipped)).toEqual(readRows(plain));
  });

  it('never looks at a column that is filled in after the decision', () => {
    const leaky = [...COLUMNS, 'denial_reason_1', 'purchaser_type', 'rate_spread'];
    expect(parseRows(register(RATES, 5, leaky))).toEqual(parseRows(register(RATES, 5)));
  });
});

describe('encoding', () => {
  it('bands are quantiles of the warm rows alone, and a new level says nothing', () => {
    expect(quantiles([1, 2, 3, 4, 5, 6, 7, 8], 4)).toEqual([3, 5, 7]);
    expect(quantiles([1, 1, 1, 1], 4)).toEqual([1]);
    const { schema, application } = encoderOf(rows.filter((row) => row.year < 2003));
    const odd: Row = { ...rows[0]!, amount: 1e9, state: 'XX', income: null, tract: null };
    const levels = new Map(application(odd));
    expect(levels.get('amount')).toBe('11');
    expect(schema.places.get('state')?.has('XX')).toBe(false);
    expect(schema.places.get('income')?.has(levels.get('income')!)).toBe(true);
    expect(schema.places.get('tract')?.has(levels.get('tract')!)).toBe(false);
  });
});

describe('scores', () => {
  const scored = [
    { p: 0.9, approved: true },
    { p: 0.8, approved: false },
    { p: 0.3, approved: true },
    { p: 0.1, approved: false },
  ];

  it('by hand', () => {
    const { auc, log_loss: loss, brier, ece } = scoresOf(scored);
    expect(auc).toBe(0.75);
    expect(loss).toBeCloseTo(-(Math.log(0.9) + Math.log(0.2) + Math.log(0.3) + Math.log(0.9)) / 4, 12);
    expect(brier).toBeCloseTo((0.01 + 0.64 + 0.49 + 0.01) / 4, 12);
    expect(ece).toBeCloseTo((0.1 + 0.8 + 0.7 + 0.1) / 4, 12);
  });

  it('ties count half, certainty is finite, and one is in the last bin', () => {
    expect(
      scoresOf([
        { p: 0.5, approved: true },
        { p: 0.5, approved: false },
      ]).auc,
    ).toBe(0.5);
    expect(scoresOf([{ p: 1, approved: false }]).log_loss).toBeLessThan(30);
    expect(reliability([{ p: 1, approved: true }])[9]).toEqual({ rows: 1, said: 1, seen: 1 });
    expect(
      meanScores([
        { auc: 1, log_loss: 2, brier: 3, ece: 4 },
        { auc: 0, log_loss: 0, brier: 0, ece: 0 },
      ]),
    ).toEqual({ auc: 0.5, log_loss: 1, brier: 1.5, ece: 2 });
  });
});

describe('the prequential run', () => {
  const recorder = (): { seen: number[]; predictor: Predictor } => {
    const seen: number[] = [];
    let known = 0;
    const learn = (timed: readonly Timed[]): void => void (known += timed.length);
    return { seen, predictor: { predict: () => (seen.push(known), 0.5), learn } };
  };

  it('an outcome is learnt after its prediction, and `delay` rows later', () => {
    const prepared = prepare(rows, TRIAL);
    expect(prepared.test).toHaveLength(180);
    for (const delay of [0, 7]) {
      const { seen, predictor } = recorder();
      runTrial(prepared, { ...TRIAL, delay }, 1, predictor);
      expect(seen).toEqual(Array.from({ length: 180 }, (_, index) => 360 + Math.max(0, index - delay)));
    }
  });

  it('the panel goes by rows in the whole file', () => {
    const few = rows.filter((row) => !(row.lender === 'a|HUD' && row.year === 2003 && row.approved));
    expect([...prepare(few, { ...TRIAL, minRows: 180 }).panel]).toEqual(['b|HUD', 'c|HUD']);
    expect(() => prepare(rows, { ...TRIAL, minRows: 181 })).toThrow('no lender with 181 rows');
    expect(() => prepare(rows, { ...TRIAL, testYear: 2009 })).toThrow('no decided applications in 2009; the file has 2001, 2002, 2003');
    expect(() => prepare(rows, { ...TRIAL, testYear: 2001 })).toThrow('both');
  });

  it('a seed is an order; another seed is another', () => {
    const orderOf = (seed: number): readonly unknown[] => {
      const order: Row[] = [];
      runTrial(prepare(rows, TRIAL), TRIAL, seed, { predict: ({ row }) => (order.push(row), 0.5), learn: () => undefined });
      return order;
    };
    expect(orderOf(1)).toEqual(orderOf(1));
    expect(orderOf(1)).not.toEqual(orderOf(2));
  });

  it('the baselines do what they are called', () => {
    const prepared = prepare(rows, TRIAL);
    const [rate, window, frozen] = [funderRate(), window125(), frozenLogistic(prepared.encoder, prepared.panel)];
    const warm = prepared.warm.flat().map((row) => ({ row, atMs: 0 }));
    for (const one of [rate, window, frozen]) one.learn(warm);
    const of = (lender: string): Timed => ({ row: { ...rows[0]!, lender: `${lender}|HUD` }, atMs: 0 });
    for (const one of [rate, window, frozen]) expect(one.predict(of('a'))).toBeGreaterThan(one.predict(of('b')) + 0.2);
    const before = frozen.predict(of('b'));
    const news = Array.from({ length: 125 }, () => ({ row: { ...rows[0]!, lender: 'b|HUD', approved: true }, atMs: 0 }));
    for (const one of [rate, window, frozen]) one.learn(news);
    expect(frozen.predict(of('b'))).toBe(before);
    expect(window.predict(of('b'))).toBeCloseTo(126 / 127, 12);
    expect(rate.predict(of('b'))).toBeLessThan(0.85);
  });

  it('ridge finds planted weights', () => {
    const next = generator(4, 'ridge');
    const planted = [0.5, 1, -1.5];
    const data = Array.from({ length: 6_000 }, () => {
      const at = [0, ...(next() < 0.5 ? [1] : []), ...(next() < 0.5 ? [2] : [])];
      return { at, approved: next() < logistic(Float64Array.from(planted), at) };
    });
    const weights = fitRidge(data, 3, 1);
    for (const [index, weight] of planted.entries()) expect(Math.abs(weights[index]! - weight)).toBeLessThan(0.15);
  });
});

describe('the drift test', () => {
  const arms = [
    { lender: 'a', rates: [0.9, 0.2] },
    { lender: 'b', rates: [0.5, 0.6] },
  ];
  const GAME = { roundsPerPhase: 400, delay: 0 };

  it('arms have enough rows in every year', () => {
    expect(armsOf(rows, 60, 3).map((arm) => arm.rates.length)).toEqual([3, 3, 3]);
    expect(() => armsOf(rows, 61, 2)).toThrow('0 lenders have 61 rows');
    expect(drawArms(armsOf(rows, 60, 3), 2, generator(1, 'x'))).toHaveLength(2);
  });

  it('regret is of rates, not of luck: static pays for the second phase alone', () => {
    expect(regretPer1000(arms, BANDITS['static']!(arms), GAME, 1)).toBeCloseTo(200, 9);
    expect(regretPer1000(arms, BANDITS['random']!(arms), GAME, 1)).toBeCloseTo(200, -1.6);
  });

  it('an answer arrives `delay` rounds after its choice', () => {
    const heard: number[] = [];
    let round = -1;
    const listener: Bandit = { choose: () => ((round += 1), 0), learn: () => void heard.push(round) };
    regretPer1000(arms, listener, { roundsPerPhase: 5, delay: 3 }, 1);
    expect(heard).toEqual([3, 4, 5, 6, 7, 8, 9]);
  });

  it('every learner does better than chance, and gives the same figure again', () => {
    for (const name of Object.keys(BANDITS).filter((one) => !['random', 'static'].includes(one))) {
      const play = (): number => regretPer1000(arms, BANDITS[name]!(arms), GAME, 2);
      expect(play(), name).toBeLessThan(160);
      expect(play(), name).toBe(play());
    }
  });

  it('mean and standard error', () => {
    expect(summary([1, 2, 3])).toEqual({ mean: 2, error: Math.sqrt(1 / 3) });
  });
});

describe('the commands', () => {
  const data = join(folder, 'register.csv.gz');
  writeFileSync(data, gzipSync(register(RATES, 60)));
  const run = (command: string, ...args: string[]): { status: number | null; last: string; stderr: string } => {
    const { status, stdout, stderr } = spawnSync(process.execPath, [`bench/eval/${command}.ts`, ...args], { encoding: 'utf8', timeout: 60_000 });
    return { status, last: stdout.trim().split('\n').at(-1)!, stderr };
  };

  it('eval:likelihood ends with its figures as JSON', () => {
    const { status, last } = run(
      'likelihood',
      '--data',
      data,
      '--warm-years',
      '2001,2002',
      '--test-year',
      '2003',
      '--delay',
      '5',
      '--min-rows',
      '100',
      '--seeds',
      '2',
    );
    expect(status).toBe(0);
    const figures = JSON.parse(last) as Record<string, Record<string, number>>;
    expect(Figures.shape.likelihood.safeParse(figures).error).toBeUndefined();
    expect(figures['panel']).toEqual({ lenders: 3, tested: 3, rows: 180 });
    for (const name of ['ours', 'funder_rate', 'frozen_logistic', 'window_125']) {
      expect(Object.keys(figures[name]!)).toEqual(['auc', 'log_loss', 'brier', 'ece']);
    }
    expect(figures['ours']!['auc']).toBeGreaterThan(0.6);
  }, 60_000);

  it('eval:drift ends with its figures as JSON', () => {
    const { status, last } = run(
      'drift',
      '--data',
      data,
      '--arms',
      '3',
      '--runs',
      '2',
      '--rounds',
      '50',
      '--min-rows',
      '50',
      '--delays',
      '0,5',
      '--json',
    );
    expect(status).toBe(0);
    const { delays } = JSON.parse(last) as { delays: { delay: number; regret_per_1000: Record<string, { mean: number }> }[] };
    expect(delays.map((one) => one.delay)).toEqual([0, 5]);
    expect(Figures.shape.drift.safeParse(JSON.parse(last)).error).toBeUndefined();
    expect(Object.keys(delays[0]!.regret_per_1000)).toEqual(Object.keys(BANDITS));
  }, 60_000);

  it('what cannot be used is said in a line, without a stack', () => {
    for (const [command, args, said] of [
      ['likelihood', [], '--data FILE is needed'],
      ['likelihood', ['--data', join(folder, 'no.csv')], 'no such file'],
      ['likelihood', ['--data', data, '--delay', '-1'], '--delay'],
      ['drift', ['--data', data], '3 lenders have 40 rows in every year, 10 are needed'],
      ['drift', ['--nonsense'], 'nonsense'],
    ] as const) {
      const { status, stderr } = run(command, ...args);
      expect(status, said).toBe(2);
      expect(stderr).toContain(said);
      expect(stderr).not.toContain('    at ');
    }
  }, 60_000);
});
