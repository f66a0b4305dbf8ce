/** Before any funder hears of it: people set aside, lists, repeats, hurry, and drafts that nobody finishes. */
import { describe, expect, it } from 'vitest';
import { applicationBody } from '../world.ts';
import { attempts, change, DAY, declines, eventsOf, funder, HOUR, MINUTE, person, scripted, state, type ScriptedWorld } from './scripted.ts';

const ONE = [funder('one', 1)];
const reasons = (world: ScriptedWorld, id: unknown): string[] =>
  world.service.deps.store.applications.byId(id as string)!.reasons.map(({ code }) => code);
const prescreen = (world: ScriptedWorld, more: object): Promise<void> =>
  change(world, 'policy', 'pol_default', (body) => ({ ...body, weights: {}, prescreen: { ...(body['prescreen'] as object), ...more } }));
const post = (world: ScriptedWorld, path: string, json: object = {}): ReturnType<ScriptedWorld['call']> =>
  world.call('POST', path, { key: world.roleKeys.risk, json });

describe('an application set aside', () => {
  const RULE = { rules: [{ id: 'look', when: { '==': [{ var: 'employment' }, 'freelance'] }, action: 'quarantine', note: 'freelancers' }] };

  it('waits for a person without a byte leaving; released, it goes on', async () => {
    const world = await scripted(ONE);
    await prescreen(world, RULE);
    const made = await world.apply({ ...person(1), employment: 'freelance' });
    expect([made.json['status'], reasons(world, made.json['id']), world.asks]).toEqual(['screening', ['under_review'], []]);
    expect((await post(world, `/v1/desk/applications/${made.json['id']}/release`)).status).toBe(200);
    await world.settle();
    expect([state(world, made.json['id']), attempts(world, made.json['id'])]).toEqual(['offered', [['one', 'approved']]]);
    expect(eventsOf(world, made.json['id']).slice(0, 3)).toEqual(['application.submitted', 'application.quarantined', 'application.released']);
    await world.close();
  });

  it('is refused when what refuses holds by then, and ends by itself when nobody looks', async () => {
    const world = await scripted(ONE);
    await prescreen(world, RULE);
    const [first, second] = [
      await world.apply({ ...person(1), employment: 'freelance' }),
      await world.apply({ ...person(2), employment: 'freelance' }),
    ];
    await post(world, '/v1/desk/blacklist', { entries: [{ kind: 'phone', value: person(1).phone, reason: 'fraud' }] });
    await post(world, `/v1/desk/applications/${first.json['id']}/release`);
    expect([state(world, first.json['id']), reasons(world, first.json['id']), world.asks]).toEqual(['refused', ['blacklisted'], []]);
    await world.settle(4 * MINUTE);
    expect(state(world, second.json['id'])).toBe('expired');
    await world.close();
  });
});

describe('the blacklist', () => {
  it.each([
    ['phone', person(1).phone],
    ['id_number', person(1).id_number],
    ['device', 'device-7'],
  ])('by %s refuses, with a sentence that does not say so', async (kind, value) => {
    const world = await scripted(ONE);
    expect((await post(world, '/v1/desk/blacklist', { entries: [{ kind, value, reason: 'fraud ring 7' }] })).status).toBe(201);
    const made = await world.apply(person(1), {}, { visit: { device_id: 'device-7' } });
    expect([made.json['status'], reasons(world, made.json['id']), world.asks]).toEqual(['refused', ['blacklisted'], []]);
    expect(made.text).not.toMatch(/blacklist|fraud/);
    const other = await world.apply(person(2), {}, { visit: { device_id: '' } });
    expect(other.json['status']).toBe('offered');
    await world.call('DELETE', '/v1/desk/blacklist', { key: world.roleKeys.risk, json: { kind, value } });
    await world.leap(2 * DAY);
    expect((await world.apply(person(1), {}, { visit: { device_id: 'device-7' } })).json['status']).toBe('offered');
    await world.close();
  });
});

describe('velocity', () => {
  it('counts a device within its window, and an empty one is nobody’s', async () => {
    const world = await scripted(ONE);
    await prescreen(world, {
      velocity: {
        phone: { max: 99, window_s: 60 },
        id_number: { max: 99, window_s: 60 },
        ip: { max: 99, window_s: 60 },
        device: { max: 2, window_s: 3_600 },
      },
    });
    const by = async (n: number, device_id?: string): Promise<string> =>
      (await world.apply(person(n), {}, { visit: device_id === undefined ? {} : { device_id } })).json['status'];
    expect([await by(1, 'd'), await by(2, 'd'), await by(3, 'd')]).toEqual(['offered', 'offered', expect.stringMatching(/refused|screening/)]);
    expect([await by(4, ''), await by(5, ''), await by(6, ''), await by(7), await by(8), await by(9, 'other')]).toEqual(
      Array.from({ length: 6 }, () => 'offered'),
    );
    await world.leap(HOUR + 1_000);
    expect(await by(10, 'd')).toBe('offered');
    await world.close();
  });

  it('counts a publishable key’s visitors by their address', async () => {
    const world = await scripted(ONE);
    await prescreen(world, {
      velocity: {
        phone: { max: 99, window_s: 60 },
        id_number: { max: 99, window_s: 60 },
        device: { max: 99, window_s: 60 },
        ip: { max: 1, window_s: 600 },
      },
    });
    const apply = async (n: number): Promise<string> => {
      const made = await world.call('POST', '/v1/applications', {
        key: world.keys.publishable,
        headers: { 'idempotency-key': `p${n}`, origin: 'https://h5.example' },
        json: applicationBody(world.clock.nowMs(), ['fnd_one'], person(n)),
      });
      return state(world, made.json['id'])!;
    };
    expect([await apply(1), await apply(2)]).toEqual([expect.stringMatching(/routing|offered/), expect.stringMatching(/refused|screening/)]);
    await world.close();
  });
});

describe('a duplicate', () => {
  it('is the same phone or ID number while the first stands; not when that was refused, and not the day after', async () => {
    const world = await scripted(ONE, { fnd_one: declines });
    const first = await world.apply(person(1));
    expect(first.json['status']).toBe('declined');
    const again = await world.apply(person(1));
    expect([again.json['status'], reasons(world, again.json['id'])]).toEqual(['refused', ['duplicate']]);
    const byId = await world.apply({ phone: person(2).phone, id_number: person(1).id_number });
    expect(reasons(world, byId.json['id'])).toEqual(['duplicate']);
    await world.leap(DAY + 1_000);
    expect((await world.apply(person(1))).json['status']).toBe('declined');
    await world.close();
  });

  it('of the erased is still one: forgetting is no way around the window', async () => {
    const world = await scripted(ONE, { fnd_one: declines });
    const first = await world.apply(person(1));
    expect((await world.call('POST', '/v1/erasures', { key: world.keys.secret, json: { application_id: first.json['id'] } })).status).toBe(201);
    expect(reasons(world, (await world.apply(person(1))).json['id'])).toEqual(['duplicate']);
    await world.close();
  });
});

describe('a draft', () => {
  it('is kept for its time and then ends; until then it can be finished', async () => {
    const world = await scripted(ONE);
    const draft = async (n: number): Promise<string> => {
      const { consents: _none, ...body } = applicationBody(world.clock.nowMs(), ['fnd_one'], person(n)) as Record<string, unknown>;
      const made = await world.call('POST', '/v1/applications', {
        key: world.keys.secret,
        headers: { 'idempotency-key': `d${n}` },
        json: { ...body, draft: true },
      });
      expect([made.status, made.json['status']]).toEqual([201, 'draft']);
      return made.json['id'];
    };
    const [left, finished] = [await draft(1), await draft(2)];
    await world.leap(6 * DAY);
    expect(state(world, left)).toBe('draft');
    const { consents } = applicationBody(world.clock.nowMs(), ['fnd_one']) as { consents: object[] };
    await world.call('POST', `/v1/applications/${finished}/consents`, { key: world.keys.secret, json: { consents } });
    await world.settle();
    expect(state(world, finished)).toBe('offered');
    await world.leap(DAY + 1_000);
    expect(state(world, left)).toBe('expired');
    const steps = Array.from({ length: 5 }, () => 'application.step_done');
    expect(eventsOf(world, left)).toEqual(['application.drafted', ...steps, 'application.expired']);
    await world.close();
  });
});
