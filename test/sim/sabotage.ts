/** Faults put in on purpose, through the wiring and never in the code: each is a mistake that somebody could make, and that the simulator must find. */
import type { Deps } from '../../src/flow/deps.ts';
import type { DeskSnapshot } from '../../src/domain/desk.ts';
import type { Store } from '../../src/store/index.ts';
import { replace, type Mutation } from './mutation.ts';
import { SHAPE_MUTATIONS } from './shape-sabotage.ts';

export const MUTATIONS: Readonly<Record<string, Mutation>> = {
  fails_over_unknown: {
    what: 'a submit without an answer is taken for one that was never sent',
    caughtBy: ['exclusive_at_funders', 'cap_at_funder', 'submitted_once'],
    make: () => ({
      outcome: (request, outcome) => (request.url.endsWith('/submit') && outcome.kind === 'lost' ? { kind: 'refused', why: 'connect' } : outcome),
    }),
  },
  skips_reservation: {
    what: 'caps are not reserved before the submit',
    caughtBy: ['cap_at_funder'],
    make: () => ({
      service: ({ deps }) => {
        const { desk } = deps;
        replace(deps, 'desk', { ...desk, snapshot: () => withoutCaps(desk.snapshot()) });
      },
    }),
  },
  ignores_withdrawal: {
    what: 'a withdrawn consent is still relied on',
    // The store refuses a receipt without a live consent; where the receipt was there already, the network finds it.
    caughtBy: ['consent_covers_request', 'no_internal_error'],
    from: 6,
    make: () => ({
      service: ({ deps }) => {
        const { commit, store } = deps;
        replace(deps, 'store', withLiveConsents(store));
        replace(deps, 'commit', (work) => commit((tx) => work(withLiveConsents(tx))));
      },
    }),
  },
  acknowledges_early: {
    what: 'a commit is acknowledged before it is durable: a crash takes the last few',
    caughtBy: ['acknowledged_is_kept'],
    coldDisk: true,
    make: () => {
      let commits = 0;
      let synced: Buffer | undefined;
      return {
        committed: (database) => {
          if (commits % 8 === 0) synced = database.bytes();
          commits += 1;
        },
        disk: () => synced,
      };
    },
  },
  forgets_timer: {
    what: 'an attempt is left without a timer once it is on its way',
    caughtBy: ['timer_exists'],
    make: () => ({ service: ({ deps }) => replace(deps, 'commit', withoutAttemptTimers(deps.commit)) }),
  },
  releases_twice: {
    what: 'a place under a cap is given back twice',
    caughtBy: ['cap_ledger'],
    make: () => ({ service: ({ deps }) => replace(deps, 'commit', givingBackTwice(deps.commit)) }),
  },
  ...SHAPE_MUTATIONS,
};

const stripped = new WeakMap<DeskSnapshot, DeskSnapshot>();

function withoutCaps(snapshot: DeskSnapshot): DeskSnapshot {
  let known = stripped.get(snapshot);
  if (known === undefined) {
    known = { ...snapshot, funders: new Map([...snapshot.funders].map(([id, funder]) => [id, { ...funder, caps: [] }])) };
    stripped.set(snapshot, known);
  }
  return known;
}

function withLiveConsents(store: Store): Store {
  const consentsOf: Store['dispatch']['consentsOf'] = (id) => store.dispatch.consentsOf(id).map((row) => ({ ...row, withdrawnAtMs: null }));
  return { ...store, dispatch: { ...store.dispatch, consentsOf } };
}

function withoutAttemptTimers(commit: Deps['commit']): Deps['commit'] {
  return (work) =>
    commit((tx) => {
      const setTimer: Store['feed']['setTimer'] = (kind, ref, ...rest) =>
        kind === 'attempt' ? tx.feed.clearTimer(kind, ref) : tx.feed.setTimer(kind, ref, ...rest);
      return work({ ...tx, feed: { ...tx.feed, setTimer } });
    });
}

function givingBackTwice(commit: Deps['commit']): Deps['commit'] {
  return (work) =>
    commit((tx) => {
      const giveBack: Store['dispatch']['giveBack'] = (key, amount) => tx.dispatch.giveBack(key, amount * 2);
      return work({ ...tx, dispatch: { ...tx.dispatch, giveBack } });
    });
}
