/** What a cell asks of the desk. On Node both live in one process; on Cloudflare the desk is an object of its own, so nothing here is per request but `lendCap`. */
import type { Facts } from '../domain/applicant.ts';
import type { DeskSnapshot } from '../domain/desk.ts';
import type { Likelihood, PlanInputs } from '../domain/plan.ts';

/** The approval likelihood as published by the desk's learner; immutable under its version. */
export interface Likelihoods {
  readonly version: number;
  /** Before any decline of this application. */
  predict(funderId: string, facts: Facts): Likelihood;
  /** Spread of the latent quality, by which a decline lowers the others: `PlanInputs.latentSigma`. */
  readonly latentSigma: number;
}

export interface SigningSecret {
  /** `whsec_…` or `whsk_…`. */
  readonly secret: string;
  readonly expiresAtMs: number | null;
}

export interface Desk {
  /** The current snapshot; cached, and replaced as a whole when the desk changes. */
  snapshot(): DeskSnapshot;
  likelihoods(): Likelihoods;
  /** What volume costs at this moment, for an application of this amount in fen; undefined while nothing is scarce. */
  volumePrices(amountFen: number): PlanInputs['prices'];
  /** A funder's secrets by name. */
  funderSecrets(funderId: string): Readonly<Record<string, string>>;
  /** A partner's postback secrets, newest first. */
  partnerSecrets(partnerId: string): readonly string[];
  /** Secrets of a webhook endpoint that still sign. */
  endpointSecrets(endpointId: string): readonly SigningSecret[];
  /** False when nobody is blacklisted, so that nobody need be looked up. */
  hasBlacklist(): boolean;
  /** Lends up to `want` of what is left of a cap window whose limit is `limit`; returns what was lent, 0 when none is left. Durable when it resolves. */
  lendCap(key: string, limit: number, want: number): Promise<number>;
}
