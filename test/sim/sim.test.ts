/** The simulator on itself: equal seeds give equal traces, planted mistakes are found, the network and the clock are what they say; and 200 seeds of the real thing. */
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { INVARIANTS } from './invariants.ts';
import { createDice } from './dice.ts';
import { MUTATIONS } from './sabotage.ts';
import { simulate } from './simulate.ts';
import { Timeline, turn } from './timeline.ts';
import { Trace } from './trace.ts';

const RUN = join(import.meta.dirname, 'run.ts');
const MOST_SEEDS = 250;

describe('200 seeds', () => {
  it('keep every invariant', { timeout: 240_000 }, async () => {
    const { stdout } = await promisify(execFile)(process.execPath, [RUN, '--seeds', '200', '--steps', '500', '--jobs', '2']);
    expect(stdout).toContain('no invariant violated');
    expect(stdout).toMatch(/^200 seeds from 1, 100000 steps of trouble/);
    // Trouble that never happens proves nothing: each of these has to have happened.
    for (const type of [
      'attempt.unknown',
      'attempt.approved',
      'attempt.cancelled',
      'attempt.quoted',
      'attempt.page_opened',
      'loan.needs_borrower',
      'loan.repayment',
      'offer.blocked',
      'offer.accepted',
      'application.erased',
      'application.withdrawn',
      'loan.active',
      'loan.failed',
      'partner_offer.converted',
    ]) {
      expect(stdout).toMatch(new RegExp(`  ${type.replace('.', '\\.')} +[1-9]`));
    }
  });
});

describe('one seed', () => {
  it.each([3, 17, 44])('%d gives the same trace each time, on a warm disk and on a cold one', { timeout: 30_000 }, async (seed) => {
    const first = await simulate({ seed, steps: 300 });
    const again = await simulate({ seed, steps: 300 });
    const cold = await simulate({ seed, steps: 300, coldDisk: true });
    expect(again).toEqual(first);
    expect(cold.hash).toBe(first.hash);
  });

  it('differs from the next', async () => {
    const hashes = await Promise.resolve([await simulate({ seed: 5, steps: 100 }), await simulate({ seed: 6, steps: 100 })]);
    expect(hashes[0]!.hash).not.toBe(hashes[1]!.hash);
  });

  it('is printed whole when its trace is kept, and not otherwise', async () => {
    const kept = await simulate({ seed: 5, steps: 200, keepTrace: true });
    expect(kept.lines.length).toBeGreaterThan(20);
    expect(kept.lines.some((line) => line.includes(' request ') && line.includes('/submit'))).toBe(true);
    expect((await simulate({ seed: 5, steps: 200 })).lines).toEqual([]);
  });
});

describe('a planted mistake is found', () => {
  it.each(Object.entries(MUTATIONS))('%s', { timeout: 60_000 }, async (_, { caughtBy, make, coldDisk, mix, from = 1, breaksBeside = [] }) => {
    let found: string | null = null;
    for (let seed = from; seed < from + MOST_SEEDS && found === null; seed += 1) {
      const { violation } = await simulate({ seed, steps: 500, sabotage: make(), coldDisk: coldDisk ?? false, mix: mix ?? null });
      if (violation !== null && !breaksBeside.includes(violation.invariant)) found = violation.invariant;
    }
    expect(caughtBy).toContain(found);
    for (const name of caughtBy) expect(INVARIANTS).toContain(name);
  });
});

describe('the virtual world', () => {
  it('does things by time, and what falls on one moment in an order of the seed', () => {
    const order = (seed: number): string => {
      const timeline = new Timeline(0, createDice(seed));
      const done: string[] = [];
      for (const name of ['a', 'b', 'c', 'd', 'e']) timeline.after(10, () => done.push(name));
      timeline.after(5, () => done.push('early'));
      while (timeline.step());
      return done.join('');
    };
    expect(order(1)).toBe(order(1));
    expect(order(1).startsWith('early')).toBe(true);
    expect(new Set([1, 2, 3, 4, 5, 6].map(order)).size).toBeGreaterThan(1);
  });

  it('passes over what was cancelled and what a dead owner asked for', () => {
    const timeline = new Timeline(0, createDice(1));
    const done: string[] = [];
    const owner = { alive: true };
    timeline.after(1, () => done.push('cancelled'))();
    timeline.after(2, () => done.push('dead'), owner);
    timeline.after(3, () => done.push('kept'));
    owner.alive = false;
    while (timeline.step());
    expect(done).toEqual(['kept']);
    expect(timeline.nowMs).toBe(3);
  });

  it('takes one turn of the event loop for any chain of promises', async () => {
    let reached = 0;
    const chain = async (): Promise<void> => {
      for (let link = 0; link < 10_000; link += 1) {
        await Promise.resolve();
        reached = link;
      }
    };
    void chain();
    await turn();
    expect(reached).toBe(9_999);
  });

  it('rolls each part and each moment of a line into the hash', () => {
    const hash = (...entries: [number, string, string][]): string => {
      const trace = new Trace(false);
      for (const entry of entries) trace.add(...entry);
      return trace.hash;
    };
    const base = hash([1, 'event', 'x'], [2, 'event', 'y']);
    expect(hash([1, 'event', 'x'], [2, 'event', 'y'])).toBe(base);
    expect(hash([1, 'event', 'y'], [2, 'event', 'x'])).not.toBe(base);
    expect(hash([1, 'event', 'x'], [3, 'event', 'y'])).not.toBe(base);
    expect(hash([1, 'reply', 'x'], [2, 'event', 'y'])).not.toBe(base);
    expect(hash([1, 'event', 'x'])).not.toBe(base);
  });
});
