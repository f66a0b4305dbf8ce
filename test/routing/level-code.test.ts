/** Levels as a short text: what a decision was made on comes back as it was, and what is no code is refused. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { APPLICANT_SCHEMA, levelCodeOf, levelsOfFacts, levelsOfFunder } from '../../src/routing/model/applicant-features.ts';
import { encodeCode, encodeLevels } from '../../src/routing/model/level-code.ts';
import { encode, encodeKind, schemaOf, type Level } from '../../src/routing/model/schema.ts';
import { facts } from './world.ts';

const CODE = encodeLevels(APPLICANT_SCHEMA, levelsOfFacts(facts()));

describe('a level code', () => {
  it('teaches what the levels themselves teach, whatever they are', () => {
    const features = APPLICANT_SCHEMA.features.filter(({ of }) => of !== 'kind');
    const any = fc.tuple(...features.map(({ name, levels }) => fc.option(fc.constantFrom(...levels)).map((level) => [name, level] as const)));
    fc.assert(
      fc.property(any, (drawn) => {
        const levels = drawn.filter((pair): pair is readonly [string, string] => pair[1] !== null) as Level[];
        const code = encodeLevels(APPLICANT_SCHEMA, levels);
        expect(code).toMatch(/^1[0-9a-z-]{18}$/);
        expect(encodeCode(APPLICANT_SCHEMA, code)).toEqual(encode(APPLICANT_SCHEMA, levels));
      }),
    );
    const own = levelsOfFacts(facts());
    const kind = levelsOfFunder({ tier: 3, funder_type: 'bank' });
    expect(encodeCode(APPLICANT_SCHEMA, CODE, encodeKind(APPLICANT_SCHEMA, kind))).toEqual(encode(APPLICANT_SCHEMA, [...own, ...kind]));
    expect(levelCodeOf(facts())).toBe(CODE);
  });

  it('has no room for the funder, nor for a level that is not listed', () => {
    const more = [...levelsOfFacts(facts()), ...levelsOfFunder({ tier: 2, funder_type: 'bank' }), ['hour', '3'] as const];
    expect(encodeLevels(APPLICANT_SCHEMA, more)).toBe(CODE);
    expect(encodeLevels(APPLICANT_SCHEMA, [['province', '99']])).toBe(`1${'-'.repeat(18)}`);
  });

  it('of another format, length or alphabet is refused', () => {
    for (const wrong of ['', `2${CODE.slice(1)}`, CODE.slice(1), `${CODE}0`, `${CODE.slice(0, -1)}z`, `${CODE.slice(0, -1)}!`]) {
      expect(encodeCode(APPLICANT_SCHEMA, wrong), wrong).toBeNull();
    }
    expect(encodeCode(schemaOf([{ name: 'x', levels: ['y'], of: 'application' }]), CODE)).toBeNull();
  });
});
