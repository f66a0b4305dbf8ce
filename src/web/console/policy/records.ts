/** What the desk answers about policies, drafts, changes and simulations, as the pages read it. */
import type { Bilingual } from '../../../domain/failures.ts';
import type { Policy } from '../../../domain/policy.ts';
import type { Arm } from '../../../domain/segment.ts';
import type { SimulationReport } from '../../../domain/simulation.ts';

export interface Difference {
  readonly pointer: string;
  readonly change: 'added' | 'removed' | 'changed';
  readonly from?: unknown;
  readonly to?: unknown;
}
export interface FaultWords {
  /** JSON pointer into the record. */
  readonly pointer: string;
  readonly code: string;
  readonly message: Bilingual;
}

export interface PolicySummary {
  readonly id: string;
  readonly name: string;
  readonly version: number;
  readonly in_force: boolean;
  readonly general: boolean;
  readonly segments: readonly { readonly segment: string; readonly arm: Arm }[];
  readonly changes: readonly { readonly id: string; readonly state: ChangeState; readonly author: string; readonly publish_at: string | null }[];
  readonly author: string;
  readonly approver: string | null;
  readonly at: string;
}
export interface DraftSummary {
  readonly id: string;
  readonly policy: string | null;
  readonly revision: number;
  readonly base_version: number;
  readonly stale: boolean;
  readonly author: string;
  readonly updated_by: string;
  readonly updated_at: string;
  readonly proposal: { readonly id: string; readonly state: ChangeState } | null;
}
export interface Policies {
  readonly policies: readonly PolicySummary[];
  readonly drafts: readonly DraftSummary[];
}
export type WholePolicy = PolicySummary & { readonly body: Policy };
export type WholeDraft = DraftSummary & { readonly body: Policy; readonly diff: readonly Difference[] };
export interface Validation {
  readonly valid: boolean;
  readonly faults: readonly FaultWords[];
}

export type ChangeState = 'proposed' | 'scheduled' | 'approved' | 'rejected' | 'withdrawn' | 'failed';
export interface Change {
  readonly id: string;
  readonly kind: string;
  readonly record_id: string;
  readonly state: ChangeState;
  readonly note: string;
  readonly author: string;
  readonly decided_by: string | null;
  readonly created_at: string;
  readonly decided_at: string | null;
  readonly base_version: number;
  readonly hash: string;
  readonly retire: boolean;
  readonly body: unknown;
  readonly diff: readonly Difference[];
  readonly stale: boolean;
  readonly publish_at: string | null;
  readonly faults: readonly FaultWords[] | null;
}
export interface PolicyVersion {
  readonly version: number;
  readonly retired: boolean;
  readonly author: string;
  readonly approver: string | null;
  readonly at: string;
  readonly body: Policy;
  readonly diff: readonly Difference[];
}

export interface RecordRow<T> {
  readonly id: string;
  readonly version: number;
  readonly retired: boolean;
  readonly body: T;
  readonly author: string;
  readonly approver: string | null;
  readonly at: string;
}
export interface Records<T> {
  readonly data: readonly RecordRow<T>[];
}

export interface Simulation {
  readonly id: string;
  readonly status: 'running' | 'done' | 'failed';
  readonly progress: { readonly done: number; readonly total: number };
  readonly result: SimulationReport | null;
  readonly reason: 'nothing_to_simulate' | 'failed' | null;
}
