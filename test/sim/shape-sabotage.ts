/** Mistakes in the flows of a shape of their own: bids, pages, cards, the draw, repayments. */
import type { DeskSnapshot } from '../../src/domain/desk.ts';
import type { Policy } from '../../src/domain/policy.ts';
import type { FunderAdapter, QueryAnswer } from '../../adapters/contract.ts';
import type { Deps } from '../../src/flow/deps.ts';
import type { Store } from '../../src/store/index.ts';
import { replace, type Mutation, type Sabotage } from './mutation.ts';

const YEAR_MS = 365 * 86_400_000;

export const SHAPE_MUTATIONS: Readonly<Record<string, Mutation>> = {
  posts_any_bid: {
    what: 'bids are compared by other weights than the operators have set',
    caughtBy: ['best_bid_first'],
    breaksBeside: ['plans_can_be_made_again'],
    mix: 'bids',
    make: () => ({
      service: ({ deps }) => {
        const { desk } = deps;
        const weights = { fnd_hazel: 0.001, fnd_ivy: 1, fnd_juniper: 1_000 };
        replace(deps, 'desk', { ...desk, snapshot: () => weighed(desk.snapshot(), weights) });
      },
    }),
  },
  tells_all_at_once: {
    what: 'a precheck hands over what only the full application may',
    caughtBy: ['quoted_is_thin'],
    make: () => adapted((adapter) => (adapter.precheck === undefined ? {} : { precheck: { ...adapter.precheck, needs: adapter.submit.needs } })),
  },
  takes_pending_for_authorised: {
    what: 'a borrower who is still on the page is taken for one who has agreed',
    caughtBy: ['authorised_first'],
    mix: 'bids',
    make: () => adapted((adapter) => reading(adapter, (answer) => (answer.kind === 'pending' ? { ...answer, kind: 'authorised' } : answer))),
  },
  binds_without_receipt: {
    what: 'a card is handed over and no receipt of it kept',
    caughtBy: ['card_is_granted'],
    mix: 'loans',
    from: 7,
    make: () =>
      writing((tx) => ({ dispatch: { ...tx.dispatch, insertReceipt: (row) => row.capability === 'bind_card' || tx.dispatch.insertReceipt(row) } })),
  },
  draws_again_at_once: {
    what: 'a draw without an answer is taken for one that was never sent',
    caughtBy: ['drawn_once'],
    mix: 'loans',
    from: 338,
    make: () => ({
      outcome: (request, outcome) => (request.url.endsWith('/draw') && outcome.kind === 'lost' ? { kind: 'refused', why: 'connect' } : outcome),
    }),
  },
  overlooks_interest: {
    what: 'what a trial says of the interest is not looked at',
    caughtBy: ['drawn_as_accepted'],
    mix: 'loans',
    from: 11,
    make: () =>
      adapted(({ trial }) => {
        if (trial === undefined) return {};
        return {
          trial: {
            ...trial,
            read(ctx, response) {
              const answer = trial.read(ctx, response);
              return answer.kind === 'trial' ? { ...answer, plan: answer.plan.map((part) => ({ ...part, interest: part.fee })) } : answer;
            },
          },
        };
      }),
  },
  repays_again: {
    what: 'a repayment that was sent is not marked as sent',
    caughtBy: ['repaid_once'],
    mix: 'loans',
    from: 54,
    make: () =>
      writing((tx) => ({
        steps: {
          ...tx.steps,
          saveRepayment: (row, was) => tx.steps.saveRepayment(row.state === 'unknown' ? { ...row, state: 'requested' } : row, was),
        },
      })),
  },
  repeats_the_link: {
    what: 'an adapter tells the link of a page as a word it does not know',
    caughtBy: ['links_stay_hidden'],
    make: () => {
      const linkOf = (answer: QueryAnswer): string | null =>
        answer.kind === 'pending' && answer.step?.kind === 'open_link' ? answer.step.url : null;
      return adapted((adapter) =>
        reading(adapter, (answer) => (linkOf(answer) === null ? answer : ({ ...answer, unrecognised: linkOf(answer) } as QueryAnswer))),
      );
    },
  },
  keeps_steps_of_the_erased: {
    what: 'what is sealed in the steps of somebody erased is kept',
    caughtBy: ['erased_is_null'],
    from: 5,
    make: () => writing((tx) => ({ steps: { ...tx.steps, forget: () => undefined } })),
  },
  forgets_loans: {
    what: 'a loan that is not heard of is looked at a year later',
    caughtBy: ['loan_ends'],
    mix: 'loans',
    from: 4,
    make: () => late('loan'),
  },
  forgets_schedule: {
    what: 'a scheduled change is looked at a year later',
    caughtBy: ['changes_end'],
    make: () => late('publish'),
  },
  misdates_plans: {
    what: 'a plan names the records of one change before those it was made with',
    caughtBy: ['plans_can_be_made_again'],
    from: 5,
    make: () =>
      writing((tx) => ({
        applications: { ...tx.applications, insertPlan: (row) => tx.applications.insertPlan({ ...row, snapshotVersion: row.snapshotVersion - 1 }) },
      })),
  },
  forgets_repayments: {
    what: 'a repayment that is not heard of is looked at a year later',
    caughtBy: ['repayment_ends'],
    mix: 'loans',
    from: 54,
    make: () => late('repayment'),
  },
};

/** Adapters with some members changed. */
function adapted(change: (adapter: FunderAdapter) => Partial<FunderAdapter>): Sabotage {
  return {
    service: ({ deps }) =>
      replace(deps, 'adapters', new Map([...deps.adapters].map(([id, adapter]) => [id, { ...adapter, ...change(adapter) }] as const))),
  };
}

function reading({ query }: Pick<FunderAdapter, 'query'>, change: (answer: QueryAnswer) => QueryAnswer): Partial<FunderAdapter> {
  return query === undefined ? {} : { query: { ...query, read: (ctx, response) => change(query.read(ctx, response)) } };
}

/** Commits with some members of the store changed. */
function writing(change: (tx: Store) => Partial<Store>): Sabotage {
  return { service: ({ deps }) => replace(deps, 'commit', through(deps.commit, change)) };
}

function through(commit: Deps['commit'], change: (tx: Store) => Partial<Store>): Deps['commit'] {
  return (work) => commit((tx) => work({ ...tx, ...change(tx) }));
}

function weighed(snapshot: DeskSnapshot, weights: Policy['weights']): DeskSnapshot {
  const policies = [...snapshot.policies].map(([id, { policy, version }]) => [id, { policy: { ...policy, weights }, version }] as const);
  return { ...snapshot, policy: { ...snapshot.policy, weights }, policies: new Map(policies) };
}

function late(kind: 'loan' | 'repayment' | 'publish'): Sabotage {
  return writing((tx) => ({
    feed: { ...tx.feed, setTimer: (of, ref, dueAtMs, tries) => tx.feed.setTimer(of, ref, of === kind ? dueAtMs + YEAR_MS : dueAtMs, tries) },
  }));
}
