/** The six simulated funders, spoken to over HTTP through the adapters' own build and read. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SANDBOX_SECRETS } from '../../fixtures/funders.ts';
import { SANDBOX_FUNDER_IDS } from '../../src/sandbox/personalities.ts';
import { granted } from '../adapters/world.ts';
import type { Received, World } from './world.ts';
import { openWorld, pause, person, send, until } from './world.ts';

/** One funder of each protocol. */
const ONE_EACH = ['fnd_summit', 'fnd_lotus', 'fnd_ember'] as const;
let world: World;
let serial = 0;

beforeAll(async () => {
  world = await openWorld();
});
afterAll(async () => {
  await world.close();
});

describe.each(SANDBOX_FUNDER_IDS)('%s', (id) => {
  it('goes from precheck to money on 13800000001', async () => {
    const client = world.client(id);
    const ref = newRef();
    const fields = person('13800000001');
    if (client.adapter.precheck !== undefined) expect(await client.precheck(fields)).toEqual({ kind: 'eligible' });
    const offer = await approvedOffer(id, ref, fields);
    expect(offer.amount).toBe(2_000_000);
    expect(offer.termMonths).toBe(12);
    expect(offer.quotedAprBps).toBe(client.funder.product.quoted_apr_bps);
    expect(offer.expiresAtMs).toBeGreaterThan(Date.now());

    expect(await client.draw(ref, offer.amount, offer.termMonths)).toEqual({ kind: 'loan', news: { status: 'disbursing' } });
    await until(() => newsOf(id, ref).some(({ answer }) => answer.kind === 'loan'));
    const disbursed = newsOf(id, ref).find(({ answer }) => answer.kind === 'loan')!.answer;
    expect(disbursed).toMatchObject({ kind: 'loan', news: { status: 'disbursed', amount: 2_000_000, plan: offer.plan } });
    expect(await client.query(ref)).toEqual(disbursed);
    expect(await client.draw(ref, offer.amount, offer.termMonths)).toMatchObject({ kind: 'loan', news: { status: 'disbursed' } });
    expect(await client.cancel(ref)).toEqual({ kind: 'too_late' });
  });

  it('declines 13800000003, and 13800000002 unless it is the least strict', async () => {
    const declined = newRef();
    expect(await decisionOf(id, declined, '13800000003')).toBe('declined');
    expect(await decisionOf(id, newRef(), '13800000002')).toBe(id === 'fnd_ember' ? 'approved' : 'declined');
    expect(await world.client(id).draw(declined, 100_000, 12)).toEqual({ kind: 'loan', news: { status: 'failed', detail: 'not_approved' } });
  });
});

describe.each(ONE_EACH)('%s and the protocol it speaks', (id) => {
  it('takes a submit once, however often it is sent', async () => {
    const client = world.client(id);
    const ref = newRef();
    const before = world.sandbox.stats()[id]!.submits;
    await Promise.all([
      client.submit(ref, person('13800000001')),
      client.submit(ref, person('13800000001')),
      client.submit(ref, person('13800000001')),
    ]);
    await client.submit(ref, person('13800000001'));
    expect(world.sandbox.stats()[id]!.submits).toBe(before + 1);
  });

  it('cancels what is open, and knows no other order', async () => {
    const client = world.client(id);
    const ref = newRef();
    await client.submit(ref, person('13800000001'));
    expect(await client.cancel(ref)).toEqual({ kind: 'cancelled' });
    expect(await client.cancel(ref)).toEqual({ kind: 'cancelled' });
    expect(await client.query(ref)).toMatchObject({ kind: 'cancelled' });
    expect(await client.query('att_never_sent')).toEqual({ kind: 'not_found' });
    expect(await client.cancel('att_never_sent')).toEqual({ kind: 'not_found' });
    expect((await client.draw('att_never_sent', 100_000, 12)).kind).toBe('unavailable');
  });

  it('says what it would have signed when a signature is wrong, without its key', async () => {
    const client = world.client(id);
    const secrets = Object.fromEntries(Object.keys(SANDBOX_SECRETS[id]!).map((name) => [name, 'ab'.repeat(32)]));
    const request = client.adapter.query!.build({ ...client.context(), secrets }, { ref: 'att_x', funderRef: null });
    const before = world.sandbox.stats()[id]!.badSignatures;
    const reply = await send(request);
    const text = new TextDecoder().decode(reply.body);
    expect(reply.status).toBe(401);
    expect(text).toMatch(/string_?to_?sign/i);
    for (const secret of Object.values(SANDBOX_SECRETS[id]!)) expect(text).not.toContain(secret);
    expect(client.adapter.query!.read(client.context(), reply)).toMatchObject({ kind: 'unavailable', fault: 'ours', retryable: false });
    expect(world.sandbox.stats()[id]!.badSignatures).toBe(before + 1);
  });

  it('refuses a request signed sixteen minutes ago', async () => {
    const client = world.client(id);
    const stale = { ...client.context(), nowMs: Date.now() - 16 * 60_000 };
    expect((await send(client.adapter.query!.build(stale, { ref: 'att_x', funderRef: null }))).status).toBe(401);
  });

  it('drops the first submit of 13800000004 and approves when asked; the next funder answers', async () => {
    const other = ONE_EACH[(ONE_EACH.indexOf(id) + 1) % ONE_EACH.length]!;
    const fields = person('13800000004', ONE_EACH.indexOf(id) + 1);
    const ref = newRef();
    await expect(world.client(id).submit(ref, fields)).rejects.toThrow();
    expect(await world.client(id).query(ref)).toMatchObject({ kind: 'approved' });
    expect(await world.client(id).submit(ref, fields)).toMatchObject({ kind: 'approved' });
    expect(['approved', 'pending']).toContain((await world.client(other).submit(newRef(), fields)).kind);
  });

  it('sends three callbacks out of order on 13800000005', async () => {
    const ref = newRef();
    expect(await world.client(id).submit(ref, person('13800000005'))).toMatchObject({ kind: 'pending', unrecognised: null });
    await until(() => newsOf(id, ref).length >= 3);
    await pause(60);
    const [first, older, again, ...more] = newsOf(id, ref);
    expect([first!.answer.kind, older!.answer.kind, again!.answer.kind]).toEqual(['approved', 'pending', 'approved']);
    expect(older!.answer.eventAtMs).toBeLessThan(first!.answer.eventAtMs!);
    expect(again).toEqual(first);
    expect(older!.messageId).not.toBe(first!.messageId);
    expect(more).toEqual([]);
  });

  it('answers garbage to everything on 13800000006', async () => {
    const client = world.client(id);
    const ref = newRef();
    if (client.adapter.precheck !== undefined) expect((await client.precheck(person('13800000006'))).kind).toBe('unknown');
    expect((await client.submit(ref, person('13800000006'))).kind).toBe('unknown');
    expect((await client.query(ref)).kind).toBe('unknown');
    expect((await client.cancel(ref)).kind).toBe('unknown');
  });

  it('hangs on 13800000007, and on the query after it', async () => {
    const ref = newRef();
    await expect(world.client(id).submit(ref, person('13800000007'), 120)).rejects.toThrow(/timeout/i);
    await expect(world.client(id).query(ref, 120)).rejects.toThrow(/timeout/i);
  });

  it('sends a forged callback and then the right one on 13800000008', async () => {
    const ref = newRef();
    const from = world.received.length;
    expect(await world.client(id).submit(ref, person('13800000008'))).toMatchObject({ kind: 'pending', unrecognised: null });
    await until(() => newsOf(id, ref).length >= 1);
    const mine = world.received.slice(from).filter(({ funderId }) => funderId === id);
    expect(mine.map(({ verified }) => verified)).toEqual([false, true]);
    expect(newsOf(id, ref)[0]!.answer.kind).toBe('approved');
  });
});

describe('the sandbox as a whole', () => {
  it('forgets its oldest orders at the bound', async () => {
    const small = await openWorld({ maxOrders: 3, latencyScale: 0 });
    try {
      const river = small.client('fnd_river');
      const refs = Array.from({ length: 5 }, () => newRef());
      for (const ref of refs) await river.submit(ref, person('13800000001'));
      expect(small.sandbox.stats()['fnd_river']!.orders).toBe(3);
      expect((await river.query(refs[0]!)).kind).toBe('not_found');
      expect((await river.query(refs[4]!)).kind).toBe('approved');
    } finally {
      await small.close();
    }
  });

  it('sends a callback that nobody takes as often as that funder tries, then is silent', async () => {
    const lonely = await openWorld({ latencyScale: 0 });
    try {
      for (const id of ['fnd_lotus', 'fnd_cedar'] as const) {
        const client = lonely.client(id);
        const { submit } = client.adapter;
        // Port 9 (discard) is closed on loopback: every delivery is refused.
        const ctx = { ...client.context(), callbackUrl: 'http://127.0.0.1:9/nobody' };
        await send(submit.build(ctx, { ref: newRef(), funderRef: null }, granted(submit.needs, person('13800000001'))));
      }
      await until(() => lonely.sandbox.stats()['fnd_lotus']!.callbacks.sent === 3);
      expect(lonely.sandbox.stats()['fnd_cedar']!.callbacks).toMatchObject({ sent: 1, failed: 1 });
    } finally {
      await lonely.close();
    }
  });

  it('lets go of hanging connections when it closes', async () => {
    const closing = await openWorld();
    const hanging = closing
      .client('fnd_river')
      .submit(newRef(), person('13800000007'))
      .then(
        () => 'answered',
        () => 'ended',
      );
    await pause(50);
    await closing.close();
    expect(await hanging).toBe('ended');
  });

  it('answers nonsense with 400 and stays up', async () => {
    for (const { id, url } of world.sandbox.funders) {
      for (const [path, body] of [
        ['/', '{'],
        ['/v1/applications/by-ref/%E0%A4%A', ''],
        ['/gateway/apply', '[]'],
        ['/open/gateway', '{"bizContent":1}'],
      ] as const) {
        const reply = await fetch(url + path, { method: 'POST', body });
        expect([400, 401], `${id} ${path}`).toContain(reply.status);
      }
    }
  });
});

function newRef(): string {
  serial += 1;
  return `att_test_${serial}`;
}

function newsOf(id: string, ref: string): NonNullable<Received['news']>[] {
  return world.received.flatMap(({ funderId, news }) => (funderId === id && news !== null && news.attempt.value === ref ? [news] : []));
}

/** Submits, waits for the callback when the reply was not the decision, and checks that query, callback and reply agree. */
async function decide(id: string, ref: string, fields: ReturnType<typeof person>) {
  const client = world.client(id);
  const reply = await client.submit(ref, fields);
  if (reply.kind === 'pending') await until(() => newsOf(id, ref).length > 0);
  const decided = reply.kind === 'pending' ? newsOf(id, ref)[0]!.answer : reply;
  expect(await client.query(ref)).toEqual(decided);
  return decided;
}

async function decisionOf(id: string, ref: string, phone: string): Promise<string> {
  return (await decide(id, ref, person(phone))).kind;
}

async function approvedOffer(id: string, ref: string, fields: ReturnType<typeof person>) {
  const decided = await decide(id, ref, fields);
  if (decided.kind !== 'approved') throw new Error(`expected an approval, got ${decided.kind}`);
  return decided.offer;
}
