/** One call to a funder, through its breaker, its bulkhead and its retry allowance. */
import { describe, expect, it } from 'vitest';
import { createLines, type CallSpec, type Capability } from '../../src/dispatch/lines.ts';
import type { SendOutcome, SendOptions } from '../../src/ports/transport.ts';
import { createManualClock } from './manual-clock.ts';

type Answer =
  | { readonly kind: 'fine' }
  | {
      readonly kind: 'unavailable';
      readonly fault: 'funder' | 'ours';
      readonly retryable: boolean;
      readonly retryAfterMs: number | null;
      readonly detail: string;
    }
  | { readonly kind: 'unknown'; readonly detail: string };
const ok: SendOutcome = { kind: 'response', response: { status: 200, headers: {}, body: new Uint8Array(0) } };
const busy: Answer = { kind: 'unavailable', fault: 'funder', retryable: true, retryAfterMs: null, detail: 'busy' };
const fine: Answer = { kind: 'fine' };

function make(send: (n: number, options: SendOptions) => SendOutcome | Promise<SendOutcome> = () => ok, maxConcurrent = 2) {
  const clock = createManualClock(1_000_000);
  const sent: number[] = [];
  const transport = {
    async send(_request: unknown, options: SendOptions) {
      sent.push(clock.nowMs());
      return send(sent.length, options);
    },
  };
  const lines = createLines({ clock, transport, random: { bytes: (count) => new Uint8Array(count), uniform: () => 0.5 } });
  const funder = { id: 'fnd_a', max_concurrent: maxConcurrent };
  const spec = (capability: Capability, more: Partial<CallSpec<Answer>> = {}): CallSpec<Answer> => ({
    capability,
    request: { method: 'POST', url: 'http://f.test/', headers: {}, body: null },
    read: () => fine,
    timeoutMs: 1_000,
    ...more,
  });
  /** Runs a call to its end, moving the clock on as far as it wants. */
  const call = async (capability: Capability, more: Partial<CallSpec<Answer>> = {}) => {
    const running = lines.of(funder).call(spec(capability, more));
    await clock.advance(20_000);
    return running;
  };
  return { clock, sent, lines, funder, spec, call, line: () => lines.of(funder) };
}

describe('a call', () => {
  it('gives the answer that was read, what was said, and how long it took', async () => {
    const made = make(async () => {
      await made.clock.sleep(120);
      return ok;
    });
    expect(await made.call('submit')).toEqual({ answer: fine, response: ok.kind === 'response' ? ok.response : null, latencyMs: 120 });
  });

  it.each<[SendOutcome, object]>([
    [
      { kind: 'refused', why: 'connect' },
      { kind: 'unavailable', fault: 'funder', retryable: true, detail: 'not sent: connect' },
    ],
    [
      { kind: 'lost', why: 'timeout' },
      { kind: 'unknown', detail: 'lost: timeout' },
    ],
    [
      { kind: 'lost', why: 'body_too_large' },
      { kind: 'unknown', detail: 'lost: body_too_large' },
    ],
  ])('whose outcome is %o has no response and says which', async (outcome, answer) => {
    expect(await make(() => outcome).call('submit')).toMatchObject({ answer, response: null });
  });

  it('bounds what it waits for and how much it reads, and follows no guarded rule for funders of our own choice', async () => {
    const seen: SendOptions[] = [];
    await make((_, options) => (seen.push(options), ok)).call('submit', { timeoutMs: 777 });
    expect(seen).toEqual([{ timeoutMs: 777, maxBodyBytes: 262_144, target: 'trusted' }]);
  });
});

describe('repeating', () => {
  it.each(['submit', 'draw'] as const)('a %s is never repeated, whatever became of it', async (capability) => {
    for (const outcome of [
      { kind: 'refused', why: 'connect' },
      { kind: 'lost', why: 'reset' },
    ] as const) {
      const made = make(() => outcome);
      await made.call(capability);
      expect(made.sent).toHaveLength(1);
    }
    const made = make();
    await made.call(capability, { read: () => busy });
    expect(made.sent).toHaveLength(1);
  });

  it.each(['precheck', 'query', 'cancel'] as const)('a %s is asked at most three times, further apart each time', async (capability) => {
    const made = make();
    expect((await made.call(capability, { read: () => busy })).answer).toEqual(busy);
    expect(made.sent).toHaveLength(3);
    const [first, second, third] = made.sent as [number, number, number];
    expect(third - second).toBeGreaterThan(second - first);
  });

  it('stops at the first answer that stands, and at one that is our own fault', async () => {
    const made = make();
    let asked = 0;
    expect((await made.call('query', { read: () => ((asked += 1) < 2 ? busy : fine) })).answer).toEqual(fine);
    expect(made.sent).toHaveLength(2);
    const ours = make();
    await ours.call('query', { read: () => ({ kind: 'unavailable', fault: 'ours', retryable: false, retryAfterMs: null, detail: 'http 400' }) });
    expect(ours.sent).toHaveLength(1);
  });

  it('ends with twice the timeout, however long the funder asks to wait', async () => {
    const made = make();
    await made.call('query', { read: () => ({ ...busy, retryAfterMs: 1_900 }) as Answer });
    expect(made.sent.length).toBeLessThanOrEqual(2);
    const patient = make();
    await patient.call('query', { read: () => ({ ...busy, retryAfterMs: 5_000 }) as Answer });
    expect(patient.sent).toHaveLength(1);
  });

  it('keeps to a tenth of the traffic once the first few are spent', async () => {
    const made = make();
    // Answers about us, so that the breaker stays shut and only the allowance holds it back.
    const again = { kind: 'unavailable', fault: 'ours', retryable: true, retryAfterMs: null, detail: 'later' } as const;
    for (let n = 0; n < 200; n += 1) await made.call('query', { read: () => again });
    expect(made.sent.length).toBeGreaterThan(200);
    expect(made.sent.length).toBeLessThanOrEqual(200 + 5 + 20);
  });
});

describe('the breaker of a line', () => {
  it('shuts a call out while open, as surely not sent, and lets a probe through after its time', async () => {
    const made = make(() => ok, 50);
    const calls = Array.from({ length: 10 }, () => made.line().call(made.spec('submit', { read: () => ({ kind: 'unknown', detail: 'garbage' }) })));
    await Promise.all(calls);
    expect(made.line().isOpen(made.clock.nowMs())).toBe(true);
    expect(await made.line().call(made.spec('submit'))).toEqual({
      answer: { kind: 'unavailable', fault: 'funder', retryable: false, retryAfterMs: null, detail: 'breaker open' },
      response: null,
      latencyMs: 0,
    });
    expect(made.sent).toHaveLength(10);
    await made.clock.advance(5_000);
    expect((await made.line().call(made.spec('submit'))).answer).toEqual(fine);
    expect((await made.line().call(made.spec('submit'))).answer).toEqual(fine);
    expect(made.line().state(made.clock.nowMs()).kind).toBe('closed');
  });

  it('stays shut on refusals of our own requests, on declines, and on what was never sent', async () => {
    const made = make(() => ok, 1);
    for (let n = 0; n < 20; n += 1) {
      await made.call('submit', { read: () => ({ kind: 'unavailable', fault: 'ours', retryable: false, retryAfterMs: null, detail: 'http 400' }) });
      await made.call('submit');
    }
    expect(made.line().isOpen(made.clock.nowMs())).toBe(false);
  });
});

describe('the bulkhead of a line', () => {
  it('lets so many run, four times as many wait, sheds the rest at once, and those who waited too long', async () => {
    const made = make(() => new Promise(() => {}), 2);
    const ended: string[] = [];
    const kinds = (n: number): void =>
      void made
        .line()
        .call(made.spec('submit'))
        .then(({ answer }) => ended.push(`${n}: ${'detail' in answer ? answer.detail : answer.kind}`));
    for (let n = 0; n < 12; n += 1) kinds(n);
    await made.clock.advance(0);
    expect([made.sent.length, ended]).toEqual([2, ['10: bulkhead full', '11: bulkhead full']]);
    await made.clock.advance(1_000);
    expect([made.sent.length, ended.slice(2)]).toEqual([2, Array.from({ length: 8 }, (_, n) => `${n + 2}: bulkhead waited`)]);
    // Shed calls were never made, so they say nothing against the funder.
    expect(made.line().state(made.clock.nowMs())).toEqual({ kind: 'closed', calls: 0, failures: 0 });
  });

  it('asks again whether a call may go once it has had to wait; one that may not is not sent', async () => {
    const gate = Promise.withResolvers<SendOutcome>();
    const made = make((n) => (n === 1 ? gate.promise : ok), 1);
    let allowed = true;
    const asked: string[] = [];
    const spec = (name: string) => made.spec('submit', { mayGo: () => (asked.push(name), allowed) });
    const first = made.line().call(spec('first'));
    const [waiting, other] = [made.line().call(spec('waiting')), made.line().call(spec('other'))];
    await made.clock.advance(10);
    expect(asked).toEqual([]);
    allowed = false;
    gate.resolve(ok);
    expect((await first).answer).toEqual(fine);
    expect((await waiting).answer).toMatchObject({ kind: 'unavailable', fault: 'ours', retryable: false });
    await other;
    expect([asked, made.sent.length]).toEqual([['waiting', 'other'], 1]);
  });

  it('is of one funder: another’s is free, and changing its size begins a new line', async () => {
    const made = make((n) => (n === 1 ? new Promise(() => {}) : ok), 1);
    void made.line().call(made.spec('submit'));
    expect((await made.lines.of({ id: 'fnd_b', max_concurrent: 1 }).call(made.spec('submit'))).answer).toEqual(fine);
    expect(made.lines.of(made.funder)).toBe(made.line());
    expect(made.lines.of({ ...made.funder, max_concurrent: 5 })).not.toBe(made.line());
  });
});

it('the latency is a running mean of the time to decisions', () => {
  const line = make().line();
  expect(line.latencyMs).toBe(2_000);
  line.noteDecision(12_000);
  expect(line.latencyMs).toBe(3_000);
  for (let n = 0; n < 200; n += 1) line.noteDecision(500);
  expect(line.latencyMs).toBeCloseTo(500, 0);
});
