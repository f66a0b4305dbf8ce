/** The watch over made-up traffic: what it finds, whom it blames, and that its state does not depend on how the feed was cut. */
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { LEVEL, levelFor, Stream, type Turn } from '../../bench/eval/monitor-stream.ts';
import type { ChangeEvent } from '../../src/analytics/change-observations.ts';
import { ChangeWatch, type Change, type ChangeState } from '../../src/analytics/change-watch.ts';

const SEED = 20_261_122;
const WARM = 9_000;
const DAY = 86_400_000;

let warm: string;
const past: ChangeEvent[] = [];
beforeAll(() => {
  const stream = new Stream(SEED);
  for (let at = 0; at < WARM; at += 1) for (const { events } of stream.next()) past.push(...events);
  const watch = new ChangeWatch();
  watch.take(past);
  warm = JSON.stringify(watch.state);
});
const warmed = (): ChangeWatch => new ChangeWatch(JSON.parse(warm) as ChangeState);

/** The stream as it goes on after what `warm` has seen. */
function goOn(turn: Turn): Stream {
  const stream = new Stream(SEED);
  for (let at = 0; at < WARM; at += 1) stream.next();
  stream.turn(turn);
  return stream;
}
/** Lets applications by until `done`, at most `most` of them; returns how many went to funder 0. */
function pass(watch: ChangeWatch, stream: Stream, most: number, done: (changes: readonly Change[]) => boolean): number {
  let asked = 0;
  for (let at = 0; at < most; at += 1) {
    for (const { funder, events } of stream.next()) {
      if (funder === 0) asked += 1;
      watch.take(events);
    }
    if (at % 5 === 0 && done(watch.changes())) break;
  }
  return asked;
}
const some = (changes: readonly Change[]): boolean => changes.length > 0;
const names = (changes: readonly Change[]): string[] => changes.map((c) => `${c.funderId} ${c.figure} ${c.direction} ${c.segment} ${c.cause}`);

describe('what is found', () => {
  it('is nothing while all is quiet', () => {
    const watch = warmed();
    pass(watch, goOn({}), 6_000, some);
    expect(names(watch.changes())).toEqual([]);
  });

  it.each<[string, Turn, string, number]>([
    ['a fifth that becomes a tenth', { funder: levelFor(0.1) - LEVEL }, 'fnd_0 approval down  funder', 500],
    ['a fifth that becomes a twentieth', { funder: levelFor(0.05) - LEVEL }, 'fnd_0 approval down  funder', 200],
    ['twice as many approvals', { funder: 1 }, 'fnd_0 approval up  funder', 400],
    ['half the limits', { limits: 0.5 }, 'fnd_0 amount down  funder', 250],
    ['twice the time', { latency: 2 }, 'fnd_0 latency up  funder', 200],
    ['one channel turned away', { funderChannel: { channel: 'ads', shift: -1 } }, 'fnd_0 approval down channel/ads funder', 2_000],
  ])('%s', (_, turn, name, within) => {
    const watch = warmed();
    const asked = pass(watch, goOn(turn), 6_000, some);
    expect(names(watch.changes())).toEqual([name]);
    expect(asked).toBeLessThan(within);
  });

  it('errors, when they are many', () => {
    const watch = warmed();
    const atMs = past.at(-1)!.atMs;
    for (let n = 0; n < 120; n += 1) {
      const event = (type: string): ChangeEvent => ({ type, channelId: 'own', atMs, data: { funder_id: 'fnd_1' } });
      watch.take(n % 8 === 0 ? [event('attempt.submitted'), event('attempt.failed')] : [event('attempt.submitted')]);
    }
    expect(names(watch.changes())).toEqual(['fnd_1 errors up  funder']);
  });
});

describe('who is blamed', () => {
  it('the traffic, when a weak channel sends far more: no funder', () => {
    const watch = warmed();
    pass(watch, goOn({ weak: 3 }), 6_000, some);
    expect(new Set(watch.changes().map(({ figure, cause }) => `${figure} ${cause}`))).toEqual(new Set(['traffic traffic']));
    const [change] = watch.changes();
    expect(change!.byTraffic).toBeLessThan(-0.02);
    expect(Math.abs(change!.byFunder)).toBeLessThan(Math.max(0.015, change!.error));
  });

  it('the funder and the traffic each for their part, when both change', () => {
    const watch = warmed();
    const stream = goOn({ weak: 2, funder: levelFor(0.1) - LEVEL });
    pass(watch, stream, 6_000, some);
    pass(watch, stream, 1_000, () => false);
    const change = watch.changes().find(({ figure }) => figure === 'approval')!;
    expect(change).toMatchObject({ funderId: 'fnd_0', segment: '', cause: 'funder' });
    expect(change.now - change.before).toBeCloseTo(change.byTraffic + change.byFunder, 9);
    expect(change.byTraffic).toBeLessThan(-0.008);
    expect(change.byFunder).toBeLessThan(-0.04);
    expect(change.sure).toBeGreaterThan(0.9);
  });

  it('the traffic, when the people are worse in something unseen and every funder notices', () => {
    const watch = warmed();
    pass(watch, goOn({ hidden: -1 }), 1_500, () => false);
    expect(new Set(watch.changes().map(({ cause }) => cause))).toEqual(new Set(['traffic']));
    expect(watch.changes().length).toBeGreaterThan(1);
  });
});

describe('how it ends', () => {
  it('when the rate is back', () => {
    const watch = warmed();
    const stream = goOn({ funder: -2 });
    pass(watch, stream, 3_000, some);
    stream.turn({});
    expect(some(watch.changes())).toBe(true);
    const asked = pass(watch, stream, 3_000, (changes) => changes.length === 0);
    expect(watch.changes()).toEqual([]);
    expect(asked).toBeLessThan(300);
  });

  it('or when it has lasted three days: then it is how things are, and the way back is a change', () => {
    const watch = warmed();
    const stream = goOn({ funder: -1.2 });
    pass(watch, stream, 3_000, some);
    const { raisedMs } = watch.changes()[0]!;
    let last: Change | undefined;
    pass(watch, stream, 12_000, ([first]) => {
      last = first ?? last;
      return first === undefined;
    });
    expect(watch.changes()).toEqual([]);
    expect(last!.raisedMs).toBe(raisedMs);
    pass(watch, stream, 2_000, some);
    expect(watch.changes()).toEqual([]);
    stream.turn({});
    pass(watch, stream, 3_000, some);
    expect(names(watch.changes())).toEqual(['fnd_0 approval up  funder']);
    expect(watch.changes()[0]!.raisedMs - raisedMs).toBeGreaterThan(3 * DAY);
  });
});

describe('the state', () => {
  it('is the same to the byte however the feed was cut, and saved and taken up again in between', () => {
    const stream = goOn({ funder: -1.5, weak: 2 });
    const more: ChangeEvent[] = [];
    for (let at = 0; at < 1_200; at += 1) for (const { events } of stream.next()) more.push(...events);
    const whole = warmed();
    whole.take(more);
    expect(some(whole.changes())).toBe(true);
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: more.length }), { maxLength: 4 }), (cuts) => {
        let text = warm;
        const at = [0, ...cuts.toSorted((left, right) => left - right), more.length];
        for (let part = 1; part < at.length; part += 1) {
          const watch = new ChangeWatch(JSON.parse(text) as ChangeState);
          watch.take(more.slice(at[part - 1], at[part]));
          text = JSON.stringify(watch.state);
        }
        expect(text === JSON.stringify(whole.state)).toBe(true);
      }),
      { numRuns: 8, seed: SEED },
    );
  });

  it('stays small, whoever sends traffic', () => {
    const watch = warmed();
    const before = JSON.stringify(watch.state).length;
    expect(before).toBeLessThan(150_000);
    const events = past.slice(0, 6_000).map((event, at) => ({ ...event, channelId: `c-${at % 500}` }));
    watch.take(events);
    expect(JSON.stringify(watch.state).length).toBeLessThan(3 * before);
    const channels = Object.values(watch.state).map(
      ({ cells, open, blocks }) => new Set([cells, open, ...blocks].flatMap(Object.keys).map((key) => key.split('|')[1])),
    );
    for (const each of channels) expect(each.size).toBeLessThanOrEqual(14);
  });

  it('passes over what is no decision, or lacks what is needed', () => {
    const watch = new ChangeWatch();
    const event = (type: string, data: object): ChangeEvent => ({ type, channelId: null, atMs: 1, data: { ...data } });
    watch.take([
      event('application.submitted', {}),
      event('attempt.pending', { funder_id: 'fnd_0' }),
      event('offer.created', { funder_id: 'fnd_0', amount_fen: 100 }),
      event('attempt.approved', { funder_id: 7 }),
    ]);
    expect(watch.state).toEqual({});
    watch.take([event('attempt.approved', { funder_id: 'fnd_0' })]);
    expect(watch.state['fnd_0/approval']!.open).toEqual({ '||0': [1, 1] });
  });
});
