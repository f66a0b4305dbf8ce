import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Facts } from '../../src/domain/applicant.ts';
import { PrescreenPolicy } from '../../src/domain/policy.ts';
import { isReasonCode } from '../../src/domain/reasons.ts';
import { prescreen } from '../../src/prescreen/prescreen.ts';
import type { PrescreenInput, PrescreenResult } from '../../src/prescreen/prescreen.ts';

const FACTS: Facts = {
  age: 36,
  sex: 'm',
  region: '110105',
  monthly_income_fen: 1_200_000,
  employment: 'salaried',
  employer_type: 'private',
  years_employed: 4,
  education: 'bachelor',
  housing_fund: '2y_plus',
  social_security: null,
  house: 'none',
  car: null,
  policy: null,
  credit_card: 'yes',
  zhima_band: '700_750',
  amount_fen: 2_000_000,
  term_months: 12,
  purpose: 'consumption',
  channel: 'h5-demo',
  variant: 'a',
  hour: 14,
};
const ID_CHECK = { ok: true, idNumber: '110105199003072338', region: '110105', birthDate: '1990-03-07', sex: 'm', age: 36 } as const;
const POLICY = PrescreenPolicy.parse({});
const PHOTOS = [
  { kind: 'id_front', ok: true, problems: [] },
  { kind: 'id_back', ok: true, problems: [] },
] as const;
const NONE_RECENT = { duplicates: 0, counts: { phone: 0, id_number: 0, device: 0, ip: 0 } };
const GOOD: PrescreenInput = {
  facts: FACTS,
  idNumber: ID_CHECK,
  policy: POLICY,
  documents: PHOTOS,
  blacklistHits: [],
  recent: NONE_RECENT,
  missing: [],
};

function screen(change: Partial<PrescreenInput>): PrescreenResult {
  return prescreen({ ...GOOD, ...change });
}
function withFacts(facts: Partial<Facts>, policy: Partial<PrescreenPolicy> = {}): PrescreenResult {
  return screen({ facts: { ...FACTS, ...facts }, policy: { ...POLICY, ...policy } });
}
const codes = (result: PrescreenResult): string[] => result.reasons.map((reason) => reason.code);

describe('pass', () => {
  it('gives no reason', () => {
    expect(screen({})).toEqual({ outcome: 'pass', reasons: [], also: [] });
  });

  it.each<[string, Partial<Facts>]>([
    ['youngest', { age: 22 }],
    ['oldest', { age: 55 }],
    ['least', { amount_fen: 100_000 }],
    ['most', { amount_fen: 20_000_000 }],
    ['without work', { employment: 'unemployed' }],
  ])('holds at the %s the policy takes', (_name, facts) => {
    expect(withFacts(facts).outcome).toBe('pass');
  });

  it('takes under 10 microseconds without rules', () => {
    // The best of several batches: a busy machine can only make it slower.
    const batches = Array.from({ length: 10 }, () => {
      const started = performance.now();
      for (let round = 0; round < 2_000; round += 1) prescreen(GOOD);
      return (performance.now() - started) / 2_000;
    });
    expect(Math.min(...batches)).toBeLessThan(0.01);
  });
});

describe('refuse', () => {
  it.each<[string, string, Partial<Facts>, Partial<PrescreenPolicy>, string]>([
    ['under_age', 'age 21, at least 22', { age: 21 }, {}, '/applicant/id_number'],
    ['over_age', 'age 56, at most 55', { age: 56 }, {}, '/applicant/id_number'],
    ['student', 'employment student', { employment: 'student' }, {}, '/applicant/employment'],
    ['region', 'region 110105 is blocked by 1101', {}, { blocked_regions: ['65', '1101'] }, '/applicant/id_number'],
    ['amount_out_of_range', 'amount_fen 99999, 100000 to 20000000', { amount_fen: 99_999 }, {}, '/request/amount_fen'],
    ['amount_out_of_range', 'amount_fen 20000001, 100000 to 20000000', { amount_fen: 20_000_001 }, {}, '/request/amount_fen'],
  ])('for %s, saying %s', (code, detail, facts, policy, pointer) => {
    expect(withFacts(facts, policy)).toEqual({ outcome: 'refuse', reasons: [{ code, detail, pointer }], also: [] });
  });

  it('for an ID number that does not check, with its fault', () => {
    expect(screen({ facts: null, idNumber: { ok: false, fault: 'checksum' } })).toMatchObject({
      outcome: 'refuse',
      reasons: [{ code: 'id_invalid', detail: 'checksum', pointer: '/applicant/id_number' }],
    });
    expect(codes(screen({ facts: null, idNumber: null }))).toEqual(['id_invalid']);
  });

  it('for each hit on the blacklist', () => {
    const result = screen({
      blacklistHits: [
        { by: 'phone', reason: 'fraud ring 7' },
        { by: 'device', reason: 'emulator farm' },
      ],
    });
    expect(result.reasons.map((reason) => reason.detail)).toEqual(['by phone: fraud ring 7', 'by device: emulator farm']);
    expect(new Set(codes(result))).toEqual(new Set(['blacklisted']));
  });

  it('for a duplicate, unless the policy has no window', () => {
    const recent = { ...NONE_RECENT, duplicates: 1 };
    expect(codes(screen({ recent }))).toEqual(['duplicate']);
    expect(screen({ recent, policy: { ...POLICY, duplicate_window_days: 0 } }).outcome).toBe('pass');
  });

  it.each([
    ['phone', 5],
    ['id_number', 5],
    ['device', 5],
    ['ip', 60],
  ] as const)('for too many by %s, counting this one', (key, max) => {
    const recentWith = (count: number | null) => screen({ recent: { duplicates: 0, counts: { ...NONE_RECENT.counts, [key]: count } } });
    expect(recentWith(max - 1).outcome).toBe('pass');
    expect(codes(recentWith(max))).toEqual(['too_many_applications']);
    expect(recentWith(max).reasons[0]?.detail).toContain(`by ${key} within`);
    expect(recentWith(null).outcome).toBe('pass');
  });

  it('with every ground there is, in the documented order', () => {
    const result = screen({
      facts: { ...FACTS, age: 18, employment: 'student', amount_fen: 1 },
      idNumber: { ok: false, fault: 'date' },
      policy: { ...POLICY, blocked_regions: ['11'], rules: [{ id: 'r1', when: true, action: 'refuse', note: 'all' }] },
      blacklistHits: [{ by: 'id_number', reason: 'x' }],
      recent: { duplicates: 2, counts: { phone: 99, id_number: null, device: null, ip: null } },
    });
    expect(codes(result)).toEqual([
      'id_invalid',
      'under_age',
      'student',
      'region',
      'amount_out_of_range',
      'blacklisted',
      'duplicate',
      'too_many_applications',
      'operator_rule',
    ]);
  });
});

describe('incomplete', () => {
  it('asks for missing fields and photos at once, and judges nothing yet', () => {
    expect(
      screen({
        facts: null,
        idNumber: null,
        documents: [],
        missing: ['/applicant/name', '/applicant/id_number'],
        blacklistHits: [{ by: 'phone', reason: 'x' }],
      }),
    ).toEqual({
      outcome: 'incomplete',
      reasons: [
        { code: 'incomplete', detail: 'missing /applicant/name', pointer: '/applicant/name' },
        { code: 'incomplete', detail: 'missing /applicant/id_number', pointer: '/applicant/id_number' },
        { code: 'photo_missing', detail: 'id_front missing', pointer: '/documents' },
        { code: 'photo_missing', detail: 'id_back missing', pointer: '/documents' },
      ],
      also: [],
      needs: [
        { kind: 'fields', fields: ['/applicant/name', '/applicant/id_number'] },
        { kind: 'documents', kinds: ['id_front', 'id_back'] },
      ],
    });
  });

  it('asks again for a poor photo, naming what is wrong with the last one', () => {
    const documents = [
      PHOTOS[0],
      { kind: 'id_back', ok: false, problems: ['too_dark'] },
      { kind: 'id_back', ok: false, problems: ['blurred', 'too_small'] },
    ] as const;
    expect(screen({ documents })).toEqual({
      outcome: 'incomplete',
      also: [],
      needs: [{ kind: 'documents', kinds: ['id_back'] }],
      reasons: [{ code: 'photo_poor', detail: 'id_back: blurred, too_small', pointer: '/documents' }],
    });
    expect(screen({ documents: [...documents, PHOTOS[1]] }).outcome).toBe('pass');
    expect(screen({ documents: [PHOTOS[1], ...documents] }).outcome).toBe('pass');
  });

  it('asks for no photo that the policy does not require', () => {
    expect(screen({ documents: [], policy: { ...POLICY, required_documents: [] } }).outcome).toBe('pass');
    expect(screen({ documents: [], policy: { ...POLICY, required_documents: ['id_front'] } })).toMatchObject({ needs: [{ kinds: ['id_front'] }] });
  });

  it('asks nobody for a photo who is refused anyway', () => {
    const result = screen({ documents: [], facts: { ...FACTS, employment: 'student' } });
    expect(result).toMatchObject({ outcome: 'refuse', reasons: [{ code: 'student' }], also: [{ code: 'photo_missing' }, { code: 'photo_missing' }] });
    expect(result).not.toHaveProperty('needs');
  });

  it('asks for photos before a person has to look', () => {
    const policy = { ...POLICY, rules: [{ id: 'r1', when: true, action: 'quarantine' as const, note: 'look' }] };
    expect(screen({ documents: [], policy })).toMatchObject({ outcome: 'incomplete', also: [{ code: 'under_review' }] });
  });
});

describe('operators’ rules', () => {
  const young = { and: [{ '<': [{ var: 'age' }, 25] }, { '>': [{ var: 'amount_fen' }, 5_000_000] }] };
  const rules = [
    { id: 'young-large', when: young, action: 'refuse' as const, note: 'too much for the age' },
    { id: 'night', when: { in: [{ var: 'hour' }, [1, 2, 3, 4]] }, action: 'quarantine' as const, note: 'asked at night' },
  ];

  it('refuse, with the rule’s id and note', () => {
    const result = withFacts({ age: 23, amount_fen: 6_000_000 }, { rules });
    expect(result).toEqual({ outcome: 'refuse', reasons: [{ code: 'operator_rule', detail: 'rule young-large: too much for the age' }], also: [] });
    expect(withFacts({ age: 23 }, { rules }).outcome).toBe('pass');
  });

  it('quarantine, and refusals beat them', () => {
    expect(withFacts({ hour: 3 }, { rules })).toEqual({
      outcome: 'quarantine',
      reasons: [{ code: 'under_review', detail: 'rule night: asked at night' }],
      also: [],
    });
    expect(withFacts({ hour: 3, age: 23, amount_fen: 6_000_000 }, { rules })).toMatchObject({
      outcome: 'refuse',
      reasons: [{ code: 'operator_rule' }],
      also: [{ code: 'under_review' }],
    });
  });

  it('quarantine when they are broken or throw, whatever their action', () => {
    const broken = { id: 'bad', when: { nope: [1] }, action: 'refuse' as const, note: '' };
    expect(withFacts({}, { rules: [broken, ...rules] })).toEqual({
      outcome: 'quarantine',
      reasons: [{ code: 'under_review', detail: 'rule bad failed: unknown operator nope' }],
      also: [],
    });
  });

  it('quarantine an application whose facts a rule cannot work with', () => {
    const rule = {
      id: 'sum',
      when: { '>': [{ '/': [{ var: 'monthly_income_fen' }, { var: 'years_employed' }] }, 100] },
      action: 'refuse' as const,
      note: '',
    };
    expect(withFacts({ years_employed: 0 }, { rules: [rule] })).toMatchObject({
      outcome: 'quarantine',
      reasons: [{ detail: 'rule sum failed: not a number' }],
    });
    expect(withFacts({ years_employed: 1 }, { rules: [rule] }).outcome).toBe('refuse');
  });

  it('are noted and no more once a person has released it, but refusals hold', () => {
    const policy = { ...POLICY, rules };
    expect(screen({ facts: { ...FACTS, hour: 3 }, policy, released: true })).toMatchObject({
      outcome: 'pass',
      reasons: [],
      also: [{ code: 'under_review' }],
    });
    expect(screen({ facts: { ...FACTS, age: 60 }, policy, released: true }).outcome).toBe('refuse');
  });
});

describe('any application', () => {
  const anything: fc.Arbitrary<PrescreenInput> = fc.record({
    facts: fc.option(
      fc
        .record({
          age: fc.integer({ min: 0, max: 120 }),
          amount_fen: fc.integer({ min: 0, max: 30_000_000 }),
          employment: fc.constantFrom('student' as const, 'salaried' as const),
          hour: fc.nat(23),
        })
        .map((facts): Facts => ({ ...FACTS, ...facts })),
    ),
    idNumber: fc.constantFrom(null, ID_CHECK, { ok: false as const, fault: 'checksum' as const }),
    policy: fc
      .array(
        fc.record({
          id: fc.constantFrom('a', 'b'),
          when: fc.constantFrom<PrescreenPolicy['rules'][number]['when']>(true, false, { nope: 1 }, { '<': [{ var: 'hour' }, 12] }),
          action: fc.constantFrom('refuse' as const, 'quarantine' as const),
          note: fc.constant('n'),
        }),
        { maxLength: 3 },
      )
      .map((rules) => ({ ...POLICY, rules })),
    documents: fc.array(
      fc.record({ kind: fc.constantFrom('id_front' as const, 'id_back' as const), ok: fc.boolean(), problems: fc.constant(['blurred']) }),
      { maxLength: 4 },
    ),
    blacklistHits: fc.array(fc.record({ by: fc.constantFrom('phone' as const, 'device' as const), reason: fc.constant('r') }), { maxLength: 1 }),
    recent: fc.record({
      duplicates: fc.nat(1),
      counts: fc.record({ phone: fc.option(fc.nat(6)), id_number: fc.option(fc.nat(6)), device: fc.option(fc.nat(6)), ip: fc.option(fc.nat(70)) }),
    }),
    missing: fc.constantFrom<readonly string[]>([], [], [], ['/applicant/name']),
    released: fc.boolean(),
  });

  it('gets the same answer twice, with reasons exactly when it does not pass, and needs exactly when incomplete', () => {
    fc.assert(
      fc.property(anything, (input) => {
        const frozen = JSON.stringify(input);
        const result = prescreen(input);
        expect(prescreen(input)).toEqual(result);
        expect(JSON.stringify(input)).toBe(frozen);
        expect(result.reasons.length > 0).toBe(result.outcome !== 'pass');
        expect('needs' in result).toBe(result.outcome === 'incomplete');
        for (const reason of [...result.reasons, ...result.also]) expect(isReasonCode(reason.code)).toBe(true);
        if (result.outcome === 'quarantine') expect(new Set(codes(result))).toEqual(new Set(['under_review']));
        if (result.outcome === 'refuse') expect(codes(result)).not.toContain('under_review');
      }),
    );
  });

  it('never passes with a ground to refuse, nor with less than it needs', () => {
    fc.assert(
      fc.property(anything, (input) => {
        if (prescreen(input).outcome !== 'pass') return;
        expect(input.idNumber?.ok).toBe(true);
        expect(input.facts?.employment).not.toBe('student');
        expect([input.blacklistHits.length, input.recent.duplicates, input.missing.length]).toEqual([0, 0, 0]);
        for (const kind of POLICY.required_documents) expect(input.documents.some((document) => document.kind === kind && document.ok)).toBe(true);
      }),
    );
  });
});
