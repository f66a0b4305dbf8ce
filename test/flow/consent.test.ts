/** No consent, no byte; and what is taken back stays back. */
import { describe, expect, it } from 'vitest';
import { applicationBody } from '../world.ts';
import {
  approves,
  attempts,
  cancels,
  DAY,
  decides,
  declines,
  eventsOf,
  funder,
  leftOut,
  MINUTE,
  person,
  policy,
  scripted,
  state,
  tooLate,
  type ScriptedWorld,
} from './scripted.ts';

const TWO = [funder('one', 1), funder('two', 2)];
const asked = (world: ScriptedWorld): [string, string][] => world.asks.map(({ kind, funderId }) => [kind, funderId.slice(4)]);
const agreed = (world: ScriptedWorld): object => ({ text_version: '2026-11-01', agreed_at: new Date(world.clock.nowMs()).toISOString() });
const platform = (world: ScriptedWorld): object[] => [{ recipient: 'platform', purpose: 'application', ...agreed(world) }];
const to = (world: ScriptedWorld, ...names: string[]): object[] =>
  names.map((name) => ({ recipient: `fnd_${name}`, purpose: 'credit_decision', ...agreed(world) }));
const see = (world: ScriptedWorld, id: unknown): ReturnType<ScriptedWorld['call']> =>
  world.call('GET', `/v1/applications/${id as string}`, { key: world.keys.secret });
const answer = (world: ScriptedWorld, id: unknown, json: object): ReturnType<ScriptedWorld['call']> =>
  world.call('POST', `/v1/applications/${id as string}/consents`, { key: world.keys.secret, json });

describe('without consent', () => {
  it('nothing leaves; the borrower is asked for the next few by name, and only those agreed to are asked', async () => {
    const funders = ['one', 'two', 'three', 'four', 'five'].map((name, at) => funder(name, at + 1));
    const world = await scripted(funders, Object.fromEntries(funders.map(({ id }) => [id, declines])));
    await policy(world, { consent_batch: 3 });
    const made = await world.apply(person(1), {}, { consents: platform(world) });
    expect([made.json['status'], asked(world)]).toEqual(['needs_consent', []]);
    const wanted = (made.json['needs'] as unknown as { kind: string; recipients: { recipient: string; text: string; legal_entity: string }[] }[])[0]!;
    expect([wanted.kind, wanted.recipients.map(({ recipient }) => recipient)]).toEqual(['consents', ['fnd_one', 'fnd_two', 'fnd_three']]);
    for (const { text, legal_entity } of wanted.recipients) expect(text).toContain(legal_entity);

    await answer(world, made.json['id'], { consents: to(world, 'two'), refused: ['fnd_one'] });
    await world.settle();
    expect(asked(world)).toEqual([['submit', 'two']]);
    expect(state(world, made.json['id'])).toBe('needs_consent');
    expect(leftOut(world, made.json['id'])).toMatchObject({ one: 'consent_refused', two: 'already_attempted' });
    const next = (await see(world, made.json['id'])).json['needs'] as unknown as { recipients: { recipient: string }[] }[];
    expect(next[0]!.recipients.map(({ recipient }) => recipient)).toEqual(['fnd_three', 'fnd_four', 'fnd_five']);
    await answer(world, made.json['id'], { consents: [], refused: ['fnd_three', 'fnd_four', 'fnd_five'] });
    await world.settle();
    expect(state(world, made.json['id'])).toBe('declined');
    expect(asked(world)).toEqual([['submit', 'two']]);
    await world.close();
  });

  it('the request runs out and the application ends', async () => {
    const world = await scripted(TWO);
    await policy(world, { deadlines: { consent_s: 600, application_s: 86_400 } });
    const made = await world.apply(person(1), {}, { consents: platform(world) });
    await world.settle(11 * MINUTE);
    const view = await see(world, made.json['id']);
    expect([view.json['status'], asked(world)]).toEqual(['expired', []]);
    expect(view.json['reasons']).toMatchObject([{ code: 'consent_timeout' }]);
    await world.close();
  });

  it('an agreement to an old text, from the future or too long ago counts for nothing', async () => {
    const world = await scripted(TWO);
    const body = (consent: object): object =>
      applicationBody(world.clock.nowMs(), [], person(1), {}, { consents: [...platform(world), { ...to(world, 'one')[0], ...consent }] });
    for (const [consent, code] of [
      [{ text_version: '2025-01-01' }, 'text_version'],
      [{ agreed_at: new Date(world.clock.nowMs() + DAY).toISOString() }, 'in_future'],
      [{ agreed_at: new Date(world.clock.nowMs() - 31 * DAY).toISOString() }, 'too_old'],
      [{ recipient: 'fnd_nobody' }, 'unknown_recipient'],
    ] as const) {
      const refused = await world.call('POST', '/v1/applications', {
        key: world.keys.secret,
        headers: { 'idempotency-key': code },
        json: body(consent),
      });
      expect([refused.status, (refused.json['errors'] as unknown as { code: string }[]).map((each) => each.code)]).toEqual([422, [code]]);
    }
    expect(asked(world)).toEqual([]);
    await world.close();
  });
});

describe('consent taken back', () => {
  it('from one who was not asked yet: never is; the others go on', async () => {
    const world = await scripted(TWO, { fnd_one: decides });
    const made = await world.apply(person(1));
    expect((await world.call('DELETE', `/v1/applications/${made.json['id']}/consents/fnd_two`, { key: world.keys.secret })).status).toBe(200);
    world.scripts['fnd_one'] = declines;
    await world.settle(5_000);
    expect([state(world, made.json['id']), attempts(world, made.json['id'])]).toEqual(['declined', [['one', 'declined']]]);
    expect(asked(world).map(([, name]) => name)).not.toContain('two');
    await world.close();
  });

  it('from one who is deciding: asked to forget it, then the next is asked', async () => {
    const world = await scripted(TWO, { fnd_one: (ask) => (ask.kind === 'cancel' ? cancels(ask) : decides(ask)) });
    const made = await world.apply(person(1));
    await world.call('DELETE', `/v1/applications/${made.json['id']}/consents/fnd_one`, { key: world.keys.secret });
    await world.settle();
    expect(attempts(world, made.json['id'])).toEqual([
      ['one', 'cancelled'],
      ['two', 'approved'],
    ]);
    await world.close();
  });

  it('while the submit waits for a place at the funder: it is not sent', async () => {
    const world = await scripted([funder('one', 1, { max_concurrent: 1 }), funder('two', 2)], { fnd_one: () => 'hang' });
    await world.apply(person(1));
    const made = await world.apply(person(2));
    await world.call('DELETE', `/v1/applications/${made.json['id']}/consents/fnd_one`, { key: world.keys.secret });
    await world.settle(5_000);
    expect(attempts(world, made.json['id'])).toEqual([
      ['one', 'failed'],
      ['two', 'approved'],
    ]);
    expect(world.asks.filter(({ funderId, kind }) => funderId === 'fnd_one' && kind === 'submit')).toHaveLength(1);
    await world.close();
  });
});

describe('a yes that comes after a later no', () => {
  it('is none, though nothing had been agreed to when the no came; a yes from after it is one', async () => {
    const world = await scripted(TWO, { fnd_one: decides });
    const made = await world.apply(person(1), {}, { consents: [...platform(world), ...to(world, 'one')] });
    const path = `/v1/applications/${made.json['id']}/consents`;
    await world.settle(1_000);
    expect((await world.call('DELETE', `${path}/fnd_two`, { key: world.keys.secret })).status).toBe(200);
    const late = to(world, 'two');
    await world.settle(1_000);
    expect((await world.call('DELETE', `${path}/fnd_two`, { key: world.keys.secret })).status).toBe(200);
    const lines = () => world.service.deps.store.dispatch.consentsOf(made.json['id']).filter((row) => row.recipient === 'fnd_two');
    expect((await answer(world, made.json['id'], { consents: late, refused: [] })).status).toBe(200);
    expect(lines().map((row) => [row.fields, row.withdrawnAtMs])).toEqual([[[], world.clock.nowMs()]]);
    // Nothing had been agreed to, so nothing was taken back.
    const listed = (await world.call('GET', path, { key: world.keys.secret })).json['data'] as unknown as { recipient: string }[];
    expect(listed.map(({ recipient }) => recipient).toSorted()).toEqual(['fnd_one', 'platform']);
    await world.settle(1_000);
    await answer(world, made.json['id'], { consents: to(world, 'two'), refused: [] });
    expect(lines().filter((row) => row.withdrawnAtMs === null)).toHaveLength(1);
    await world.close();
  });
});

describe('a withdrawal', () => {
  it('asks pending funders to forget it until they have, and nobody else hears of it', async () => {
    const world = await scripted(TWO, {
      fnd_one: (ask) => (ask.kind === 'cancel' ? (ask.before < 2 ? { kind: 'lost', why: 'timeout' } : cancels(ask)) : decides(ask)),
    });
    const made = await world.apply(person(1));
    expect((await world.call('POST', `/v1/applications/${made.json['id']}/withdraw`, { key: world.keys.secret })).json['status']).toBe('withdrawn');
    await world.settle(30_000);
    expect([state(world, made.json['id']), attempts(world, made.json['id'])]).toEqual(['withdrawn', [['one', 'cancelled']]]);
    expect(asked(world).filter(([kind]) => kind === 'cancel')).toHaveLength(3);
    expect(world.service.deps.store.dispatch.consentsOf(made.json['id']).every((row) => row.withdrawnAtMs !== null)).toBe(true);
    await world.close();
  });

  it('of an offered application closes the offer at the funder too', async () => {
    const world = await scripted(TWO, { fnd_one: (ask) => (ask.kind === 'cancel' ? cancels(ask) : approves(ask)) });
    const made = await world.apply(person(1));
    await world.call('POST', `/v1/applications/${made.json['id']}/withdraw`, { key: world.keys.secret });
    await world.settle(1_000);
    expect(attempts(world, made.json['id'])).toEqual([['one', 'cancelled']]);
    expect(world.service.deps.store.offers.ofApplication(made.json['id']).map((offer) => offer.state)).toEqual(['cancelled']);
    expect(
      eventsOf(world, made.json['id'])
        .filter((type) => type.startsWith('application.'))
        .at(-1),
    ).toBe('application.withdrawn');
    await world.close();
  });

  it('is refused once the application has ended, and said again is the same', async () => {
    const world = await scripted(TWO, { fnd_one: (ask) => (ask.kind === 'cancel' ? tooLate() : decides(ask)), fnd_two: declines });
    const made = await world.apply(person(1));
    const withdraw = (): ReturnType<ScriptedWorld['call']> =>
      world.call('POST', `/v1/applications/${made.json['id']}/withdraw`, { key: world.keys.secret });
    expect([(await withdraw()).status, (await withdraw()).status]).toEqual([200, 200]);
    world.scripts['fnd_one'] = declines;
    const ended = await world.apply(person(2));
    expect(ended.json['status']).toBe('declined');
    expect((await world.call('POST', `/v1/applications/${ended.json['id']}/withdraw`, { key: world.keys.secret })).status).toBe(409);
    await world.close();
  });
});
