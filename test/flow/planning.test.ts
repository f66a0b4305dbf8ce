/** What planning leaves out, with its reason: cooling-off, exposure, caps, breakers. And what K funders at once means. */
import { sql } from 'drizzle-orm';
import { describe, expect, it } from 'vitest';
import {
  approves,
  attempts,
  cancels,
  change,
  DAY,
  decides,
  declines,
  funder,
  garbage,
  HOUR,
  knowsNot,
  leftOut,
  MINUTE,
  order,
  person,
  policy,
  scripted,
  state,
} from './scripted.ts';

describe('cooling-off', () => {
  it('keeps a borrower away from a funder that declined them, for as many days as that funder has', async () => {
    const world = await scripted([funder('one', 1, { cooling_off_days: 30 }), funder('two', 2, { cooling_off_days: 7 })], {
      fnd_one: declines,
      fnd_two: declines,
    });
    const first = await world.apply(person(1));
    expect([first.json['status'], attempts(world, first.json['id'])]).toEqual([
      'declined',
      [
        ['one', 'declined'],
        ['two', 'declined'],
      ],
    ]);

    await world.leap(6 * DAY);
    const again = await world.apply(person(1));
    expect([again.json['status'], attempts(world, again.json['id'])]).toEqual(['declined', []]);
    expect(again.json['reasons']).toMatchObject([{ code: 'no_funder_available' }]);
    expect(leftOut(world, again.json['id'])).toEqual({ one: 'cooling_off: declined 6 of 30 days ago', two: 'cooling_off: declined 6 of 7 days ago' });

    await world.leap(2 * DAY);
    const third = await world.apply(person(1));
    expect(attempts(world, third.json['id'])).toEqual([['two', 'declined']]);
    expect(leftOut(world, third.json['id'])).toMatchObject({ one: 'cooling_off: declined 8 of 30 days ago' });
    // Another borrower is none of this one's business.
    const other = await world.apply(person(2));
    expect(attempts(world, other.json['id']).map(([name]) => name)).toEqual(['one', 'two']);
    await world.leap(31 * DAY);
    const later = await world.apply(person(1));
    expect(attempts(world, later.json['id']).map(([name]) => name)).toEqual(['one', 'two']);
    await world.close();
  });

  it('does not begin with a cancelled order or a failed call: nobody declined', async () => {
    const world = await scripted([funder('one', 1)], { fnd_one: () => ({ kind: 'refused', why: 'connect' }) });
    const first = await world.apply(person(1));
    expect(attempts(world, first.json['id'])).toEqual([['one', 'failed']]);
    world.scripts['fnd_one'] = approves;
    await world.leap(2 * DAY);
    expect((await world.apply(person(1))).json['status']).toBe('offered');
    await world.close();
  });
});

describe('the exposure budget', () => {
  it('bounds the recipients of a borrower’s data over all their applications within the window', async () => {
    const world = await scripted(
      ['one', 'two', 'three', 'four'].map((name, index) => funder(name, index + 1, { cooling_off_days: 1 })),
      {
        fnd_one: declines,
        fnd_two: declines,
        fnd_three: declines,
        fnd_four: declines,
      },
    );
    await policy(world, { exposure_budget: { max_recipients: 3, window_days: 30 } });
    const first = await world.apply(person(1));
    expect(attempts(world, first.json['id']).map(([name]) => name)).toEqual(['one', 'two', 'three']);
    expect(leftOut(world, first.json['id'])['four']).toBe('exposure_budget: 3 of 3 recipients used');

    await world.leap(10 * DAY);
    const again = await world.apply(person(1));
    // Who has the data already may be asked again; nobody new gets it.
    expect(attempts(world, again.json['id']).map(([name]) => name)).toEqual(['one', 'two', 'three']);
    expect(leftOut(world, again.json['id'])['four']).toContain('exposure_budget');

    await world.leap(31 * DAY);
    world.scripts['fnd_one'] = () => ({ kind: 'refused', why: 'connect' });
    await change(world, 'funder', 'fnd_two', (body) => ({ ...body, status: 'paused' }));
    const fresh = await world.apply(person(1));
    expect(attempts(world, fresh.json['id']).map(([name]) => name)).toEqual(['one', 'three', 'four']);
    await world.close();
  });
});

describe('caps', () => {
  const quota = (world: Awaited<ReturnType<typeof scripted>>): Record<string, [number, number, number]> =>
    Object.fromEntries(
      world.db
        .all<{ key: string; lent: number; leased: number; used: number }>(sql`
      SELECT q.key AS key, q.leased AS lent, l.leased AS leased, l.used AS used FROM cap_quotas q JOIN cap_leases l ON l.key = q.key ORDER BY q.key
    `)
        .map(({ key, lent, leased, used }) => [key, [lent, leased, used]]),
    );

  it('a day’s cap is lent in chunks, used up to the last, and begins anew at the funder’s midnight, not at UTC’s', async () => {
    const capped = funder('one', 1, { time_zone: 'America/New_York', caps: [{ id: 'daily', unit: 'count', window: 'day', limit: 3 }] });
    // 02:00 UTC is 21:00 of the day before in New York.
    const world = await scripted([capped, funder('two', 2)]);
    for (const n of [1, 2, 3]) expect(attempts(world, (await world.apply(person(n))).json['id'])).toEqual([['one', 'approved']]);
    expect(quota(world)).toEqual({ 'fnd_one/daily/2026-11-19': [3, 3, 3] });
    const fourth = await world.apply(person(4));
    expect(attempts(world, fourth.json['id'])).toEqual([
      ['one', 'cancelled'],
      ['two', 'approved'],
    ]);
    const fifth = await world.apply(person(5));
    expect([attempts(world, fifth.json['id']), leftOut(world, fifth.json['id'])]).toEqual([[['two', 'approved']], { one: 'cap: daily' }]);

    await world.leap(2 * HOUR + 59 * MINUTE);
    expect(attempts(world, (await world.apply(person(6))).json['id'])).toEqual([['two', 'approved']]);
    await world.leap(MINUTE);
    expect(attempts(world, (await world.apply(person(7))).json['id'])).toEqual([['one', 'approved']]);
    expect(quota(world)['fnd_one/daily/2026-11-20']).toEqual([1, 1, 1]);
    await world.close();
  });

  it('an hour’s cap in a zone of half hours, and one in money, hold together', async () => {
    const capped = funder('one', 1, {
      time_zone: 'Asia/Kolkata',
      caps: [
        { id: 'hourly', unit: 'count', window: 'hour', limit: 2 },
        { id: 'sum', unit: 'amount_fen', window: 'total', limit: 5_000_000 },
      ],
    });
    const world = await scripted([capped, funder('two', 2)]);
    for (const n of [1, 2]) await world.apply(person(n), { amount_fen: 1_500_000 });
    // 02:00 UTC is 07:30 in Kolkata: half an hour of this window is left.
    expect(quota(world)).toEqual({ 'fnd_one/hourly/2026-11-20T07': [2, 2, 2], 'fnd_one/sum/total': [3_000_000, 3_000_000, 3_000_000] });
    expect(attempts(world, (await world.apply(person(3))).json['id'])).toEqual([
      ['one', 'cancelled'],
      ['two', 'approved'],
    ]);
    await world.leap(30 * MINUTE);
    // The window is fresh, but 30,000 yuan of the 50,000 are gone: 20,000 fit, the next fen does not.
    expect(attempts(world, (await world.apply(person(4), { amount_fen: 2_000_000 })).json['id'])).toEqual([['one', 'approved']]);
    const beyond = await world.apply(person(5), { amount_fen: 100_000 });
    expect(attempts(world, beyond.json['id']).at(-1)).toEqual(['two', 'approved']);
    expect(quota(world)['fnd_one/sum/total']).toEqual([5_000_000, 5_000_000, 5_000_000]);
    await world.close();
  });

  it('a sure no gives its place back; a yes and a maybe keep theirs', async () => {
    const world = await scripted([funder('one', 1, { caps: [{ id: 'all', unit: 'count', window: 'total', limit: 1 }] }), funder('two', 2)], {
      fnd_one: declines,
    });
    await world.apply(person(1));
    expect(quota(world)['fnd_one/all/total']).toEqual([1, 1, 0]);
    world.scripts['fnd_one'] = decides;
    const waits = await world.apply(person(2));
    expect(attempts(world, waits.json['id'])).toEqual([['one', 'pending']]);
    const next = await world.apply(person(3));
    expect(attempts(world, next.json['id']).at(-1)).toEqual(['two', 'approved']);
    world.scripts['fnd_one'] = declines;
    await world.settle(5_000);
    expect(attempts(world, waits.json['id'])).toEqual([
      ['one', 'declined'],
      ['two', 'approved'],
    ]);
    world.scripts['fnd_one'] = approves;
    expect(attempts(world, (await world.apply(person(4))).json['id'])).toEqual([['one', 'approved']]);
    await world.close();
  });

  it('a wide cap is borrowed a fiftieth at a time, by one loan for all who wait', async () => {
    const world = await scripted([funder('one', 1, { caps: [{ id: 'daily', unit: 'count', window: 'day', limit: 500 }] })]);
    await Promise.all(Array.from({ length: 25 }, (_, n) => world.apply(person(n))));
    await world.settle();
    expect(quota(world)).toEqual({ 'fnd_one/daily/2026-11-20': [30, 30, 25] });
    await world.close();
  });

  it('is never overrun by a rush, whoever comes first', async () => {
    const world = await scripted([funder('one', 1, { caps: [{ id: 'daily', unit: 'count', window: 'day', limit: 7 }] }), funder('two', 2)]);
    const made = await Promise.all(Array.from({ length: 30 }, (_, n) => world.apply(person(n))));
    await world.settle(1_000);
    expect(made.map((each) => state(world, each.json['id']))).toEqual(made.map(() => 'offered'));
    expect(world.asks.filter((ask) => ask.funderId === 'fnd_one' && ask.kind === 'submit')).toHaveLength(7);
    expect(quota(world)['fnd_one/daily/2026-11-20']).toEqual([7, 7, 7]);
    await world.close();
  });
});

describe('a breaker', () => {
  it('opens after garbage, planning leaves the funder out, and a probe later lets it back', async () => {
    const world = await scripted([funder('one', 1), funder('two', 2)], {
      fnd_one: ({ kind }) => (kind === 'query' ? knowsNot() : garbage()),
    });
    const made: unknown[] = [];
    for (let n = 1; n <= 10; n += 1) made.push((await world.apply(person(n))).json['id']);
    // Each garbled submit may have arrived, so each waits on its query and nobody else has been asked.
    expect(made.map((id) => attempts(world, id))).toEqual(made.map(() => [['one', 'unknown']]));
    expect(world.service.deps.lines.of(world.service.desk.snapshot().funders.get('fnd_one')!).state(world.clock.nowMs()).kind).toBe('open');
    const next = await world.apply(person(11));
    expect([attempts(world, next.json['id']), leftOut(world, next.json['id'])]).toEqual([[['two', 'approved']], { one: 'breaker' }]);
    expect(world.asks.filter(({ funderId, kind }) => funderId === 'fnd_one' && kind === 'submit')).toHaveLength(10);

    world.scripts['fnd_one'] = (ask) => (ask.kind === 'query' ? knowsNot() : approves(ask));
    await world.settle(2 * MINUTE);
    expect(made.map((id) => attempts(world, id))).toEqual(
      made.map(() => [
        ['one', 'failed'],
        ['two', 'approved'],
      ]),
    );
    expect(attempts(world, (await world.apply(person(12))).json['id'])).toEqual([['one', 'approved']]);
    await world.close();
  });
});

describe('a strategy', () => {
  it('wave: two are asked at once, the third only after both said no', async () => {
    const world = await scripted(
      ['one', 'two', 'three'].map((name) => funder(name, 1)),
      { fnd_one: decides, fnd_two: decides, fnd_three: decides },
    );
    await policy(world, { strategy: 'wave', wave_size: 2 });
    const made = await world.apply(person(1));
    const asked = attempts(world, made.json['id']).map(([name]) => name);
    expect([made.json['status'], asked.length]).toEqual(['pending', 2]);
    world.scripts[`fnd_${asked[0]!}`] = declines;
    await world.settle(5_000);
    expect([state(world, made.json['id']), attempts(world, made.json['id'])]).toEqual([
      'pending',
      [
        [asked[0], 'declined'],
        [asked[1], 'pending'],
      ],
    ]);
    world.scripts[`fnd_${asked[1]!}`] = declines;
    await world.settle(20_000);
    expect(
      attempts(world, made.json['id'])
        .slice(0, 2)
        .map(([, at]) => at),
    ).toEqual(['declined', 'declined']);
    expect(attempts(world, made.json['id'])[2]![1]).toBe('pending');
    await world.close();
  });

  it('rate table: everybody is asked at once, the borrower picks, the others are taken back', async () => {
    const world = await scripted(
      ['one', 'two', 'three'].map((name, at) => funder(name, at + 1)),
      {
        fnd_one: (ask) => approves(ask, { aprBps: 1_800 }),
        fnd_two: declines,
        fnd_three: (ask) => (ask.kind === 'cancel' ? cancels(ask) : approves(ask, { aprBps: 1_200 })),
      },
    );
    await policy(world, { strategy: 'rate_table' });
    const made = await world.apply(person(1));
    const id = made.json['id'] as string;
    expect(made.json['status']).toBe('offered');
    const offers = (await world.call('GET', `/v1/applications/${id}`, { key: world.keys.secret })).json['offers'] as unknown as {
      id: string;
      quoted_apr_bps: number;
    }[];
    expect(offers.map((offer) => offer.quoted_apr_bps)).toEqual([1_200, 1_800]);
    await world.call('POST', `/v1/applications/${id}/offers/${offers[1]!.id}/disclosure`, { key: world.keys.secret });
    await world.settle(4_000);
    world.scripts['fnd_one'] = (ask) => (ask.kind === 'draw' ? order(ask, { status: 'approved', loan: { status: 'disbursing' } }) : approves(ask));
    const accepted = await world.call('POST', `/v1/applications/${id}/offers/${offers[1]!.id}/accept`, { key: world.keys.secret });
    expect(accepted.status).toBe(200);
    await world.settle();
    expect(Object.fromEntries(attempts(world, id))).toEqual({ one: 'approved', two: 'declined', three: 'cancelled' });
    expect(
      world.asks
        .filter(({ kind }) => kind === 'cancel' || kind === 'draw')
        .map(({ kind, funderId }) => `${kind} ${funderId}`)
        .toSorted(),
    ).toEqual(['cancel fnd_three', 'draw fnd_one']);
    expect(
      world.service.deps.store.offers
        .ofApplication(id)
        .map((offer) => `${offer.funderId} ${offer.state}`)
        .toSorted(),
    ).toEqual(['fnd_one accepted', 'fnd_three declined']);
    await world.close();
  });
});
