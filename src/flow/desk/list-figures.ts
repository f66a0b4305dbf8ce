import { FIGURES, type Figure } from '../../analytics/figures.ts';

/** What every figure of the read models means. */
export function listFigures(): readonly Figure[] {
  return FIGURES;
}
