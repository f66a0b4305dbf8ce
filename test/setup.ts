/** Property tests draw the same cases on every run; `FC_SEED` and `FC_RUNS` make a sweep of them. */
import fc from 'fast-check';

const runs = process.env['FC_RUNS'];
fc.configureGlobal({ seed: Number(process.env['FC_SEED'] ?? 20_261_121), ...(runs === undefined ? {} : { numRuns: Number(runs) }) });
