/** How the ceilings are told where things are. */
import { z } from 'zod';
import type { Work } from './ceiling.ts';

const Environment = z.object({ PORT: z.coerce.number().int(), BENCH_DATA_DIR: z.string(), BENCH_FUNDER: z.url(), BENCH_WEBHOOK: z.url() });
const count = z.number().int().min(0);
const Stage = z.strictObject({ rows: count.min(1), rowBytes: count.max(4_096), seals: count, sealBytes: count.max(4_096), hmacs: count });
const Work = z.tuple([Stage, Stage, Stage]);

/**
 * Rows, seals and HMACs of the real pipeline for one application that is approved at the first funder. Count them again when the
 * pipeline changes: the ceiling means nothing otherwise. Counted over 4,000 applications as bench/targets.ts makes them:
 * - rows written (inserted, updated, deleted) by table and commit, from the calls of the statements. First: borrower, application, two
 *   documents, two consents, plan, attempt, receipt, three events, two timers, idempotency key, cap lease. Second: receipt, application,
 *   attempt, offer, three events, delivery, three timers. Third: delivery, timer.
 * - `rowBytes`: what the columns of those rows hold unsealed, as SQLite stores them (a blind index is 16 bytes), indexes not counted; shared out over the rows
 *   that carry no seal, because a row of the ceiling is either sealed or plain.
 * - `seals` and their mean plaintext: a new borrower's key, the body, the plan's inputs and the recorded reply; then what was said with
 *   the funder.
 * - HMACs: three blind indexes and the client token; the funder request's signature; the webhook's (its Ed25519 signature and the
 *   SHA-256 of key and body are not in the ceiling).
 */
export const PIPELINE_WORK: Work = [
  { rows: 16, rowBytes: 239, seals: 4, sealBytes: 531, hmacs: 4 },
  { rows: 11, rowBytes: 155, seals: 1, sealBytes: 1_591, hmacs: 1 },
  { rows: 2, rowBytes: 42, seals: 0, sealBytes: 0, hmacs: 1 },
];

export function ceilingEnvironment(): { port: number; dataDir: string; funder: string; webhook: string } {
  const env = Environment.parse(process.env);
  return { port: env.PORT, dataDir: env.BENCH_DATA_DIR, funder: env.BENCH_FUNDER, webhook: env.BENCH_WEBHOOK };
}

/** Throws when the text is not three stages. */
export function workFrom(text: string | undefined): Work {
  return text === undefined ? PIPELINE_WORK : Work.parse(JSON.parse(text));
}
