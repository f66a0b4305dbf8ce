/** What the cases of a new funder are put together from: one moment, one order, one offer, and how the wire wraps them. */

export const REF = 'att_01hzx3k9q0002v7c5n8m4';
/** 2026-03-02T10:00:00+08:00, the moment of all cases. */
export const NOW_S = 1_772_416_800;
export const NOTIFY = { notifyUrl: 'https://millrace.example/v1/callbacks/fnd_x' };
export const PLAN = ['6666.67', '6666.67', '6666.66'].map((principal, index) => ({
  period: String(index + 1),
  principal,
  interest: ['300.00', '200.00', '100.00'][index],
  serviceFee: '0.00',
}));
export const PLAN_READ = [
  { dueInMonths: 1, principal: 666_667, interest: 30_000, fee: 0 },
  { dueInMonths: 2, principal: 666_667, interest: 20_000, fee: 0 },
  { dueInMonths: 3, principal: 666_666, interest: 10_000, fee: 0 },
];
export const OFFER = {
  creditAmount: '20000.00',
  creditTerm: '3',
  yearRate: '18.00',
  expireTime: String(NOW_S + 86_400),
  planList: PLAN,
  feeList: [{ name: '服务费', payee: '担保公司', amount: '50.00', type: '1' }],
};
export const OFFER_READ = {
  amount: 2_000_000,
  termMonths: 3,
  quotedAprBps: 1_800,
  plan: PLAN_READ,
  fees: [{ item: '服务费', payee: '担保公司', amount: 5_000, when: 'upfront' }],
  expiresAtMs: (NOW_S + 86_400) * 1_000,
};
export const PLACE = { funderRef: 'A-1001', eventAtMs: NOW_S * 1_000 };

/** Cases by name. */
export type CaseFiles = Readonly<Record<string, object>>;

export const TAKEN = { status: 200, text: '{"code":"0000","msg":"success"}' };
export const REFUSED = { status: 401, text: '{"code":"9001","msg":"refused"}' };

export function sent(path: string, business: object): object {
  return {
    request: {
      method: 'POST',
      url: `https://funder.example/base${path}`,
      headers: { accept: 'application/json', 'content-type': 'application/json' },
    },
    content: { appId: 'millrace-test', timestamp: String(NOW_S), nonce: '00112233445566778899aabbccddeeff', orderNo: REF, ...business },
  };
}

export function told(data: object): object {
  return { response: { json: { code: '0000', msg: 'OK', data } } };
}

export function coded(code: string): object {
  return { response: { json: { code, msg: 'refused', data: null } } };
}

export function orderOf(status: string, more: object = {}): object {
  return { orderNo: REF, applyNo: 'A-1001', status, eventTime: String(NOW_S), ...more };
}

export function order(status: string, more: object = {}): object {
  return told(orderOf(status, more));
}

export function pending(unrecognised: string | null): object {
  return { kind: 'pending', ...PLACE, unrecognised };
}
