/** The cases that show how the protocol goes: each call by what is sent and what is answered, and each callback. */
import type { CaseFiles } from './case-parts.ts';
import { coded, NOTIFY, NOW_S, OFFER, OFFER_READ, order, orderOf, pending, PLACE, PLAN, PLAN_READ, REF, sent, TAKEN, told } from './case-parts.ts';
import type { Shape } from './choices.ts';

const [url, urlExpireTime] = ['https://h5.funder.example/agree/1', String(NOW_S + 3_600)];
const step = { kind: 'open_link', url, expiresAtMs: (NOW_S + 3_600) * 1_000 };

/** What goes out and what comes back at once. */
export function callCases(shape: Shape): CaseFiles {
  const invited =
    shape === 'half_precheck_link'
      ? [
          { applyNo: 'A-1001', url, urlExpireTime },
          { step, funderRef: 'A-1001' },
        ]
      : shape === 'ping_post'
        ? [
            { price: '88.00', validUntil: urlExpireTime },
            { price: 8_800, validUntilMs: (NOW_S + 3_600) * 1_000 },
          ]
        : [{}, {}];
  return {
    'precheck-eligible': {
      note: 'Two hashes go out, and nothing else of the borrower.',
      call: 'precheck',
      ...sent('/credit/precheck', { mobileMd5: '535381ec9d5ab7a390db0a30860600f2', idNoMd5: 'c450cacbfaaea5b8a84841d94268c306', ...NOTIFY }),
      ...told({ result: 'OK', ...invited[0] }),
      answer: { kind: 'eligible', ...invited[1] },
    },
    'precheck-declined': {
      note: 'A word that says why not.',
      call: 'precheck',
      ...told({ result: 'C003' }),
      answer: { kind: 'ineligible', reason: { code: 'recent_rejection', detail: 'C003' } },
    },
    'submit-pending': {
      note: 'The full application; the decision follows.',
      call: 'submit',
      ...sent('/credit/apply', {
        name: '张三丰',
        mobile: '13912345678',
        idNo: '11010519900307233X',
        monthIncome: '12000.00',
        job: 'salaried',
        applyAmount: '20000.00',
        applyTerm: '3',
        ...NOTIFY,
      }),
      ...order('REVIEWING'),
      answer: pending(null),
    },
    cancel: {
      note: 'Taken back before the decision.',
      call: 'cancel',
      ...sent('/credit/cancel', {}),
      ...order('CANCELLED'),
      answer: { kind: 'cancelled' },
    },
    'cancel-too-late': { note: 'Decided already.', call: 'cancel', ...order('APPROVED', OFFER), answer: { kind: 'too_late' } },
    draw: {
      note: 'The borrower took the offer; the payout follows.',
      call: 'draw',
      terms: { amount: 2_000_000, termMonths: 3 },
      ...sent('/loan/draw', { loanAmount: '20000.00', loanTerm: '3', ...NOTIFY }),
      ...order('PAYING'),
      answer: { kind: 'loan', news: { status: 'disbursing' } },
    },
  };
}

/** The order as it stands later. */
export function orderCases(shape: Shape): CaseFiles {
  return {
    'query-approved': {
      note: 'An offer with its plan and every charge.',
      call: 'query',
      ...sent('/credit/query', {}),
      ...order('APPROVED', OFFER),
      answer: { kind: 'approved', offer: OFFER_READ, ...PLACE },
    },
    'query-declined': {
      note: 'Declined, with a code.',
      call: 'query',
      ...order('DECLINED', { rejectCode: 'R02' }),
      answer: { kind: 'declined', reason: { code: 'income', detail: 'R02' }, ...PLACE },
    },
    'query-disbursed': {
      note: 'Paid out, with the plan in force.',
      call: 'query',
      ...order('PAID', { loanAmount: '20000.00', planList: PLAN }),
      answer: { kind: 'loan', news: { status: 'disbursed', amount: 2_000_000, plan: PLAN_READ }, ...PLACE },
    },
    'query-not-found': { note: 'The funder knows no such order.', call: 'query', ...coded('4040'), answer: { kind: 'not_found' } },
    ...(shape === 'half_precheck_link'
      ? {
          'query-authorised': {
            note: 'The borrower has agreed on the page.',
            call: 'query',
            ...order('AGREED'),
            answer: { kind: 'authorised', ...PLACE },
          },
        }
      : {}),
    ...(shape === 'half_submit_link'
      ? {
          'submit-pending-link': {
            note: 'The borrower goes on at the funder.',
            call: 'submit',
            ...order('WAIT_AGREE', { url, urlExpireTime }),
            answer: { ...pending(null), step },
          },
        }
      : {}),
  };
}

/** What the funder tells of itself. */
export function callbackCases(): CaseFiles {
  const message = (id: string, status: string, more: object): object => ({ notifyId: id, ...orderOf(status, more) });
  const news = (id: string, answer: object): object => ({ attempt: { by: 'ref', value: REF }, messageId: id, answer: { ...answer, ...PLACE } });
  const taken = { verify: { ok: true }, acknowledge: TAKEN };
  return {
    'callback-approved': {
      note: 'The decision.',
      call: 'callback',
      callback: { says: message('N-1', 'APPROVED', OFFER) },
      ...taken,
      news: news('N-1', { kind: 'approved', offer: OFFER_READ }),
    },
    'callback-disbursed': {
      note: 'The payout.',
      call: 'callback',
      callback: { says: message('N-2', 'PAID', { loanAmount: '20000.00', planList: PLAN }) },
      ...taken,
      news: news('N-2', { kind: 'loan', news: { status: 'disbursed', amount: 2_000_000, plan: PLAN_READ } }),
    },
    'callback-overdue': {
      note: 'Days overdue.',
      call: 'callback',
      callback: { says: message('N-3', 'OVERDUE', { overdueDays: '4' }) },
      ...taken,
      news: news('N-3', { kind: 'loan', news: { status: 'overdue', overdueDays: 4 } }),
    },
  };
}
