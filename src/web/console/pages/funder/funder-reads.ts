/** What the desk answers about funders, as the pages read it. */
import { queryOptions } from '@tanstack/react-query';
import type { Bilingual } from '../../../../domain/failures.ts';
import type { ExclusionCode } from '../../../../domain/plan.ts';
import { reading } from '../../api.ts';

export type CheckId = 'status' | 'whitelist' | 'hours' | 'cost_cap' | 'configuration';
export interface Standing {
  readonly id: string;
  readonly name: string;
  readonly status: 'live' | 'paused';
  readonly at: string;
  readonly checks: readonly {
    readonly id: CheckId;
    readonly ok: boolean;
    readonly detail: Readonly<Record<string, string | number | readonly string[]>>;
  }[];
  readonly breaker: { readonly state: 'closed' | 'open' | 'half_open'; readonly until?: string; readonly calls?: number; readonly failures?: number };
  readonly latency_ms: number;
  readonly caps: readonly CapState[];
  readonly volume: readonly VolumeState[];
  readonly waiting: readonly { readonly state: string; readonly count: number; readonly oldest_at: string; readonly age_s: number }[];
  readonly last_callback_at: string | null;
  readonly last_24h: Readonly<Record<'prechecks' | 'ineligible' | 'existing' | 'submitted' | 'approved' | 'declined', number>>;
  readonly alarms: readonly { readonly kind: string; readonly detail: string; readonly since: string }[];
}
export interface CapState {
  readonly id: string;
  readonly unit: 'count' | 'amount_fen';
  readonly window: 'hour' | 'day' | 'total';
  readonly limit: number;
  readonly lent: number;
  readonly used: number;
}
export interface VolumeState {
  readonly id: string;
  readonly kind: 'cap' | 'promise';
  readonly unit: 'count' | 'amount_fen';
  readonly window: 'hour' | 'day';
  readonly volume: number;
  readonly used: number;
  readonly progress: number;
  readonly price_fen: number;
}
export interface FunderRow extends Standing {
  readonly funder_type: string;
  readonly tier: number;
  readonly recent: {
    readonly sent: number;
    readonly approved: number;
    readonly declined: number;
    readonly approval_rate: number | null;
    readonly median_ms: number | null;
  };
}
export interface Callback {
  readonly id: string;
  readonly state: string;
  readonly detail: string | null;
  readonly attempt_id: string | null;
  readonly received_at: string;
}
export interface Plans {
  readonly applications: number;
  readonly planned: number;
  readonly first: number;
  readonly left_out: Readonly<Partial<Record<ExclusionCode, number>>>;
  readonly unknown: number;
}
export interface Reliability {
  readonly from: string;
  readonly to: string;
  readonly bands: readonly {
    readonly id: string;
    readonly decided: number;
    readonly approved: number;
    readonly expected: number;
    readonly undecided: number;
  }[];
}
export interface Series {
  readonly step: 'hour' | 'day';
  readonly points: readonly {
    readonly at: string;
    readonly sent: number;
    readonly approved: number;
    readonly declined: number;
    readonly approval_rate: number | null;
    readonly median_ms: number | null;
    readonly granted_share: number | null;
  }[];
  readonly changes: readonly {
    readonly figure: 'approval' | 'amount' | 'latency' | 'errors' | 'traffic';
    readonly direction: 'up' | 'down';
    readonly part: string | null;
    readonly since: string;
    readonly raised: string;
    readonly words: Bilingual;
  }[];
}
export interface Checked {
  readonly verdict: 'ok' | 'warn' | 'fail';
  readonly against: 'test' | 'sandbox' | 'heartbeat';
  readonly lines: readonly {
    readonly what: string;
    readonly verdict: 'ok' | 'warn' | 'fail';
    readonly latency_ms: number | null;
    readonly note: string;
  }[];
}

const REFRESH_MS = 20_000;

/** All of them: the list and each page read the same, so that opening one shows at once what is known. */
export const fundersNowQuery = queryOptions({
  queryKey: ['funders'],
  queryFn: reading<{ data: readonly FunderRow[] }>('/v1/desk/funders'),
  refetchInterval: REFRESH_MS,
});
