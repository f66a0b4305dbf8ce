/** @jsxImportSource preact */
/** Each funder that was asked and where it stands, in plain words; changes are read out as they come. */
import { useLanguage, useSay, type Pair } from '../language.tsx';
import type { Attempt, View } from '../types.ts';
import { yuan } from '../words.ts';

const STATES: Readonly<Record<string, readonly [look: string, Pair]>> = {
  checking: ['moving', ['正在询问', 'asking']],
  quoted: ['moving', ['有意向，正在比较', 'interested; comparing']],
  authorising: ['moving', ['等您操作', 'waiting for you']],
  submitting: ['moving', ['正在询问', 'asking']],
  unknown: ['moving', ['没有及时回应，正在向它核实', 'did not answer in time; we are checking with it']],
  pending: ['moving', ['已收到，正在审核', 'has it and is deciding']],
  approved: ['yes', ['同意', 'said yes']],
  declined: ['no', ['没有通过', 'said no']],
  ineligible: ['no', ['不符合它的条件', 'you do not meet its conditions']],
  failed: ['no', ['暂时联系不上', 'could not be reached']],
  cancelled: ['no', ['已撤回', 'taken back']],
  expired: ['no', ['没有在期限内答复', 'did not answer in time']],
};

export function AttemptList({ view }: { readonly view: View }) {
  const say = useSay();
  return (
    <ol class="list" aria-live="polite" aria-label={say(['询问过的资金方', 'Funders asked'])}>
      {view.attempts.map((attempt) => (
        <OneAttempt key={attempt.id} attempt={attempt} view={view} />
      ))}
    </ol>
  );
}

function OneAttempt({ attempt, view }: { readonly attempt: Attempt; readonly view: View }) {
  const say = useSay();
  const { lang } = useLanguage();
  const [look, words] = STATES[attempt.status] ?? ['', [attempt.status, attempt.status] as const];
  const offered = Math.max(0, ...view.offers.filter(({ funder }) => funder.id === attempt.funder.id).map(({ amount_fen }) => amount_fen));
  const state =
    attempt.status === 'approved' && offered > 0 ? say(['同意，最高 {amount}', 'offers up to {amount}'], { amount: yuan(offered) }) : say(words);
  return (
    <li class={look} data-status={attempt.status}>
      <strong>{attempt.funder.name}</strong>
      <span>
        {lang === 'zh' ? '：' : ': '}
        {state}
      </span>
      {attempt.reason === undefined ? null : (
        <>
          <br />
          <span class="soft">{attempt.reason.message}</span>
        </>
      )}
    </li>
  );
}
