/** The cases that show how it goes wrong: the whole vocabulary that every adapter must show. */
import type { CaseFiles } from './case-parts.ts';
import { coded, NOW_S, OFFER, order, orderOf, pending, PLACE, REF, REFUSED, sent, TAKEN, told } from './case-parts.ts';
import type { Shape } from './choices.ts';

/** What every HTTP service may answer. */
export function refusals(): CaseFiles {
  const fault = (kind: 'ours' | 'funder', detail: string, retryAfterMs: number | null = null): object => ({
    kind: 'unavailable',
    fault: kind,
    retryable: kind === 'funder',
    retryAfterMs,
    detail,
  });
  const failed = (status: number, code: string, answer: object, headers?: object): object => ({
    note: `HTTP ${status}.`,
    call: 'submit',
    response: { status, ...(headers === undefined ? {} : { headers }), json: { code, msg: 'refused', data: null } },
    answer,
  });
  return {
    'http-400': failed(400, '4000', fault('ours', 'http 400 4000')),
    'http-401': failed(401, '9001', fault('ours', 'http 401 9001')),
    'http-429': failed(429, '4290', fault('funder', 'http 429 4290', 30_000), { 'retry-after': '30' }),
    'http-503': failed(503, '5030', fault('funder', 'http 503 5030')),
    'business-busy': { note: 'Busy under HTTP 200.', call: 'submit', ...coded('4290'), answer: fault('funder', 'code 4290') },
    'business-unknown': {
      note: 'A code that is not in the document may have had its effect.',
      call: 'submit',
      ...coded('7777'),
      answer: { kind: 'unknown', detail: 'code 7777' },
    },
    timeout: { note: 'Nothing came back; this had been sent.', call: 'query', ...sent('/credit/query', {}), timeout: true },
  };
}

/** Replies that nobody announced. */
export function oddReplies(shape: Shape): CaseFiles {
  return {
    'unknown-status': {
      note: 'A state nobody told us of is pending and loud.',
      call: 'query',
      ...order('ARCHIVED'),
      answer: pending('state ARCHIVED'),
    },
    'unknown-decline-code': {
      note: 'Declined for a reason that is not in the document.',
      call: 'query',
      ...order('DECLINED', { rejectCode: 'R99' }),
      answer: { kind: 'declined', reason: { code: 'other', detail: 'R99' }, ...PLACE },
    },
    'precheck-unknown-result': {
      note: 'Neither wanted nor not.',
      call: 'precheck',
      ...told({ result: 'MAYBE' }),
      answer: { kind: 'unknown', detail: 'precheck result MAYBE' },
    },
    'approved-without-plan': {
      note: 'An approval that cannot be priced is not shown.',
      call: 'query',
      ...order('APPROVED', { ...OFFER, planList: [] }),
      answer: pending('approved_without_readable_offer'),
    },
    'malformed-body': {
      note: 'Not JSON.',
      call: 'submit',
      response: { text: '{"code":"0000","data":{' },
      answer: { kind: 'unknown', detail: 'no code in the reply' },
    },
    'empty-body': { note: 'Nothing at all.', call: 'submit', response: { text: '' }, answer: { kind: 'unknown', detail: 'no code in the reply' } },
    ...(shape === 'half_submit_link'
      ? {
          'link-missing': {
            note: 'The borrower is to go on somewhere, and nobody says where.',
            call: 'submit',
            ...order('WAIT_AGREE'),
            answer: pending('waits_for_borrower_without_step'),
          },
        }
      : {}),
  };
}

/** Callbacks that are not what, or when, they should be. */
export function oddCallbacks(): CaseFiles {
  const at = (id: string, status: string, seconds: number): object => ({ notifyId: id, ...orderOf(status), eventTime: String(seconds) });
  const reviewing = (id: string, seconds: number): object => ({
    attempt: { by: 'ref', value: REF },
    messageId: id,
    answer: { ...pending(null), eventAtMs: seconds * 1_000 },
  });
  const [ok, twice] = [{ ok: true }, [TAKEN, TAKEN]];
  return {
    'forged-callback': {
      note: 'One letter of the signature is another.',
      call: 'callback',
      callback: { says: at('N-4', 'REVIEWING', NOW_S), forged: true },
      verify: { ok: false, why: 'wrong signature' },
      acknowledge: REFUSED,
    },
    'stale-callback': {
      note: 'Signed an hour ago.',
      call: 'callback',
      callback: { says: at('N-5', 'REVIEWING', NOW_S), agedS: 3_600 },
      verify: { ok: false, why: 'stale' },
      acknowledge: REFUSED,
    },
    'duplicate-callback': {
      note: 'The same bytes twice are the same message.',
      call: 'callback',
      callbacks: [{ says: at('N-6', 'REVIEWING', NOW_S) }, { says: at('N-6', 'REVIEWING', NOW_S) }],
      verify: [ok, ok],
      news: [reviewing('N-6', NOW_S), reviewing('N-6', NOW_S)],
      acknowledge: twice,
    },
    'late-callback': {
      note: 'Told a day after it happened, and dated by when it happened.',
      call: 'callback',
      callback: { says: at('N-7', 'REVIEWING', NOW_S - 86_400) },
      verify: ok,
      news: reviewing('N-7', NOW_S - 86_400),
      acknowledge: TAKEN,
    },
    'reordered-callback': {
      note: 'The newer first: each keeps its own time.',
      call: 'callback',
      callbacks: [{ says: at('N-9', 'REVIEWING', NOW_S - 60) }, { says: at('N-8', 'REVIEWING', NOW_S - 120) }],
      verify: [ok, ok],
      news: [reviewing('N-9', NOW_S - 60), reviewing('N-8', NOW_S - 120)],
      acknowledge: twice,
    },
  };
}
