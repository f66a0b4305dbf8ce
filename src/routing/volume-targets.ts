import type { Funder } from '../domain/funder.ts';
import type { VolumeTarget } from './dual-price.ts';

/**
 * What a funder's caps and promises ask of the day. A cap is used up by approvals: the place that a declined attempt held is given back. A cap over all
 * time has no pace. `meanAmountFen`: a usual amount asked, by which a sum of money is turned into approvals and back.
 */
export function volumeTargetsOf(
  funder: Pick<Funder, 'id' | 'caps' | 'promises' | 'time_zone' | 'hours' | 'terms'>,
  meanAmountFen: number,
): VolumeTarget[] {
  const { id: funderId, time_zone: timeZone, hours, terms } = funder;
  const commissionFen = terms.cpa_fen + (terms.cps_bps / 10_000) * meanAmountFen;
  const of = 'approval';
  const perUnit = (fen: number, unit: 'count' | 'amount_fen'): number => (unit === 'count' ? fen : fen / Math.max(1, meanAmountFen));
  const caps = funder.caps.flatMap((cap): VolumeTarget[] => {
    const { id, unit, window, limit } = cap;
    if (window === 'total') return [];
    const scaleFen = perUnit(commissionFen, unit);
    return [{ id: `${funderId}/cap/${id}`, funderId, kind: 'cap', of, unit, window, volume: limit, timeZone, hours, scaleFen, floorFen: 0 }];
  });
  const promises = funder.promises.map(({ id, unit, window, volume, max_subsidy_fen: subsidyFen }): VolumeTarget => {
    const scaleFen = perUnit(Math.max(commissionFen, subsidyFen), unit);
    const floorFen = perUnit(subsidyFen, unit);
    return { id: `${funderId}/promise/${id}`, funderId, kind: 'promise', of, unit, window, volume, timeZone, hours, scaleFen, floorFen };
  });
  return [...caps, ...promises];
}
