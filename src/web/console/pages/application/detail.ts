/** An application as the desk answers it: masked, with everything that was decided about it. */
import type { Application } from '../applications/application.ts';

export interface Step {
  readonly funder: string;
  readonly tier: number;
  readonly wave: number;
  readonly low: number;
  readonly high: number;
  readonly used: number;
  readonly value_fen: number;
  readonly cost_fen: number;
  readonly index: number;
}
export interface Attempt {
  readonly id: string;
  readonly funder: { readonly id: string; readonly name: string };
  readonly state: string;
  readonly plan_id: string;
  readonly reason: { readonly code: string; readonly detail: string } | null;
  readonly latency_ms: number | null;
}
export interface Event {
  readonly seq: number | null;
  readonly type: string;
  readonly at: string;
  readonly data: Readonly<Record<string, unknown>>;
}
export interface Detail extends Application {
  readonly segment_id: string | null;
  readonly arm: string | null;
  readonly facts: {
    readonly age: number | null;
    readonly sex: 'm' | 'f' | null;
    readonly province: { readonly zh: string; readonly en: string } | null;
    readonly monthly_income_fen: number | null;
    readonly employment: string | null;
    readonly assets: Readonly<Record<string, string>>;
    readonly purpose: string | null;
  } | null;
  readonly documents: readonly { readonly id: string; readonly kind: string; readonly ok: boolean; readonly problems: readonly string[] }[];
  readonly timeline: readonly Event[];
  readonly plans: readonly { readonly id: string; readonly at: string; readonly explored: boolean; readonly steps: readonly Step[] }[];
  readonly attempts: readonly Attempt[];
  readonly consents: readonly {
    readonly id: string;
    readonly recipient: string;
    readonly legal_entity: string;
    readonly agreed_at: string;
    readonly withdrawn_at: string | null;
  }[];
  readonly receipts: readonly {
    readonly id: string;
    readonly attempt_id: string;
    readonly legal_entity: string;
    readonly capability: string;
    readonly fields: readonly string[];
    readonly outcome: string | null;
    readonly latency_ms: number | null;
  }[];
  readonly offers: readonly {
    readonly id: string;
    readonly funder: string;
    readonly state: string;
    readonly amount_fen: number;
    readonly term_months: number;
    readonly quoted_apr_bps: number;
    readonly all_in_apr_bps: number | null;
  }[];
  readonly callbacks: readonly {
    readonly id: string;
    readonly funder: string;
    readonly state: string;
    readonly detail: string | null;
    readonly received_at: string;
  }[];
}

export interface Bilingual {
  readonly zh: string;
  readonly en: string;
}
export interface Lever {
  readonly weight_factor: number | null;
  readonly likelihood: number | null;
}
export interface Explained {
  readonly plans: readonly {
    readonly id: string;
    readonly at: string;
    readonly explanation: {
      readonly summary: Bilingual;
      readonly steps: readonly { readonly funder: string; readonly place: number; readonly words: Bilingual; readonly to_be_first: Lever | null }[];
      readonly left_out: readonly {
        readonly funder: string;
        readonly code: string;
        readonly words: Bilingual;
        readonly would_change: { readonly fact: string; readonly is: unknown; readonly needed: unknown } | { readonly lever: Lever } | null;
      }[];
    } | null;
  }[];
}
