/** What the service says, as far as the page reads it. */
import type { PageStep } from '../../domain/page-variant.ts';

export interface Words {
  readonly headline?: string;
  readonly promise?: string;
  readonly button?: string;
  readonly submit?: string;
}
export interface PageConfig {
  readonly channel: string;
  readonly mode: 'sandbox' | 'live';
  readonly key: string;
  readonly variant: string | null;
  readonly texts: { readonly zh: Words; readonly en: Words };
  readonly steps: readonly PageStep[];
  readonly amount: { readonly min_fen: number; readonly max_fen: number; readonly preset_fen: number };
  readonly terms: { readonly months: readonly number[]; readonly preset: number };
  readonly photos: readonly PhotoKind[];
  readonly min_age: number;
  readonly max_age: number;
  readonly costs: readonly {
    readonly months: number;
    readonly min_fen: number;
    readonly max_fen: number;
    readonly apr_bps: number;
    readonly monthly_fen: number;
  }[];
  readonly costs_for_fen: number;
}
export type PhotoKind = 'id_front' | 'id_back';
export interface Funder {
  readonly id: string;
  readonly name: string;
}
export interface Reason {
  readonly code: string;
  readonly message: string;
}
export interface Recipient {
  readonly recipient: string;
  readonly name: string;
  readonly legal_entity: string;
  readonly purpose: string;
  readonly fields: readonly string[];
  readonly text_version: string;
  readonly text: string;
}
export type Need =
  | { readonly kind: 'consents'; readonly recipients: readonly Recipient[] }
  | { readonly kind: 'documents'; readonly kinds: readonly PhotoKind[] }
  | { readonly kind: 'fields'; readonly fields: readonly string[] }
  | { readonly kind: 'disclosure'; readonly offer: string }
  | { readonly kind: 'open_link'; readonly step: string; readonly funder: Funder; readonly url: string }
  | {
      readonly kind: 'bind_card';
      readonly step: string;
      readonly funder: Funder;
      readonly cards: readonly { readonly ref: string; readonly bank: string; readonly tail: string }[];
    }
  | { readonly kind: 'enter_code'; readonly step: string; readonly funder: Funder };
export interface PlanLine {
  readonly month: number;
  readonly principal_fen: number;
  readonly interest_fen: number;
  readonly fee_fen: number;
  readonly total_fen: number;
}
export interface Offer {
  readonly id: string;
  readonly funder: Funder;
  readonly status: string;
  readonly amount_fen: number;
  readonly term_months: number;
  readonly quoted_apr_bps: number;
  readonly all_in_apr_bps: number;
  readonly plan: readonly PlanLine[];
  readonly fees: readonly { readonly item: string; readonly payee: string; readonly amount_fen: number; readonly when: string }[];
  readonly expires_at: string;
}
export interface Attempt {
  readonly id: string;
  readonly funder: Funder;
  readonly status: string;
  readonly reason?: Reason;
  readonly again_at?: string;
  readonly at: string;
}
export interface View {
  readonly id: string;
  readonly client_token?: string;
  readonly status: string;
  readonly reasons: readonly Reason[];
  readonly needs: readonly Need[];
  readonly attempts: readonly Attempt[];
  readonly offers: readonly Offer[];
  readonly loan?: {
    readonly id: string;
    readonly status: string;
    readonly amount_fen: number;
    readonly plan: readonly PlanLine[];
    readonly overdue_days: number;
  };
  readonly created_at: string;
  readonly updated_at: string;
}
export interface Both {
  readonly zh: string;
  readonly en: string;
}
export interface DisclosureReply {
  readonly offer: string;
  readonly hash: string;
  readonly reading_time_s: number;
  readonly disclosure: {
    readonly lender: { readonly name: string; readonly legalEntity: string };
    readonly amount: number;
    readonly received: number;
    readonly termMonths: number;
    readonly repaid: number;
    readonly charges: number;
    readonly aprBps: number;
    readonly annualisation: Both;
    readonly items: readonly {
      readonly item: Both;
      readonly method: Both;
      readonly rateBps: number;
      readonly payee: string;
      readonly amount: number;
    }[];
    readonly defaultCosts: readonly { readonly item: Both; readonly method: Both; readonly payee: string }[];
    readonly defaultNote: Both | null;
    readonly noOtherCharges: Both;
  };
}
export interface PartnerOffers {
  readonly groups: readonly {
    readonly class: string;
    readonly notice: string;
    readonly offers: readonly { readonly id: string; readonly title: string; readonly text: string; readonly link: string }[];
  }[];
}
