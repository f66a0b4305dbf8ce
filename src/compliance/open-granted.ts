/**
 * The only place where a `Granted` comes into being: fields and a grant go in, exactly the granted fields come out, frozen. The grant is
 * checked once more here, whatever the caller has checked, and a field that is not needed is not even read. It must not be given a way
 * around: no other file may assert the type.
 */
import type { Granted } from '../../adapters/contract.ts';
import type { FieldName, FieldValues } from '../domain/applicant.ts';
import type { ConsentPurpose } from '../domain/applicant.ts';
import { invariant } from '../domain/failures.ts';
import { covers } from './consent.ts';
import type { ConsentRow } from './consent.ts';

/** Reads one field's value; called for needed fields alone, so what is not granted stays sealed. */
export type FieldSource = <K extends FieldName>(name: K) => FieldValues[K];

/** To whom, why and when the fields are handed over. */
export interface Handover {
  readonly legalEntity: string;
  readonly purpose: ConsentPurpose;
  readonly nowMs: number;
}

/**
 * Opens the needed fields under a grant. Throws `InvariantError` when the grant is withdrawn, is for another entity or purpose, lies in
 * the future or lacks a field: by then somebody upstream has failed to ask.
 */
export function openGranted<const N extends readonly FieldName[]>(needs: N, grant: ConsentRow, read: FieldSource, to: Handover): Granted<N> {
  invariant(covers(grant, { legalEntity: to.legalEntity, purpose: to.purpose, needs }, to.nowMs), `consent ${grant.id} does not cover this call`);
  const picked: Partial<Record<FieldName, unknown>> = {};
  for (const name of needs) {
    const value = read(name);
    invariant(value !== undefined, `granted field ${name} has no value`);
    picked[name] = frozenCopy(value);
  }
  return Object.freeze(picked) as Granted<N>;
}

/** Bytes cannot be frozen and are handed on as they are; all else is copied, so that nobody changes the caller's value through it. */
function frozenCopy(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value)) return value;
  if (Array.isArray(value)) return Object.freeze(value.map(frozenCopy));
  const copy: Record<string, unknown> = {};
  for (const key of Object.keys(value)) copy[key] = frozenCopy((value as Record<string, unknown>)[key]);
  return Object.freeze(copy);
}
