import Database from 'better-sqlite3';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Application, applicationBody, idNumber } from '../../bench/application.ts';
import { PIPELINE_WORK, workFrom } from '../../bench/environment.ts';
import { groupCommit } from '../../bench/group.ts';
import { latencyOf, median, memoryOf } from '../../bench/measure.ts';
import { placeOf, sharesOf } from '../../bench/profile.ts';
import { TARGETS } from '../../bench/targets.ts';

describe('numbers', () => {
  it('percentiles by nearest rank', () => {
    const samples = Array.from({ length: 100 }, (_, index) => 100 - index);
    expect(latencyOf(samples)).toEqual({ p50_ms: 50, p95_ms: 95, p99_ms: 99, max_ms: 100 });
    expect(latencyOf([7])).toEqual({ p50_ms: 7, p95_ms: 7, p99_ms: 7, max_ms: 7 });
    expect(latencyOf([])).toEqual({ p50_ms: 0, p95_ms: 0, p99_ms: 0, max_ms: 0 });
  });

  it('percentiles are samples, in order', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 1e6 }), { minLength: 1 }), (samples) => {
        const { p50_ms, p95_ms, p99_ms, max_ms } = latencyOf(samples);
        expect([p50_ms, p95_ms, p99_ms, max_ms].every((one) => samples.includes(one))).toBe(true);
        expect(p50_ms <= p95_ms && p95_ms <= p99_ms && p99_ms <= max_ms).toBe(true);
      }),
    );
  });

  it('the median of an even number lies between the middle two', () => {
    expect([median([3, 1, 2]), median([4, 1, 3, 2]), median([])]).toEqual([2, 2.5, 0]);
  });

  it('memory that warms up and then stays is flat; memory that climbs is not', () => {
    const sample = (atS: number, rssMib: number) => ({ atMs: atS * 1_000, rssMib });
    const warmed = Array.from({ length: 60 }, (_, second) => sample(second, second < 20 ? 100 + second * 10 : 300 + (second % 5)));
    expect(memoryOf(warmed)).toMatchObject({ peak_mib: 304, flat: true });
    const climbing = Array.from({ length: 60 }, (_, second) => sample(second, 100 + second * 2));
    expect(memoryOf(climbing)).toMatchObject({ growth_mib_per_min: 120, flat: false });
    expect(memoryOf([])).toEqual({ peak_mib: 0, growth_mib_per_min: 0, flat: true });
  });
});

describe('the profile', () => {
  it.each([
    ['flush', 'file:///w/src/store/group-commit.ts', 'src/store'],
    ['read', 'file:///w/adapters/harbor-json/read.ts', 'adapters'],
    ['dispatch', 'file:///w/node_modules/undici/lib/x.js', 'undici'],
    ['serve', 'file:///w/node_modules/@hono/node-server/dist/index.mjs', '@hono/node-server'],
    ['emit', 'node:events', 'node:events'],
    ['write', 'node:internal/streams/writable', 'node:streams'],
    ['(garbage collector)', '', '(garbage collector)'],
    ['writev', '', 'native writev'],
  ])('%s of %s is %s', (functionName, url, where) => {
    expect(placeOf(functionName, url)).toBe(where);
  });

  it('shares are of the time that was not idle', () => {
    const nodes = [
      { id: 1, callFrame: { functionName: '(idle)', url: '' } },
      { id: 2, callFrame: { functionName: 'a', url: 'file:///w/src/flow/a.ts' } },
      { id: 3, callFrame: { functionName: 'b', url: 'file:///w/node_modules/zod/b.js' } },
    ];
    expect(sharesOf({ nodes, samples: [1, 1, 1, 1, 2, 2, 2, 3] })).toEqual([
      { where: 'src/flow', share: 0.75 },
      { where: 'zod', share: 0.25 },
    ]);
  });
});

describe('the load', () => {
  it('makes distinct people whose ID numbers check', () => {
    const people = Array.from({ length: 5_000 }, (_, n) => applicationBody(n * 997).applicant);
    expect(new Set(people.map(({ id_number }) => id_number)).size).toBe(5_000);
    expect(new Set(people.map(({ phone }) => phone)).size).toBe(5_000);
    expect(idNumber(0)).toMatch(/^11010119810101000[\dX]$/);
    expect(Application.safeParse(applicationBody(123)).success).toBe(true);
  });

  it('the checksum is that of GB 11643', () => {
    const weights = Array.from({ length: 18 }, (_, index) => 2 ** (17 - index) % 11);
    fc.assert(
      fc.property(fc.nat({ max: 99_999_999 }), (n) => {
        const sum = [...idNumber(n)].reduce((total, digit, index) => total + weights[index]! * (digit === 'X' ? 10 : Number(digit)), 0);
        expect(sum % 11).toBe(1);
      }),
    );
  });

  it('has both ceilings', () => {
    expect(Object.keys(TARGETS)).toEqual(expect.arrayContaining(['bare', 'sealed']));
  });

  it('the work of the sealed ceiling is given, or that of the pipeline', () => {
    expect(workFrom(undefined)).toBe(PIPELINE_WORK);
    expect(workFrom(JSON.stringify(PIPELINE_WORK))).toEqual(PIPELINE_WORK);
    expect(() => workFrom('[]')).toThrow();
    expect(() => workFrom(JSON.stringify(PIPELINE_WORK.map((stage) => ({ ...stage, rows: 0 }))))).toThrow();
  });
});

describe('group commit', () => {
  it('closures of one turn share a transaction; a failed group rejects all of it', async () => {
    const database = new Database(':memory:');
    database.exec('CREATE TABLE t (id INTEGER PRIMARY KEY)');
    const insert = database.prepare('INSERT INTO t VALUES (?)');
    const commit = groupCommit(database);
    const inside: boolean[] = [];
    const put = (id: number) => () => {
      inside.push(database.inTransaction);
      insert.run(id);
    };
    await Promise.all([commit(put(1)), commit(put(2))]);
    const outcomes = await Promise.allSettled([commit(put(3)), commit(put(1))]);
    expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    expect(database.prepare('SELECT id FROM t').pluck().all()).toEqual([1, 2]);
    expect(inside).toEqual([true, true, true, true]);
  });
});
