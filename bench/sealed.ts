/** The second ceiling: the same exchanges with as many rows, sealed bytes and HMACs as the real pipeline needs, given in BENCH_WORK. */
import { serveCeiling } from './ceiling.ts';
import { ceilingEnvironment, workFrom } from './environment.ts';

serveCeiling({ ...ceilingEnvironment(), work: workFrom(process.env['BENCH_WORK']) });
