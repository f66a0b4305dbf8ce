import { describe, expect, it } from 'vitest';
import { createDice } from '../../fixtures/demo/dice.ts';
import { makeApplicants } from '../../fixtures/demo/applicants.ts';
import { checkName, checkPhone } from '../../src/domain/facts.ts';
import { checkIdNumber } from '../../src/domain/id-number.ts';

const NOW_MS = Date.parse('2026-06-15T04:00:00Z');
const crowd = makeApplicants(2_000, 1, NOW_MS);

describe('the crowd of the demo', () => {
  it('is the same for the same seed, all year long, and another for another', () => {
    expect(makeApplicants(300, 7, Date.parse('2026-01-02T00:00:00Z'))).toEqual(makeApplicants(300, 7, Date.parse('2026-12-30T00:00:00Z')));
    expect(makeApplicants(50, 8, NOW_MS)).not.toEqual(makeApplicants(50, 7, NOW_MS));
  });

  it('is made of different people, but for those who come twice', () => {
    const once = crowd.filter(({ trait }) => trait !== 'duplicate');
    expect(new Set(once.map(({ phone }) => phone)).size).toBe(once.length);
    expect(new Set(once.map(({ applicant }) => applicant.id_number)).size).toBe(once.length);
    const twice = crowd.filter(({ trait }) => trait === 'duplicate');
    expect(twice.length).toBeGreaterThan(50);
    for (const person of twice) expect(once.some(({ phone, n }) => phone === person.phone && n < person.n)).toBe(true);
  });

  it.each(['2026-01-01T00:00:00Z', '2026-12-31T12:00:00Z'])('has the ages that its traits say, on %s too', (date) => {
    const nowMs = Date.parse(date);
    for (const { trait, applicant } of makeApplicants(1_000, 3, nowMs)) {
      const checked = checkIdNumber(applicant.id_number, nowMs);
      expect(checked.ok).toBe(trait !== 'bad_id_number');
      if (!checked.ok) continue;
      if (trait === 'too_young') expect(checked.age).toBeLessThan(22);
      else if (trait === 'too_old') expect(checked.age).toBeGreaterThan(55);
      else expect(checked.age >= 22 && checked.age <= 55).toBe(true);
    }
  });

  it('can be read by the API, save where it is meant not to be', () => {
    for (const { trait, phone, applicant, request } of crowd) {
      expect(checkPhone(phone).ok).toBe(trait !== 'bad_phone');
      expect(checkName(applicant.name).ok).toBe(true);
      expect(applicant.employment === 'student').toBe(trait === 'student');
      const amount = request?.amount_fen ?? 1_000_000;
      expect(amount >= 100_000 && amount <= 20_000_000).toBe(trait !== 'amount_out_of_range');
    }
  });

  it('holds nobody who would be taken for a magic phone', () => {
    expect(crowd.filter(({ phone }) => /^1380000000[1-8]$/.test(phone))).toEqual([]);
  });

  it('is a good half unfit, so that about half of those who submit pass the screening', () => {
    const sound = crowd.filter(({ trait }) => trait === 'sound').length / crowd.length;
    expect(sound).toBeGreaterThan(0.38);
    expect(sound).toBeLessThan(0.5);
  });
});

describe('dice', () => {
  it('fall as their weights say', () => {
    const dice = createDice(5);
    const counts = { a: 0, b: 0 };
    for (let n = 0; n < 10_000; n += 1) counts[dice.weighted({ a: 3, b: 1 })] += 1;
    expect(counts.a / 10_000).toBeCloseTo(0.75, 1);
  });

  it('stay within their bounds and reach them', () => {
    const dice = createDice(6);
    const thrown = Array.from({ length: 1_000 }, () => dice.between(1, 6));
    expect(Math.min(...thrown)).toBe(1);
    expect(Math.max(...thrown)).toBe(6);
  });
});
