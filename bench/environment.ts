/** How the ceilings are told where things are. */
import { z } from 'zod';
import type { Work } from './ceiling.ts';

const Environment = z.object({ PORT: z.coerce.number().int(), BENCH_DATA_DIR: z.string(), BENCH_FUNDER: z.url(), BENCH_WEBHOOK: z.url() });
const count = z.number().int().min(0);
const Stage = z.strictObject({ rows: count.min(1), rowBytes: count.max(4_096), seals: count, sealBytes: count.max(4_096), hmacs: count });
const Work = z.tuple([Stage, Stage, Stage]);

/**
 * Rows, seals and HMACs of the real pipeline for one application that is approved at the first funder. Count them again when the
 * pipeline changes: the ceiling means nothing otherwise.
 */
export const PIPELINE_WORK: Work = [
  { rows: 15, rowBytes: 200, seals: 4, sealBytes: 750, hmacs: 5 },
  { rows: 11, rowBytes: 160, seals: 1, sealBytes: 1_860, hmacs: 2 },
  { rows: 2, rowBytes: 120, seals: 0, sealBytes: 0, hmacs: 1 },
];

export function ceilingEnvironment(): { port: number; dataDir: string; funder: string; webhook: string } {
  const env = Environment.parse(process.env);
  return { port: env.PORT, dataDir: env.BENCH_DATA_DIR, funder: env.BENCH_FUNDER, webhook: env.BENCH_WEBHOOK };
}

/** Throws when the text is not three stages. */
export function workFrom(text: string | undefined): Work {
  return text === undefined ? PIPELINE_WORK : Work.parse(JSON.parse(text));
}
