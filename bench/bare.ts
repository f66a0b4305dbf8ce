/** The first ceiling: the same HTTP exchanges and six rows, without any feature. */
import { serveCeiling } from './ceiling.ts';
import type { Work } from './ceiling.ts';
import { ceilingEnvironment } from './environment.ts';

const plain = { rowBytes: 120, seals: 0, sealBytes: 0, hmacs: 0 };
/** Application, idempotency key and timer; attempt and event; delivery. */
const BARE: Work = [
  { ...plain, rows: 3 },
  { ...plain, rows: 2 },
  { ...plain, rows: 1 },
];

serveCeiling({ ...ceilingEnvironment(), work: BARE });
