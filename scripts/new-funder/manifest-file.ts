/** The two manifests of a new funder: its protocol, when it is declared, and its identity. */
import type { Choices } from './choices.ts';
import { funderIdOf } from './choices.ts';

const LINK = { link: { url: 'url', expires: 'urlExpireTime' } };

/** The protocol, to be set right by the funder's document. */
export function protocolManifest({ id, title, shape }: Choices): object {
  const order = { orderNo: { attempt: 'ref' } };
  const notify = { notifyUrl: { call: 'callback_url' } };
  return {
    kind: 'protocol',
    id,
    title,
    shape,
    secrets: ['sign_key'],
    params: ['app_id'],
    units: { money: 'yuan', time: 's', rate: { in: 'percent', per: 'year' } },
    limits: { precheck_per_second: 10, submit_per_second: null, callback_tries: 3 },
    timeouts: { precheck_ms: 2_000, submit_ms: 8_000, query_ms: 4_000 },
    submit_idempotent: true,
    sign: { codec: 'hmac_sha256_sorted', secret: 'sign_key', in: { body: 'sign' } },
    common: { appId: { param: 'app_id' }, timestamp: { text: { seconds: { call: 'now_ms' } } }, nonce: { call: 'nonce' }, ...order },
    envelope: { code: 'code', ok: '0000', data: 'data', not_found: ['4040'], busy: ['4290', '5030'], ours: ['4000', '9001', '9002'] },
    precheck: {
      path: '/credit/precheck',
      needs: ['phone', 'id_number'],
      body: { mobileMd5: { md5: { field: 'phone' } }, idNoMd5: { md5: { upper: { field: 'id_number' } } }, ...notify },
      read: {
        result: 'result',
        eligible: ['OK'],
        reasons: { C001: 'credit', C002: 'age', C003: 'recent_rejection', C004: 'existing_customer', C005: 'blacklist' },
        ...(shape === 'half_precheck_link' ? { funder_ref: 'applyNo', ...LINK } : {}),
        ...(shape === 'ping_post' ? { price: 'price', valid_until: 'validUntil' } : {}),
      },
    },
    submit: {
      path: '/credit/apply',
      needs: ['name', 'phone', 'id_number', 'monthly_income_fen', 'employment', 'amount_fen', 'term_months'],
      body: {
        name: { field: 'name' },
        mobile: { field: 'phone' },
        idNo: { field: 'id_number' },
        monthIncome: { yuan: { field: 'monthly_income_fen' } },
        job: { field: 'employment' },
        applyAmount: { yuan: { field: 'amount_fen' } },
        applyTerm: { text: { field: 'term_months' } },
        ...notify,
      },
    },
    query: { path: '/credit/query' },
    cancel: { path: '/credit/cancel' },
    draw: { path: '/loan/draw', body: { loanAmount: { yuan: { terms: 'amount' } }, loanTerm: { text: { terms: 'term_months' } }, ...notify } },
    ...whatComesBack(shape),
  };
}

/** Orders, as replies and callbacks carry them. */
function whatComesBack(shape: Choices['shape']): object {
  const waits = shape === 'half_precheck_link' || shape === 'half_submit_link';
  return {
    order: {
      state: 'status',
      states: {
        ...(waits ? { WAIT_AGREE: 'open_link' } : {}),
        ...(shape === 'half_precheck_link' ? { AGREED: 'authorised' } : {}),
        REVIEWING: 'reviewing',
        APPROVED: 'approved',
        DECLINED: 'declined',
        CANCELLED: 'cancelled',
        PAYING: 'disbursing',
        PAID: 'disbursed',
        PAY_FAILED: 'failed',
        REPAYING: 'repaying',
        OVERDUE: 'overdue',
        SETTLED: 'settled',
      },
      funder_ref: 'applyNo',
      event_at: 'eventTime',
      reject_code: 'rejectCode',
      reasons: { R01: 'credit', R02: 'income', R03: 'age', R04: 'region', R05: 'identity' },
      offer: {
        amount: 'creditAmount',
        term: 'creditTerm',
        rate: 'yearRate',
        expires: 'expireTime',
        plan: { rows: 'planList', month: 'period', principal: 'principal', interest: 'interest', fee: 'serviceFee' },
        fees: { rows: 'feeList', item: 'name', payee: 'payee', amount: 'amount', when: 'type', words: { 1: 'upfront', 2: 'monthly' } },
      },
      loan: { amount: 'loanAmount', fail_code: 'failCode', overdue_days: 'overdueDays' },
      ...(waits ? LINK : {}),
    },
    callback: {
      ref: 'orderNo',
      funder_ref: 'applyNo',
      message_id: 'notifyId',
      signed_at: 'timestamp',
      acknowledge: { stored: '{"code":"0000","msg":"success"}', refused: '{"code":"9001","msg":"refused"}' },
    },
  };
}

/** Whom the data goes to and on what terms; every figure is to be set by the contract. */
export function funderManifest({ id, title, legalEntity }: Choices): object {
  return {
    kind: 'funder',
    id: funderIdOf(id),
    protocol: id,
    name: title.slice(0, 60),
    legal_entity: legalEntity,
    contact: `privacy@${id}.example`,
    funder_type: 'consumer_finance',
    base_url: `https://api.${id}.example`,
    params: { app_id: 'millrace' },
    tier: 3,
    product: { min_amount_fen: 100_000, max_amount_fen: 5_000_000, terms_months: [3, 6, 12], quoted_apr_bps: 1_800 },
    terms: { cps_bps: 200 },
    whitelist: { evidence: 'to be filled in', valid_from: '2025-10-01', valid_to: '2027-12-31' },
  };
}
