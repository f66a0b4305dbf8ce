/** What a funder may be handed for its credit decision: the consent that allows it, and the fields opened under that consent. */
import type { Granted } from '../../adapters/contract.ts';
import { liveGrant, type ConsentRow } from '../compliance/consent.ts';
import { openGranted } from '../compliance/open-granted.ts';
import type { FieldName, FieldValues } from '../domain/applicant.ts';
import type { Funder } from '../domain/funder.ts';
import type { ApplicationRow } from '../store/index.ts';
import { fieldSource, isComplete, openBody } from './application-body.ts';
import type { Deps } from './deps.ts';
import type { Carried } from './effects.ts';
import { factsOfBody } from './facts-of-application.ts';
import { loadPhotos } from './photos.ts';
import { Work } from './work.ts';

const PURPOSE = 'credit_decision';

/** The newest live consent that lets this company have all these fields for its decision, or null. */
export function creditGrant(
  consents: readonly ConsentRow[],
  { legal_entity }: Pick<Funder, 'legal_entity'>,
  needs: readonly FieldName[],
  nowMs: number,
): ConsentRow | null {
  return liveGrant(consents, { legalEntity: legal_entity, purpose: PURPOSE, needs }, nowMs);
}

export interface Opening {
  readonly application: ApplicationRow;
  readonly funder: Funder;
  /** What the commit before had open already. */
  readonly carry?: Carried | undefined;
  /** Kept nowhere, so whoever is about to bind it brings it along. */
  readonly card?: FieldValues['bank_card'];
}

/** The fields, opened; null when there is no live grant any more or nothing left to hand over. */
export async function openForFunder<const N extends readonly FieldName[]>(
  deps: Deps,
  { application, funder, carry, card }: Opening,
  needs: N,
): Promise<Granted<N> | null> {
  const body = carry?.body ?? openBody(new Work(deps, deps.store).keyOf(application), application);
  const nowMs = deps.clock.nowMs();
  const grant = creditGrant(deps.store.dispatch.consentsOf(application.id), funder, needs, nowMs);
  if (grant === null || body === null || !isComplete(body)) return null;
  const photos = needs.includes('id_photos') ? await loadPhotos(deps, application.id) : [];
  const facts = carry?.facts ?? factsOfBody(application, body, nowMs);
  return openGranted(needs, grant, fieldSource(body, facts, photos, card), { legalEntity: funder.legal_entity, purpose: PURPOSE, nowMs });
}
