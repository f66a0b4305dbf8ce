import { describe, expect, it } from 'vitest';
import { createSignals } from '../../src/runtime/signals.ts';

describe('signals', () => {
  it('wake every waiter of that application, and nobody else', () => {
    const signals = createSignals();
    const woken: string[] = [];
    signals.listen('app_1', () => woken.push('one'));
    signals.listen('app_1', () => woken.push('two'));
    signals.listen('app_2', () => woken.push('other'));
    signals.changed('app_1');
    expect(woken).toEqual(['one', 'two']);
    signals.changed('app_3');
    expect(woken).toHaveLength(2);
  });

  it('reach no one who has left, and leaving twice takes nobody along', () => {
    const signals = createSignals();
    let woken = 0;
    const leave = signals.listen('app_1', () => (woken += 1));
    leave();
    signals.listen('app_1', () => (woken += 10));
    leave();
    signals.changed('app_1');
    expect(woken).toBe(10);
  });

  it('are safe against waiters who come and go while they are woken', () => {
    const signals = createSignals();
    const woken: string[] = [];
    const leave = signals.listen('app_1', () => {
      woken.push('first');
      leave();
      signals.listen('app_1', () => woken.push('late'));
    });
    signals.listen('app_1', () => woken.push('second'));
    signals.changed('app_1');
    expect(woken).toEqual(['first', 'second']);
    signals.changed('app_1');
    expect(woken).toEqual(['first', 'second', 'second', 'late']);
  });

  it('one waiter may wait for several, each for its own', () => {
    const signals = createSignals();
    let woken = 0;
    const wake = (): void => void (woken += 1);
    const leave = signals.listen('app_1', wake);
    signals.listen('app_2', wake);
    leave();
    signals.changed('app_1');
    signals.changed('app_2');
    expect(woken).toBe(1);
  });
});
