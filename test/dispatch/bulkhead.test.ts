import { describe, expect, test } from 'vitest';
import { createBulkhead } from '../../src/dispatch/bulkhead.ts';
import { createManualClock } from './manual-clock.ts';

function gate<T>(value: T): { readonly task: () => Promise<T>; open(): void; readonly started: boolean } {
  const { promise, resolve } = Promise.withResolvers<T>();
  let started = false;
  return {
    task: () => {
      started = true;
      return promise;
    },
    open: () => resolve(value),
    get started() {
      return started;
    },
  };
}

describe('a bulkhead', () => {
  test('runs what there is room for at once', async () => {
    const clock = createManualClock();
    const bulkhead = createBulkhead({ maxConcurrent: 2, maxQueue: 1 }, clock);
    expect(await bulkhead.run(() => Promise.resolve('a'), 100)).toEqual({ kind: 'ran', value: 'a' });
    expect(clock.pending).toBe(0);
    expect(bulkhead.running).toBe(0);
  });

  test('queues up to its bound, in the order of arrival, and sheds the rest', async () => {
    const clock = createManualClock();
    const bulkhead = createBulkhead({ maxConcurrent: 1, maxQueue: 2 }, clock);
    const [first, second, third, fourth] = [gate(1), gate(2), gate(3), gate(4)];
    const runs = [first, second, third, fourth].map((one) => bulkhead.run(one!.task, 1_000));
    expect(await runs[3]).toEqual({ kind: 'shed', why: 'full' });
    expect([bulkhead.running, bulkhead.waiting]).toEqual([1, 2]);
    first!.open();
    await runs[0];
    await clock.advance(0);
    expect([second!.started, third!.started, fourth!.started]).toEqual([true, false, false]);
    second!.open();
    third!.open();
    expect(await Promise.all(runs.slice(0, 3))).toEqual([1, 2, 3].map((value) => ({ kind: 'ran', value })));
    expect([bulkhead.running, bulkhead.waiting, clock.pending]).toEqual([0, 0, 0]);
  });

  test('a wait ends when it was long enough, and the place is not lost', async () => {
    const clock = createManualClock();
    const bulkhead = createBulkhead({ maxConcurrent: 1, maxQueue: 5 }, clock);
    const [hung, impatient, patient] = [gate('hung'), gate('impatient'), gate('patient')];
    const running = bulkhead.run(hung.task, 0);
    const givenUp = bulkhead.run(impatient.task, 100);
    const kept = bulkhead.run(patient.task, 10_000);
    await clock.advance(100);
    expect(await givenUp).toEqual({ kind: 'shed', why: 'waited' });
    hung.open();
    patient.open();
    expect(await kept).toEqual({ kind: 'ran', value: 'patient' });
    expect(impatient.started).toBe(false);
    await running;
    expect(bulkhead.running).toBe(0);
  });

  test('no patience, no waiting', async () => {
    const clock = createManualClock();
    const bulkhead = createBulkhead({ maxConcurrent: 1, maxQueue: 5 }, clock);
    const hung = gate(0);
    const running = bulkhead.run(hung.task, 0);
    expect(await bulkhead.run(gate(1).task, 0)).toEqual({ kind: 'shed', why: 'waited' });
    hung.open();
    await running;
  });

  test('a newcomer does not overtake one that was handed its place', async () => {
    const clock = createManualClock();
    const bulkhead = createBulkhead({ maxConcurrent: 1, maxQueue: 5 }, clock);
    const [first, waiting, newcomer] = [gate('first'), gate('waiting'), gate('newcomer')];
    const order: string[] = [];
    const note = (name: string, one: { task: () => Promise<string> }) => bulkhead.run(() => (order.push(name), one.task()), 1_000);
    const runs = [note('first', first), note('waiting', waiting)];
    first.open();
    await runs[0];
    runs.push(note('newcomer', newcomer));
    waiting.open();
    newcomer.open();
    await Promise.all(runs);
    expect(order).toEqual(['first', 'waiting', 'newcomer']);
  });

  test('what a task throws, synchronously or not, is thrown on and its place comes free', async () => {
    const bulkhead = createBulkhead({ maxConcurrent: 1, maxQueue: 0 }, createManualClock());
    await expect(bulkhead.run(() => Promise.reject(new Error('late')), 0)).rejects.toThrow('late');
    const early = (): Promise<never> => {
      throw new Error('early');
    };
    await expect(bulkhead.run(early, 0)).rejects.toThrow('early');
    expect(bulkhead.running).toBe(0);
  });

  test('one hung funder holds up only itself', async () => {
    const clock = createManualClock();
    const [hung, healthy] = [createBulkhead({ maxConcurrent: 2, maxQueue: 0 }, clock), createBulkhead({ maxConcurrent: 2, maxQueue: 0 }, clock)];
    void hung.run(gate(0).task, 0);
    void hung.run(gate(0).task, 0);
    expect(await hung.run(gate(0).task, 0)).toEqual({ kind: 'shed', why: 'full' });
    expect(await healthy.run(() => Promise.resolve('served'), 0)).toEqual({ kind: 'ran', value: 'served' });
  });
});
