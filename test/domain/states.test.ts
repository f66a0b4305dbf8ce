import { describe, expect, it } from 'vitest';
import {
  advanceApplication,
  advanceAttempt,
  advanceLoan,
  APPLICATION_ENDED,
  APPLICATION_STATES,
  ATTEMPT_OPEN,
  ATTEMPT_STATES,
  LOAN_STATES,
  type ApplicationEdge,
  type ApplicationState,
  type AttemptEdge,
  type AttemptState,
  type LoanEdge,
  type LoanState,
} from '../../src/domain/states.ts';

type Table = Readonly<Record<string, Readonly<Record<string, string>>>>;
const TABLES: readonly [string, Table, (state: never, edge: never) => string | null, string][] = [
  ['application', APPLICATION_STATES, advanceApplication as never, 'draft'],
  ['attempt', ATTEMPT_STATES, advanceAttempt as never, 'planned'],
  ['loan', LOAN_STATES, advanceLoan as never, 'contracting'],
];
const edgesOf = (table: Table): string[] => [...new Set(Object.values(table).flatMap((edges) => Object.keys(edges)))];
const reachable = (table: Table, from: string): Set<string> => {
  const seen = new Set([from]);
  for (const state of seen) for (const next of Object.values(table[state]!)) seen.add(next);
  return seen;
};

describe.each(TABLES)('the life of an %s', (_, table, advance, first) => {
  it('goes only where the table says, from every state by every edge', () => {
    for (const state of Object.keys(table)) {
      for (const edge of edgesOf(table)) expect(advance(state as never, edge as never), `${state} by ${edge}`).toBe(table[state]![edge] ?? null);
    }
  });

  it('leads to states that exist, all of which can be reached, and each has an end', () => {
    for (const edges of Object.values(table)) for (const next of Object.values(edges)) expect(Object.keys(table)).toContain(next);
    expect([...reachable(table, first)].toSorted()).toEqual(Object.keys(table).toSorted());
    const ends = Object.keys(table).filter((state) => Object.keys(table[state]!).length === 0);
    for (const state of Object.keys(table))
      expect(
        [...reachable(table, state)].some((each) => ends.includes(each)),
        state,
      ).toBe(true);
  });

  it('knows nothing of what objects inherit', () => {
    for (const edge of ['constructor', 'toString', '__proto__', 'hasOwnProperty']) {
      expect(advance(first as never, edge as never)).toBeNull();
      expect(advance(edge as never, 'submitted' as never)).toBeNull();
    }
  });
});

describe('an application', () => {
  const states = Object.keys(APPLICATION_STATES) as ApplicationState[];

  it('can be erased from every state but erased, and nothing follows', () => {
    for (const state of states) expect(advanceApplication(state, 'erased')).toBe(state === 'erased' ? null : 'erased');
  });

  it('that has ended is not withdrawn, expired, asked for or accepted', () => {
    const forbidden: ApplicationEdge[] = ['withdrawn', 'expired', 'accepted', 'funder_pending', 'consent_missing', 'submitted', 'passed'];
    for (const state of APPLICATION_ENDED) for (const edge of forbidden) expect(advanceApplication(state, edge), `${state} by ${edge}`).toBeNull();
  });

  it('that has not ended can always expire and be withdrawn', () => {
    for (const state of states.filter((each) => !APPLICATION_ENDED.has(each)))
      expect([advanceApplication(state, 'expired'), advanceApplication(state, 'withdrawn')], state).toEqual(['expired', 'withdrawn']);
  });

  it('is accepted from an offer alone, once', () => {
    expect(states.filter((state) => advanceApplication(state, 'accepted') !== null)).toEqual(['offered']);
    expect(advanceApplication('accepted', 'offer_received')).toBeNull();
  });
});

describe('an attempt', () => {
  const states = Object.keys(ATTEMPT_STATES) as AttemptState[];

  it('is handed over from before the submit alone, and never a second time', () => {
    expect(states.filter((state) => advanceAttempt(state, 'submit_started') !== null)).toEqual(['planned', 'checking', 'quoted', 'authorising']);
    expect([...reachable(ATTEMPT_STATES, 'unknown')]).not.toContain('submitting');
  });

  it('that may be at the funder is open until the funder, or its time, has said otherwise', () => {
    expect([...ATTEMPT_OPEN].toSorted()).toEqual(['authorising', 'checking', 'pending', 'planned', 'submitting', 'unknown']);
    expect(states.filter((state) => Object.keys(ATTEMPT_STATES[state]).length === 0).some((state) => ATTEMPT_OPEN.has(state))).toBe(false);
    // Unknown is never simply failed: it was never received, or it ends by a word.
    expect(advanceAttempt('unknown', 'not_accepted' as AttemptEdge)).toBeNull();
    expect(advanceAttempt('unknown', 'never_received')).toBe('failed');
  });

  it('that is over stays over, except that an approval may be taken back', () => {
    for (const state of ['ineligible', 'declined', 'failed', 'cancelled', 'expired'] as const) expect(ATTEMPT_STATES[state]).toEqual({});
    expect(Object.keys(ATTEMPT_STATES.approved).toSorted()).toEqual(['cancelled', 'declined', 'expired']);
  });
});

it('a loan is paid out once, and falls overdue and catches up as often as it will', () => {
  const states = Object.keys(LOAN_STATES) as LoanState[];
  expect(states.filter((state) => advanceLoan(state, 'disbursed') !== null)).toEqual(['contracting', 'disbursing']);
  const walk: LoanEdge[] = ['draw_started', 'disbursed', 'overdue', 'caught_up', 'overdue', 'caught_up', 'settled'];
  expect(walk.reduce<LoanState | null>((state, edge) => (state === null ? null : advanceLoan(state, edge)), 'contracting')).toBe('settled');
  expect(advanceLoan('active', 'written_off')).toBeNull();
});
