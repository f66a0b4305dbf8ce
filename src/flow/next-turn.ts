import type { Clock } from '../ports/clock.ts';

/** Lets everybody else go first: long work is done in steps with this between them. */
export function nextTurn(clock: Pick<Clock, 'defer'>): Promise<void> {
  return new Promise((resolve) => clock.defer(resolve));
}
