/** What a sandbox starts with: channel, keys, policy, consent texts, cost caps, six funders, partner offers. Written once; an operator's later changes stay. */
import type { DeskRecordKind } from '../domain/desk.ts';
import { PartnerOffer } from '../domain/desk.ts';
import type { Funder } from '../domain/funder.ts';
import { Policy } from '../domain/policy.ts';
import { setSecret } from '../flow/desk/secrets.ts';
import { newAccount } from '../flow/operators/account.ts';
import { welcomeLink } from '../flow/operators/first-run.ts';
import { sandboxLinkToken, sandboxOperatorId } from '../flow/operators/invitations.ts';
import type { Vault } from '../ports/vault.ts';
import type { Store } from '../store/index.ts';

export { setSecret };

/** Links that sign in to the console as one of two people. */
export interface SandboxLinks {
  readonly operator: string;
  readonly approver: string;
}

export interface SandboxKeys {
  readonly publishable: string;
  readonly secret: string;
  readonly operator: string;
  readonly approver: string;
}
export interface SandboxFunders {
  readonly funders: readonly Funder[];
  /** Secrets by funder id, then by name. */
  readonly secrets: Readonly<Record<string, Readonly<Record<string, string>>>>;
}
const SANDBOX_CHANNEL = 'h5-demo';
export const SANDBOX_PARTNER = 'ptn_sandbox';

/** The test keys. Derived from the master key, so they can be told again without being stored. */
export function sandboxKeys(vault: Vault): SandboxKeys {
  const key = (name: string): string => vault.tag('sandbox_key', name).slice(0, 32);
  return {
    publishable: `pk_test_${key('publishable')}`,
    secret: `sk_test_${key('secret')}`,
    operator: `ok_test_${key('operator')}`,
    approver: `ok_test_${key('approver')}`,
  };
}

/** Good for as long as the sandbox is one; whoever may see the keys may see them. */
export function sandboxLinks(vault: Vault, publicUrl: string): SandboxLinks {
  const link = (role: 'operator' | 'approver'): string => welcomeLink(publicUrl, sandboxLinkToken({ vault }, role));
  return { operator: link('operator'), approver: link('approver') };
}

/** What `/v1/sandbox/keys` answers. */
export function sandboxReply(vault: Vault, publicUrl: string): SandboxKeys & { readonly console: SandboxLinks } {
  return { ...sandboxKeys(vault), console: sandboxLinks(vault, publicUrl) };
}

export function sandboxPartnerSecret(vault: Vault): string {
  return vault.tag('sandbox_key', 'partner');
}

/** Seeds what is missing, and points the funders at where their servers are now. Call inside a commit. */
export function seedSandbox(tx: Store, vault: Vault, sandbox: SandboxFunders, nowMs: number): void {
  const keys = sandboxKeys(vault);
  const known = new Set(tx.desk.keys().map((row) => row.id));
  const key = (id: string, text: string, kind: 'publishable' | 'secret' | 'operator', role: 'operator' | 'approver' | null): void => {
    if (known.has(id)) return;
    tx.desk.insertKey({
      id,
      hash: vault.sha256Hex(text),
      kind,
      channelId: kind === 'operator' ? null : SANDBOX_CHANNEL,
      role,
      name: id,
      createdAtMs: nowMs,
      revokedAtMs: null,
    });
  };
  key('key_sandbox_publishable', keys.publishable, 'publishable', null);
  key('key_sandbox_secret', keys.secret, 'secret', null);
  key('key_sandbox_operator', keys.operator, 'operator', 'operator');
  key('key_sandbox_approver', keys.approver, 'operator', 'approver');
  for (const role of ['operator', 'approver'] as const) seedOperator(tx, vault, role, nowMs);
  const put = (kind: DeskRecordKind, record: { readonly id: string }, refresh = false): void => {
    const current = tx.desk.record(kind, record.id);
    const body = JSON.stringify(record);
    if (current !== undefined && (!refresh || current.body === body)) return;
    tx.desk.insertRecord({
      kind,
      id: record.id,
      version: (current?.version ?? 0) + 1,
      body,
      retired: false,
      createdAtMs: nowMs,
      author: 'sandbox',
      approver: null,
    });
  };
  put('channel', { id: SANDBOX_CHANNEL, name: 'H5 demo', status: 'live', allowed_origins: ['*'] } as { id: string });
  put('policy', SANDBOX_POLICY);
  put('segment', { id: 'all', name: 'Everybody', rule: true, order: 1_000, champion: SANDBOX_POLICY.id, challenger: null } as { id: string });
  for (const text of CONSENT_TEXTS) put('consent_text', text);
  for (const cap of COST_CAPS) put('cost_cap', cap);
  for (const offer of PARTNER_OFFERS) put('partner_offer', offer);
  for (const funder of sandbox.funders) {
    const current = tx.desk.record('funder', funder.id);
    const kept = current === undefined ? funder : { ...(JSON.parse(current.body) as Funder), base_url: funder.base_url };
    put('funder', kept, true);
    for (const [slot, secret] of Object.entries(sandbox.secrets[funder.id] ?? {})) setSecret(tx, vault, funder.id, slot, secret, nowMs);
  }
  setSecret(tx, vault, SANDBOX_PARTNER, 'postback', sandboxPartnerSecret(vault), nowMs);
}

/** Somebody to sign in as, without a password; an operator's later changes stay. */
function seedOperator(tx: Store, vault: Vault, role: 'operator' | 'approver', nowMs: number): void {
  const id = sandboxOperatorId(role);
  if (tx.operators.operator(id) !== undefined) return;
  tx.operators.insertOperator({ id, role, status: 'active', createdAtMs: nowMs });
  const name = { operator: '沙箱运营 Sandbox operator', approver: '沙箱审批 Sandbox approver' }[role];
  tx.operators.insertAccount(newAccount({ vault }, id, { email: `${role}@sandbox.example`, name }));
}

/** Test traffic comes from one machine, so address and device limits are wide; everything else is as a real policy would be. */
export const SANDBOX_POLICY = Policy.parse({
  id: 'pol_default',
  name: 'Sandbox default',
  strategy: 'waterfall',
  max_attempts: 6,
  tier_order: 'strict_first',
  patience: 0.97,
  // The cheap funders pay least; without weights the exact order would leave them out as soon as the dear ones approve more often.
  weights: { fnd_river: 2.8, fnd_summit: 1.7, fnd_lotus: 1.4, fnd_jade: 1.15 },
  exposure_cost_fen: 100,
  partner_offer_value_fen: 200,
  deadlines: { application_s: 180, offer_s: 86_400, disclosure_reading_s: 3 },
  prescreen: {
    velocity: {
      phone: { max: 10_000, window_s: 7 * 86_400 },
      id_number: { max: 10_000, window_s: 7 * 86_400 },
      device: { max: 10_000, window_s: 86_400 },
      ip: { max: 100_000, window_s: 3_600 },
    },
  },
});

const CONSENT_TEXTS = [
  {
    id: 'application',
    purpose: 'application',
    version: '2026-11-01',
    zh: '我同意{recipient}为“{purpose}”处理我提交的信息。平台不放贷；未经我逐一同意，不会把我的信息提供给任何资金方。我可以随时撤回同意、要求删除。',
    en: 'I agree that {recipient} handles what I submit for {purpose}. The platform does not lend, and gives my data to no funder to whom I have not agreed one by one. I can take this back, and have my data erased, at any time.',
  },
  {
    id: 'credit_decision',
    purpose: 'credit_decision',
    version: '2026-11-01',
    zh: '我同意平台把以下信息提供给{recipient}，仅用于{purpose}：{fields}。接收方只为此目的使用；我可以撤回同意，撤回后不再提供。',
    en: 'I agree that the platform gives the following to {recipient}, for {purpose} only: {fields}. It is used for nothing else; I can withdraw, and nothing more is given from then on.',
  },
] as const;

/** 24% for each type until a pack of the jurisdiction says otherwise; sources are the operators' to keep up to date. */
const COST_CAPS = (['bank', 'consumer_finance', 'micro_lender'] as const).map((type) => ({
  id: `cn-${type.replace('_', '-')}-2025`,
  funder_type: type,
  valid_from: '2025-10-01',
  max_apr_bps: 2_400,
  source: '金规〔2025〕9号, read as a 24% ceiling; in force from 2025-10-01',
}));

const PARTNER_OFFERS = [
  offer(
    'pof_card',
    'credit_card',
    '首刷有礼信用卡',
    'Credit card with a first-use gift',
    { click_fen: 50, lead_fen: 3_000, sale_fen: 12_000 },
    { click: 0.12, lead: 0.2, sale: 0.4 },
    true,
  ),
  offer(
    'pof_accident_cover',
    'insurance',
    '免费意外险体验',
    'Free accident cover trial',
    { click_fen: 30, lead_fen: 800, sale_fen: 0 },
    { click: 0.25, lead: 0.4, sale: 0 },
    true,
  ),
  offer(
    'pof_other_loans',
    'loan_product',
    '看看其他贷款产品',
    'Look at other loan products',
    { click_fen: 120, lead_fen: 2_000, sale_fen: 0 },
    { click: 0.3, lead: 0.15, sale: 0 },
    true,
  ),
  offer(
    'pof_savings',
    'financial_product',
    '零钱理财新人专享',
    'A newcomer’s savings product',
    { click_fen: 20, lead_fen: 500, sale_fen: 4_000 },
    { click: 0.06, lead: 0.2, sale: 0.3 },
    { '>=': [{ var: 'monthly_income_fen' }, 800_000] },
  ),
];

function offer(
  id: string,
  kind: PartnerOffer['class'],
  zh: string,
  en: string,
  payouts: PartnerOffer['payouts'],
  prior: PartnerOffer['prior'],
  rule: PartnerOffer['rule'],
): PartnerOffer {
  return PartnerOffer.parse({
    id,
    partner_id: SANDBOX_PARTNER,
    class: kind,
    title: { zh, en },
    text: {
      zh: '由合作方提供的推广信息，与本次贷款申请结果无关。',
      en: 'A partner’s advertisement; it has nothing to do with the outcome of this application.',
    },
    url: `https://partner.example/${id}?click={click_id}`,
    status: 'live',
    rule,
    payouts,
    prior,
  });
}
