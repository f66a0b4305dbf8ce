/** What intake is handed after the shapes have been checked: fields already normalised by their own rules. */
import type { Store } from '../store/index.ts';
import type { Applicant, Assets, LoanRequest, Visit } from '../domain/applicant.ts';

export interface ConsentInput {
  readonly recipient: string;
  readonly purpose: 'application' | 'credit_decision' | 'marketing';
  readonly text_version: string;
  /** Milliseconds since the epoch. */
  readonly agreedAtMs: number;
}

/** Every member may be left out or be undefined. */
type Optional<T> = { readonly [K in keyof T]?: T[K] | undefined };

export interface ApplicationInput {
  readonly draft: boolean;
  readonly applicant: Optional<Omit<Applicant, 'assets'>> & {
    readonly assets?: Assets | undefined;
    readonly phone_verification_id?: string | undefined;
  };
  readonly request: Optional<LoanRequest>;
  readonly documents: readonly string[];
  readonly consents: readonly ConsentInput[];
  readonly visit: Visit;
}

/** Who calls: the channel a key belongs to, and the network facts of the call. */
export interface Caller {
  readonly channelId: string;
  readonly keyId: string;
  readonly publishable: boolean;
  readonly ip: string | null;
  readonly userAgent: string | null;
}

/** Writes the reply of an idempotent call into the same commit as its effect. */
export type RecordReply = (tx: Store, status: number, body: string) => void;
