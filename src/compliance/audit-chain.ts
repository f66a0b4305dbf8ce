/**
 * Audit records, each hashed together with the hash before it: nothing in the middle can be altered, removed or moved unseen, and the
 * head (count and last hash) shows what was cut off the end. Given a keyed hash (the vault's), it also cannot be rebuilt by somebody
 * who can write to the database; given a plain SHA-256 the head must be kept elsewhere. Pure: it neither reads nor stores.
 */
import { canonicalJson } from './canonical-json.ts';

/** Text to a hash or keyed tag: hex SHA-256, or better a keyed one. */
export type TextHash = (text: string) => string;

export interface ChainedRecord {
  /** Plain JSON; what it says of people is ids alone, since nothing can be erased from a chain. */
  readonly record: unknown;
  /** `chainHash` of the hash before and this record. */
  readonly hash: string;
}

export interface ChainHead {
  readonly count: number;
  /** Hash of the last record; `CHAIN_START` when there is none. */
  readonly hash: string;
}

/** `record`: the record at this place (or one before it) is not what was chained. `count`: some are missing or too many. `head`: another end. */
export type ChainVerdict = { readonly ok: true } | { readonly ok: false; readonly at: number; readonly why: 'record' | 'count' | 'head' };

/** Stands before the first record. */
export const CHAIN_START = '0'.repeat(64);

/** The hash that chains `record` to all before it. */
export function chainHash(prevHash: string, record: unknown, hash: TextHash): string {
  return hash(`millrace-audit/1\n${prevHash}\n${canonicalJson(record)}`);
}

/** Checks the whole chain from its start, in the order it was written, against the head. Index `at` counts from 0. */
export function verifyChain(records: readonly ChainedRecord[], head: ChainHead, hash: TextHash): ChainVerdict {
  let last = CHAIN_START;
  for (const [at, entry] of records.entries()) {
    if (!hasSpelling(entry.record)) return { ok: false, at, why: 'record' };
    last = chainHash(last, entry.record, hash);
    if (last !== entry.hash) return { ok: false, at, why: 'record' };
  }
  if (records.length !== head.count) return { ok: false, at: Math.min(records.length, head.count), why: 'count' };
  return last === head.hash ? { ok: true } : { ok: false, at: records.length, why: 'head' };
}

/** A record altered into something JSON cannot hold (a number that reads as infinity) is a finding, not a failure of the check. */
function hasSpelling(record: unknown): boolean {
  try {
    canonicalJson(record);
    return true;
  } catch {
    return false;
  }
}
