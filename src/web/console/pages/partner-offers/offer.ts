/** A partner offer as its record stands at the desk. */
export interface PartnerOffer {
  readonly id: string;
  readonly partner_id: string;
  readonly class: 'loan_product' | 'insurance' | 'credit_card' | 'financial_product';
  readonly title: { readonly zh: string; readonly en: string };
  readonly text: { readonly zh: string; readonly en: string };
  readonly url: string;
  readonly status: 'live' | 'paused';
  readonly rule: unknown;
  readonly payouts: { readonly click_fen: number; readonly lead_fen: number; readonly sale_fen: number };
  readonly prior: { readonly click: number; readonly lead: number; readonly sale: number };
  readonly frequency: { readonly max: number; readonly window_days: number };
}
export interface Record {
  readonly id: string;
  readonly version: number;
  readonly retired: boolean;
  readonly body: PartnerOffer;
}
export const CLASSES = ['loan_product', 'insurance', 'credit_card', 'financial_product'] as const;
