/** The other records of the desk, and the immutable snapshot of them all that a cell works from. */
import { z } from 'zod';
import { Funder, FUNDER_TYPES, JsonLogic } from './funder.ts';
import { PageVariant } from './page-variant.ts';
import { Policy } from './policy.ts';
import { Segment } from './segment.ts';

const slug = z.string().regex(/^[a-z0-9][a-z0-9_-]{0,39}$/);

/** A channel (渠道) that sends traffic. */
export const Channel = z.strictObject({
  id: slug,
  name: z.string().min(1).max(80),
  status: z.enum(['live', 'paused']),
  /** Origins a publishable key of this channel may be used from; `*` in sandbox mode alone. */
  allowed_origins: z.array(z.string().max(200)).default([]),
});
export type Channel = z.infer<typeof Channel>;

/** An offer of a partner (流量合作方): advertising, never a credit decision. */
export const PartnerOffer = z.strictObject({
  id: z.string().regex(/^pof_[a-z0-9_]{1,40}$/),
  partner_id: z.string().regex(/^ptn_[a-z0-9_]{1,40}$/),
  class: z.enum(['loan_product', 'insurance', 'credit_card', 'financial_product']),
  title: z.strictObject({ zh: z.string().max(80), en: z.string().max(80) }),
  text: z.strictObject({ zh: z.string().max(300), en: z.string().max(300) }),
  /** Where a click leads; `{click_id}` is replaced. https outside sandbox mode. */
  url: z.string().max(500),
  status: z.enum(['live', 'paused']),
  /** Must evaluate truthy over `Facts`. */
  rule: JsonLogic.default(true),
  payouts: z.strictObject({
    click_fen: z.number().int().min(0).default(0),
    lead_fen: z.number().int().min(0).default(0),
    sale_fen: z.number().int().min(0).default(0),
  }),
  /** Operators' first guess of the chain show -> click -> lead -> sale; evidence takes over. */
  prior: z.strictObject({ click: z.number().min(0).max(1), lead: z.number().min(0).max(1), sale: z.number().min(0).max(1) }),
  /** Most times one borrower is shown it in the window. */
  frequency: z
    .strictObject({ max: z.number().int().min(1).max(100), window_days: z.number().int().min(1).max(365) })
    .prefault({ max: 3, window_days: 7 }),
});
export type PartnerOffer = z.infer<typeof PartnerOffer>;

/** A text a borrower agrees to. The version is content-addressed by the ledger through its SHA-256. */
export const ConsentText = z.strictObject({
  id: slug,
  purpose: z.enum(['application', 'credit_decision', 'marketing']),
  version: z.string().min(1).max(40),
  /** `{recipient}`, `{purpose}` and `{fields}` are replaced when shown. */
  zh: z.string().min(1).max(4_000),
  en: z.string().min(1).max(4_000),
});
export type ConsentText = z.infer<typeof ConsentText>;

/** Cap on all-in annual cost by funder type and date. Configuration with its source, never a constant. */
export const CostCap = z.strictObject({
  id: slug,
  funder_type: z.enum(FUNDER_TYPES),
  valid_from: z.iso.date(),
  max_apr_bps: z.number().int().min(1).max(100_000),
  source: z.string().min(1).max(300),
});
export type CostCap = z.infer<typeof CostCap>;

/** A receiver of webhooks. Its secrets are sealed apart from it. */
export const WebhookEndpoint = z.strictObject({
  id: z.string().regex(/^ep_[a-z0-9_]{1,40}$/),
  url: z.url(),
  /** Event types or prefixes ending in `.*`; `*` is all. */
  types: z.array(z.string().regex(/^(\*|[a-z_]+\.(\*|[a-z_]+))$/)).min(1),
  /** Only this channel's events; null is every channel's. */
  channel_id: slug.nullable().default(null),
  status: z.enum(['enabled', 'disabled']),
  disabled_reason: z.string().max(200).nullable().default(null),
});
export type WebhookEndpoint = z.infer<typeof WebhookEndpoint>;

/** Every kind of desk record and its schema; the desk stores them all in one versioned table. */
export const DESK_RECORDS = {
  funder: Funder,
  policy: Policy,
  segment: Segment,
  channel: Channel,
  page_variant: PageVariant,
  partner_offer: PartnerOffer,
  consent_text: ConsentText,
  cost_cap: CostCap,
  webhook_endpoint: WebhookEndpoint,
} as const;
export type DeskRecordKind = keyof typeof DESK_RECORDS;
export type DeskRecord<K extends DeskRecordKind> = z.infer<(typeof DESK_RECORDS)[K]>;

/** Who holds a key. Only the SHA-256 of a key is ever stored. */
export interface ApiKey {
  readonly id: string;
  readonly kind: 'publishable' | 'secret' | 'operator';
  /** For publishable and secret keys. */
  readonly channelId: string | null;
  /** For operator keys. */
  readonly role: Role | null;
  readonly name: string;
  /** The person an operator key belongs to; null: nobody in particular. */
  readonly operatorId: string | null;
}
export const ROLES = ['viewer', 'operator', 'risk', 'approver', 'finance', 'admin'] as const;
export type Role = (typeof ROLES)[number];

/** A policy with the version of its record, for a plan's provenance. */
export interface PolicyInForce {
  readonly policy: Policy;
  readonly version: number;
}

/** Everything a cell needs of the desk, frozen under one version number. Never changed in place. */
export interface DeskSnapshot {
  readonly version: number;
  readonly funders: ReadonlyMap<string, Funder>;
  readonly channels: ReadonlyMap<string, Channel>;
  readonly pageVariants: readonly PageVariant[];
  /** The policy of those whom no segment has been found for yet: the champion of the last segment; without segments, the first policy by id. */
  readonly policy: Policy;
  /** Version of that policy's record. */
  readonly policyVersion: number;
  /** Every policy in force. */
  readonly policies: ReadonlyMap<string, PolicyInForce>;
  /** In the order they are asked. */
  readonly segments: readonly Segment[];
  readonly partnerOffers: ReadonlyMap<string, PartnerOffer>;
  /** The current text per purpose. */
  readonly consentTexts: ReadonlyMap<string, ConsentText>;
  readonly costCaps: readonly CostCap[];
  readonly endpoints: readonly WebhookEndpoint[];
  /** By hex SHA-256 of the key. */
  readonly keysByHash: ReadonlyMap<string, ApiKey>;
}
