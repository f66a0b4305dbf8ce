/** What the overview reads. */
export interface Against {
  readonly today: number;
  readonly usual: number | null;
  readonly low: number | null;
  readonly high: number | null;
}
export interface Today {
  readonly at: string;
  readonly from: string;
  readonly weeks: number;
  readonly behind: number;
  readonly stages: readonly (Against & { readonly stage: string })[];
  readonly sums: Readonly<Record<string, Against>>;
  readonly hours: readonly {
    readonly at: string;
    readonly counts: Readonly<Record<string, { readonly today: number | null; readonly usual: number | null }>>;
  }[];
}
export interface Approvals {
  readonly from: string;
  readonly to: string;
  readonly funders: readonly {
    readonly id: string;
    readonly name: string;
    readonly status: string | null;
    readonly points: readonly { readonly at: string; readonly approved: number; readonly declined: number; readonly approval_rate: number | null }[];
    readonly changes: readonly {
      readonly figure: string;
      readonly direction: 'up' | 'down';
      readonly part: string | null;
      readonly since: string;
      readonly words: { readonly zh: string; readonly en: string };
    }[];
  }[];
}
export interface Alarm {
  readonly subject: string;
  readonly kind: string;
  readonly detail: string;
  readonly since: string;
}
export interface Cap {
  readonly funder: string;
  readonly name: string;
  readonly cap: string;
  readonly unit: string;
  readonly window: string;
  readonly limit: number;
  readonly lent: number;
  readonly share: number;
}
export interface Endpoint {
  readonly id: string;
  readonly url: string;
  readonly status: string;
  readonly health: { readonly failing_since: string | null; readonly disabled_at: string | null };
}
export interface Change {
  readonly id: string;
  readonly note: string;
  readonly created_at?: string;
  readonly at?: string;
}
