/** How the spine carries each flow shape beyond the plain one: pages of the funder, bids, rate tables, joint login, cards, trial and repayment. */
import { describe, expect, it } from 'vitest';
import { attempts, DAY, eventsOf, HOUR, MINUTE, person, state } from './scripted.ts';
import {
  APPROVED,
  AUTHORISED,
  CANCELLED,
  DECLINED,
  OFFER,
  page,
  paidOut,
  paying,
  PENDING,
  shaped,
  type Answering,
  type ShapedWorld,
} from './shapes.ts';

type Need = Readonly<Record<string, unknown>> & { readonly kind: string; readonly step: string; readonly url: string };
const idOf = (made: { readonly json: unknown }): string => (made.json as { id: string }).id;
async function needs(world: ShapedWorld, id: string): Promise<Need[]> {
  return (await world.call('GET', `/v1/applications/${id}`, { key: world.keys.secret })).json['needs'] as unknown as Need[];
}
const step = (world: ShapedWorld, id: string, stepId: string, json: object) =>
  world.call('POST', `/v1/applications/${id}/steps/${stepId}`, { key: world.keys.secret, json });
async function accept(world: ShapedWorld, id: string, at = 0): Promise<void> {
  const offers = (await world.call('GET', `/v1/applications/${id}`, { key: world.keys.secret })).json['offers'] as unknown as {
    id: string;
    status: string;
  }[];
  const offer = offers.filter((each) => each.status === 'open')[at]!;
  const path = `/v1/applications/${id}/offers/${offer.id}`;
  await world.call('POST', `${path}/disclosure`, { key: world.keys.secret });
  await world.settle(6_000);
  expect((await world.call('POST', `${path}/accept`, { key: world.keys.secret })).status).toBe(200);
  await world.settle();
}
const loan = (world: ShapedWorld, id: string) => world.service.deps.store.offers.loanOf(id)!;
const steps = (world: ShapedWorld, id: string) =>
  eventsOf(world, id).filter((type) => type.endsWith('needs_borrower') || type === 'attempt.page_opened');

describe('half flow, the precheck returns a link', () => {
  const eligible = { kind: 'eligible', step: page('https://one.shape.test/h5?t=secret-token'), funderRef: 'order-1' };
  const one: Answering = ({ capability, before }) =>
    capability === 'precheck'
      ? eligible
      : capability === 'query'
        ? before < 2
          ? PENDING
          : AUTHORISED
        : capability === 'submit'
          ? APPROVED
          : CANCELLED;

  it('sends the full application only once the borrower has agreed there, told by callback', async () => {
    const world = await shaped({ one: { has: ['precheck', 'cancel'] }, two: { has: [] } }, { one, two: () => APPROVED });
    const id = idOf(await world.apply(person(1)));
    expect([state(world, id), attempts(world, id), world.heard('one')]).toEqual(['pending', [['one', 'authorising']], ['precheck']]);
    const [need] = await needs(world, id);
    expect(need).toMatchObject({ kind: 'open_link', funder: { id: 'fnd_one' } });
    expect(JSON.stringify(need)).not.toContain('secret-token');
    const opened = await world.call('GET', new URL(need!.url).pathname);
    expect([opened.status, opened.headers.get('location')]).toEqual([302, 'https://one.shape.test/h5?t=secret-token']);
    await world.tell('one', world.asked[0]!.ref, AUTHORISED);
    expect([state(world, id), world.heard('one')]).toEqual(['offered', ['precheck', 'submit']]);
    expect(await needs(world, id)).toEqual([expect.objectContaining({ kind: 'disclosure' })]);
    expect((await world.call('GET', new URL(need!.url).pathname)).status).toBe(410);
    expect(steps(world, id)).toEqual(['attempt.needs_borrower', 'attempt.page_opened']);
    const sequence = world.service.deps.store.feed.eventsOf(id, 0).map(({ applicationSeq }) => applicationSeq);
    expect(sequence).toEqual(sequence.map((_, at) => at + 1));
    await world.close();
  });

  it('gives the borrower half of what is left, to the millisecond', async () => {
    const odd: Answering = (asked) => (asked.capability === 'precheck' && asked.before === 0 ? 'lost' : one(asked));
    for (const extraMs of [0, 1]) {
      const world = await shaped({ one: { has: ['precheck'], changes: { timeouts: { precheck_ms: 1_000 + extraMs } } } }, { one: odd });
      const id = idOf(await world.apply(person(1)));
      await world.settle(5_000);
      expect([extraMs, attempts(world, id)]).toEqual([extraMs, [['one', 'authorising']]]);
      const { deadlineAtMs } = world.service.deps.store.dispatch.ofApplication(id)[0]!;
      expect(Number.isSafeInteger(deadlineAtMs)).toBe(true);
      await world.close();
    }
  });

  it('that has agreed is not given up while it waits for cap quota, nor is its timer lost to a cancel', async () => {
    const world = await shaped(
      { one: { has: ['precheck', 'query', 'cancel'], changes: { caps: [{ id: 'all', unit: 'count', window: 'total', limit: 5 }] } } },
      { one },
    );
    const lend = world.service.deps.desk.lendCap;
    let release = (): void => undefined;
    world.service.deps.desk.lendCap = async (...args) => {
      await new Promise<void>((resolve) => void (release = resolve));
      return lend(...args);
    };
    const id = idOf(await world.apply(person(1)));
    const { deadlineAtMs } = world.service.deps.store.dispatch.ofApplication(id)[0]!;
    world.answers['one'] = (asked) => (asked.capability === 'query' ? PENDING : one(asked));
    await world.settle(deadlineAtMs - world.clock.nowMs() - 1_000);
    await world.tell('one', world.asked[0]!.ref, AUTHORISED);
    world.answers['one'] = (asked) => (asked.capability === 'query' ? AUTHORISED : one(asked));
    await world.settle(MINUTE);
    expect([attempts(world, id), world.heard('one').includes('cancel')]).toEqual([[['one', 'authorising']], false]);
    release();
    await world.settle();
    expect([attempts(world, id), state(world, id)]).toEqual([[['one', 'approved']], 'offered']);
    await world.close();
  });

  it('finds out by asking when the callback is lost, and repeats change nothing', async () => {
    const world = await shaped({ one: { has: ['precheck', 'query'] } }, { one });
    const id = idOf(await world.apply(person(1)));
    await world.settle(10 * MINUTE);
    expect([state(world, id), world.heard('one').filter((each) => each === 'submit').length]).toEqual(['offered', 1]);
    await world.tell('one', world.asked[0]!.ref, AUTHORISED);
    expect(world.heard('one').filter((each) => each === 'submit').length).toBe(1);
    await world.close();
  });

  it('goes on to the next when the borrower skips it, takes back the consent, or lets its time run out', async () => {
    for (const how of ['skip', 'withdraw', 'wait']) {
      const world = await shaped({ one: { has: ['precheck'] }, two: { has: [] } }, { one, two: () => APPROVED });
      const id = idOf(await world.apply(person(1)));
      const [need] = await needs(world, id);
      if (how === 'skip') expect((await step(world, id, need!.step, { skip: true })).status).toBe(200);
      if (how === 'withdraw') await world.call('DELETE', `/v1/applications/${id}/consents/fnd_one`, { key: world.keys.secret });
      await world.settle(how === 'wait' ? 13 * HOUR : 1_000);
      const first = attempts(world, id)[0];
      expect([how, first, world.heard('one').includes('submit')]).toEqual([how, ['one', how === 'wait' ? 'expired' : 'cancelled'], false]);
      expect(state(world, id)).toBe('offered');
      await world.close();
    }
  });

  it('a link that no borrower should be sent to leaves the funder out, loudly', async () => {
    const bad = { ...eligible, step: page('javascript:alert(1)') };
    const world = await shaped({ one: { has: ['precheck'] }, two: { has: [] } }, { one: () => bad, two: () => APPROVED });
    const id = idOf(await world.apply(person(1)));
    expect(attempts(world, id)).toEqual([
      ['one', 'failed'],
      ['two', 'approved'],
    ]);
    expect(eventsOf(world, id)).toContain('attempt.alarm');
    await world.close();
  });

  it('a decline after the page goes on, and an erasure leaves no link behind', async () => {
    const world = await shaped({ one: { has: ['precheck'] }, two: { has: [] } }, { one, two: () => PENDING });
    const id = idOf(await world.apply(person(1)));
    const [need] = await needs(world, id);
    await world.tell('one', world.asked[0]!.ref, DECLINED);
    expect(attempts(world, id)).toEqual([
      ['one', 'declined'],
      ['two', 'pending'],
    ]);
    expect((await world.call('POST', '/v1/erasures', { key: world.keys.secret, json: { application_id: id } })).status).toBe(201);
    expect(world.service.deps.store.steps.byId(need!.step)!.detailSealed).toBeNull();
    await world.close();
  });
});

describe('half flow, the submit returns a link', () => {
  it('waits for the borrower, then for the decision; the link renewed is the same step', async () => {
    const first = { ...PENDING, step: page('https://one.shape.test/a') };
    const world = await shaped(
      { one: { has: ['query'] } },
      {
        one: ({ capability, before }) =>
          capability === 'submit' ? first : before < 3 ? { ...PENDING, step: page('https://one.shape.test/b') } : APPROVED,
      },
    );
    const id = idOf(await world.apply(person(1)));
    const [before] = await needs(world, id);
    await world.settle(4_000);
    const [after] = await needs(world, id);
    expect(after!.step).toBe(before!.step);
    expect((await world.call('GET', new URL(after!.url).pathname)).headers.get('location')).toBe('https://one.shape.test/b');
    await world.settle(10 * MINUTE);
    expect([state(world, id), (await needs(world, id)).map(({ kind }) => kind)]).toEqual(['offered', ['disclosure']]);
    expect(steps(world, id)).toEqual(['attempt.needs_borrower', 'attempt.page_opened']);
    await world.close();
  });
});

describe('joint login', () => {
  it('asks for a one-time link each time the borrower opens it', async () => {
    const waiting = { ...PENDING, step: { kind: 'redirect', destination: 'credit' } };
    const world = await shaped(
      { one: { has: ['query', 'redirect'] } },
      {
        one: ({ capability, before, given }) =>
          capability === 'redirect' ? { kind: 'url', url: `https://one.shape.test/${given['destination']}/${before}`, expiresAtMs: null } : waiting,
      },
    );
    const id = idOf(await world.apply(person(1)));
    const [need] = await needs(world, id);
    const open = async () => (await world.call('GET', new URL(need!.url).pathname)).headers.get('location');
    expect([await open(), await open()]).toEqual(['https://one.shape.test/credit/0', 'https://one.shape.test/credit/1']);
    world.answers['one'] = () => ({ kind: 'unavailable', fault: 'funder', retryable: false, retryAfterMs: null, detail: 'http 500' });
    const shut = await world.call('GET', new URL(need!.url).pathname);
    expect([shut.status, shut.json['code']]).toEqual([503, 'funder_unavailable']);
    await world.close();
  });
});

describe('ping-post', () => {
  const bid = (price: number, more: object = {}): object => ({ kind: 'eligible', price, funderRef: `bid-${price}`, ...more });
  const bidding =
    (price: number, posted: object): Answering =>
    ({ capability }) =>
      capability === 'precheck' ? bid(price) : posted;
  const wave = { policy: { strategy: 'wave', wave_size: 3, tier_order: 'index' } };

  it('posts to the dearest bid alone, and to the next when it is refused', async () => {
    const has = { has: ['precheck'] } as const;
    const world = await shaped(
      { one: has, two: has, three: has },
      { one: bidding(900, APPROVED), two: bidding(3_000, DECLINED), three: bidding(1_500, APPROVED) },
      wave,
    );
    const id = idOf(await world.apply(person(1)));
    // The dearest that is left stands by, should the offer not be taken.
    expect(Object.fromEntries(attempts(world, id))).toEqual({ one: 'quoted', two: 'declined', three: 'approved' });
    expect(world.asked.filter(({ capability }) => capability === 'submit').map(({ funder, funderRef }) => [funder, funderRef])).toEqual([
      ['two', 'bid-3000'],
      ['three', 'bid-1500'],
    ]);
    expect(eventsOf(world, id).filter((type) => type === 'attempt.quoted')).toHaveLength(3);
    await world.close();
  });

  it('weighs bids as the operators do, and waits for those that are still being asked', async () => {
    const has = { has: ['precheck'] } as const;
    const slow: Answering = ({ capability, before }) => (capability === 'precheck' ? (before === 0 ? 'lost' : bid(800)) : APPROVED);
    const world = await shaped(
      { one: has, two: has },
      { one: bidding(1_000, DECLINED), two: slow },
      { policy: { strategy: 'wave', wave_size: 2, tier_order: 'index', weights: { fnd_two: 2 } } },
    );
    const id = idOf(await world.apply(person(1)));
    expect(Object.fromEntries(attempts(world, id))).toEqual({ one: 'quoted', two: 'checking' });
    await world.settle(10_000);
    expect(world.asked.filter(({ capability }) => capability === 'submit').map(({ funder }) => funder)).toEqual(['two']);
    await world.close();
  });

  it('a bid that has run out while another decided is not taken', async () => {
    const has = { has: ['precheck', 'query'] } as const;
    const decides: Answering = ({ capability, before }) =>
      capability === 'precheck' ? bid(3_000) : capability === 'submit' || before < 4 ? PENDING : DECLINED;
    const fleeting: Answering = ({ capability }) =>
      capability === 'precheck' ? bid(1_000, { validUntilMs: Date.parse('2026-11-20T02:00:05Z') }) : APPROVED;
    const world = await shaped({ one: has, two: has }, { one: decides, two: fleeting }, wave);
    const id = idOf(await world.apply(person(1)));
    await world.settle(MINUTE);
    expect(Object.fromEntries(attempts(world, id))).toEqual({ one: 'declined', two: 'expired' });
    expect(state(world, id)).toBe('declined');
    await world.close();
  });
});

describe('a rate table', () => {
  const offer = (ref: string, aprBps: number): object => ({ ...OFFER, ref, quotedAprBps: aprBps });
  const table = (refs: readonly string[], complete: boolean): object => ({
    kind: 'offers',
    offers: refs.map((ref, at) => offer(ref, 1_200 + at)),
    complete,
    funderRef: 'lead-1',
    eventAtMs: null,
  });

  it('shows offers as they come, each once, and draws the one that was taken', async () => {
    const one: Answering = ({ capability, before }) =>
      capability === 'submit'
        ? table([], false)
        : capability === 'query'
          ? [table(['a'], false), table(['a', 'b'], false), table(['a', 'b', 'c'], true)][Math.min(before, 2)]!
          : paying;
    const world = await shaped({ one: { has: ['query', 'draw'] } }, { one });
    const id = idOf(await world.apply(person(1)));
    expect([state(world, id), attempts(world, id)]).toEqual(['pending', [['one', 'pending']]]);
    await world.settle(2_000);
    expect([state(world, id), attempts(world, id)]).toEqual(['offered', [['one', 'pending']]]);
    await world.settle(MINUTE);
    const offers = world.service.deps.store.offers.ofApplication(id);
    expect([offers.map(({ funderOfferRef }) => funderOfferRef), attempts(world, id)]).toEqual([['a', 'b', 'c'], [['one', 'approved']]]);
    await accept(world, id, 1);
    expect(world.asked.find(({ capability }) => capability === 'draw')!.given).toMatchObject({
      offerRef: world.service.deps.store.offers.ofApplication(id).find((each) => each.state === 'accepted')!.funderOfferRef,
    });
    expect(offers.map(({ id: each }) => world.service.deps.store.offers.byId(each)!.state).toSorted()).toEqual(['accepted', 'declined', 'declined']);
    await world.close();
  });

  it('that is never said to be full is taken as it is when its time is up', async () => {
    const world = await shaped(
      { one: { has: ['query', 'cancel'] } },
      { one: ({ capability }) => (capability === 'cancel' ? CANCELLED : table(['a'], false)) },
    );
    const id = idOf(await world.apply(person(1)));
    await world.settle(10 * MINUTE);
    expect([state(world, id), attempts(world, id), world.heard('one').includes('cancel')]).toEqual(['offered', [['one', 'approved']], false]);
    await world.close();
  });

  it('of which no offer is allowed is taken back, and the next funder asked', async () => {
    const dear = { ...offer('a', 1_200), plan: OFFER.plan.map((part) => ({ ...part, interest: 60_000 })) };
    const one: Answering = ({ capability }) => (capability === 'cancel' ? { kind: 'cancelled' } : { ...table([], true), offers: [dear] });
    const world = await shaped({ one: { has: ['query', 'cancel'] }, two: { has: [] } }, { one, two: () => APPROVED });
    const id = idOf(await world.apply(person(1)));
    await world.settle(10_000);
    expect([state(world, id), attempts(world, id)]).toEqual([
      'offered',
      [
        ['one', 'cancelled'],
        ['two', 'approved'],
      ],
    ]);
    await world.close();
  });

  it('whose funder takes it back while it fills leaves no offer open', async () => {
    for (const word of [DECLINED, CANCELLED]) {
      const world = await shaped(
        { one: { has: ['query'] } },
        { one: ({ before, capability }) => (capability === 'submit' || before < 3 ? table(['a'], false) : word) },
      );
      const id = idOf(await world.apply(person(1)));
      expect(state(world, id)).toBe('offered');
      await world.settle(MINUTE);
      expect([state(world, id), world.service.deps.store.offers.ofApplication(id).map((each) => each.state)]).toEqual(['declined', ['cancelled']]);
      await world.close();
    }
  });

  it('takes an offer that is told twice in one word once, and none of one that was erased', async () => {
    const world = await shaped({ one: { has: ['query'] } }, { one: () => table(['a', 'a'], false) });
    const id = idOf(await world.apply(person(1)));
    expect(world.service.deps.store.offers.ofApplication(id)).toHaveLength(1);
    await world.call('POST', '/v1/erasures', { key: world.keys.secret, json: { application_id: id } });
    await world.tell('one', world.asked[0]!.ref, table(['a', 'b', 'c'], false));
    expect(world.service.deps.store.offers.ofApplication(id)).toHaveLength(1);
    await world.close();
  });

  it('taken before it is full needs no more of it; an empty one is a decline', async () => {
    const early = await shaped(
      { one: { has: ['query', 'draw'] } },
      { one: ({ capability }) => (capability === 'draw' ? paying : table(['a'], false)) },
    );
    const id = idOf(await early.apply(person(1)));
    await accept(early, id);
    expect([attempts(early, id), loan(early, id).state]).toEqual([[['one', 'approved']], 'disbursing']);
    await early.close();
    const empty = await shaped({ one: { has: ['query'] } }, { one: () => table([], true) });
    const other = idOf(await empty.apply(person(1)));
    expect([state(empty, other), attempts(empty, other)]).toEqual(['declined', [['one', 'declined']]]);
    await empty.close();
  });
});

describe('the full flow', () => {
  const FULL = ['query', 'cancel', 'list', 'bind', 'verify', 'trial', 'draw', 'plan', 'pay', 'query_repayment'] as const;
  const TRIAL = { kind: 'trial', plan: OFFER.plan, fees: [], quotedAprBps: 1_200 };
  const CARD = { ref: 'card-9', bank: 'Bank', tail: '3440' };
  const full =
    (more: Partial<Record<string, object | 'lost'>> = {}): Answering =>
    ({ capability, before }) =>
      more[capability] ??
      {
        submit: APPROVED,
        query: APPROVED,
        cancel: { kind: 'cancelled' },
        list: { kind: 'cards', cards: [{ ref: 'card-1', bank: 'Bank', tail: '0001' }] },
        bind: { kind: 'code_sent', bindRef: 'bind-7' },
        verify: before === 0 ? { kind: 'refused', why: 'code', detail: '100' } : { kind: 'bound', card: CARD },
        trial: TRIAL,
        draw: paidOut,
        plan: { kind: 'loan', news: { status: 'plan', plan: OFFER.plan.slice(1) } },
        pay: { kind: 'processing' },
        query_repayment: before < 2 ? { kind: 'processing' } : { kind: 'repaid', eventAtMs: null },
      }[capability as 'submit']!;
  const card = { card_number: '6222020200112233446', bank_phone: '13900000001' };

  async function taken(more: Partial<Record<string, object | 'lost'>> = {}) {
    const world = await shaped({ one: { has: FULL } }, { one: full(more) });
    const id = idOf(await world.apply(person(1)));
    await accept(world, id);
    return { world, id };
  }

  it('binds a card by the bank’s code, looks at the cost once more, and is paid out to that card', async () => {
    const { world, id } = await taken();
    const [bind] = await needs(world, id);
    expect(bind).toMatchObject({ kind: 'bind_card', cards: [{ ref: 'card-1', tail: '0001' }] });
    expect(world.heard('one')).toEqual(['submit', 'list']);
    const wrong = await step(world, id, bind!.step, { card_number: '6222020200112233445', bank_phone: '13900000001' });
    expect([wrong.status, wrong.json['errors'][0]!['pointer']]).toEqual([422, '/card_number']);
    const sent = await step(world, id, bind!.step, card);
    expect([sent.status, sent.json['needs']]).toEqual([200, [expect.objectContaining({ kind: 'enter_code', step: bind!.step })]]);
    expect(world.asked.at(-1)!.given).toEqual({ name: '张三', bank_card: { number: card.card_number, phone: card.bank_phone } });
    const refused = await step(world, id, bind!.step, { code: '111111' });
    expect([refused.status, refused.json['code'], refused.json['errors'][0]!['pointer']]).toEqual([422, 'card_refused', '/code']);
    expect((await step(world, id, bind!.step, { code: '000000' })).status).toBe(200);
    await world.settle();
    expect(world.asked.filter(({ capability }) => capability === 'draw').map(({ given }) => given['cardRef'])).toEqual(['card-9']);
    expect([loan(world, id).state, state(world, id), await needs(world, id)]).toEqual(['active', 'disbursed', []]);
    const receipts = world.service.deps.store.dispatch.receiptsOf(loan(world, id).attemptId);
    expect(receipts.map(({ capability, fields, outcome }) => [capability, fields.includes('bank_card'), outcome])).toEqual([
      ['submit', false, 'approved'],
      ['bind_card', true, 'code_sent'],
    ]);
    await world.close();
  });

  it('takes a card the funder has already, and no other', async () => {
    const { world, id } = await taken();
    const [bind] = await needs(world, id);
    const strange = await step(world, id, bind!.step, { card_ref: 'card-of-another' });
    expect([strange.status, strange.json['errors'][0]!['pointer']]).toEqual([422, '/card_ref']);
    await step(world, id, bind!.step, { card_ref: 'card-1' });
    await world.settle();
    expect([loan(world, id).cardRef, loan(world, id).state]).toEqual(['card-1', 'active']);
    await world.close();
  });

  it('tells what is wrong with a card, and asks the same again after a lost answer', async () => {
    const { world, id } = await taken({ bind: { kind: 'locked', untilMs: null } });
    const [bind] = await needs(world, id);
    expect((await step(world, id, bind!.step, card)).status).toBe(429);
    world.answers['one'] = full({ bind: { kind: 'refused', why: 'phone', detail: '402' } });
    expect((await step(world, id, bind!.step, card)).json['errors'][0]!['pointer']).toBe('/bank_phone');
    world.answers['one'] = full({ bind: { kind: 'unknown', detail: 'garbled' } });
    expect((await step(world, id, bind!.step, card)).status).toBe(503);
    expect((await needs(world, id)).map(({ kind }) => kind)).toEqual(['bind_card']);
    expect((await step(world, id, bind!.step, { code: '000000' })).status).toBe(409);
    await world.close();
  });

  it('does not draw what would cost more than was accepted', async () => {
    const dearer = { ...TRIAL, plan: OFFER.plan.map((part) => ({ ...part, interest: 12_000 })) };
    const { world, id } = await taken({ trial: dearer });
    const [bind] = await needs(world, id);
    await step(world, id, bind!.step, { card_ref: 'card-1' });
    await world.settle();
    expect([loan(world, id).state, state(world, id), world.heard('one').includes('draw')]).toEqual(['failed', 'declined', false]);
    expect(world.heard('one').at(-1)).toBe('cancel');
    await world.close();
  });

  it('waits for a signature on the funder’s page without drawing again', async () => {
    const signing = { kind: 'loan', news: { status: 'needs_borrower', step: page('https://one.shape.test/sign') } };
    const { world, id } = await taken({ draw: signing });
    const [bind] = await needs(world, id);
    await step(world, id, bind!.step, { card_ref: 'card-1' });
    await world.settle(10 * MINUTE);
    expect((await needs(world, id)).map(({ kind }) => kind)).toEqual(['open_link']);
    expect(world.heard('one').filter((each) => each === 'draw')).toHaveLength(1);
    world.answers['one'] = full({ query: paidOut });
    await world.settle(HOUR);
    expect([loan(world, id).state, state(world, id)]).toEqual(['active', 'disbursed']);
    await world.close();
  });

  it('does not draw again while a lost draw may still arrive', async () => {
    const { world, id } = await taken({ draw: 'lost' });
    const [bind] = await needs(world, id);
    await step(world, id, bind!.step, { card_ref: 'card-1' });
    await world.settle(30_000);
    expect(world.heard('one').filter((each) => each === 'draw')).toHaveLength(1);
    world.answers['one'] = full();
    await world.settle(MINUTE);
    expect([world.heard('one').filter((each) => each === 'draw').length, loan(world, id).state]).toEqual([2, 'active']);
    await world.close();
  });

  it('gives up a page that is renewed for ever, but not before the funder has let go of the draw', async () => {
    let signed = false;
    const renewed = () => ({
      kind: 'loan',
      news: { status: 'needs_borrower', step: { ...page('https://one.shape.test/sign'), expiresAtMs: world.clock.nowMs() + 30_000 } },
    });
    const { world, id } = await taken();
    const one: Answering = (asked) => {
      if (asked.capability === 'draw' || asked.capability === 'query')
        return signed ? paidOut : asked.capability === 'query' && !world.heard('one').includes('draw') ? APPROVED : renewed();
      return asked.capability === 'cancel' ? { kind: signed ? 'too_late' : 'cancelled' } : full()(asked);
    };
    world.answers['one'] = one;
    const [bind] = await needs(world, id);
    await step(world, id, bind!.step, { card_ref: 'card-1' });
    await world.leap(4 * DAY);
    await world.settle(2 * HOUR);
    expect([loan(world, id).state, world.heard('one').at(-1)]).toEqual(['failed', 'cancel']);
    await world.close();
    const other = await taken({ draw: { kind: 'loan', news: { status: 'needs_borrower', step: page('https://one.shape.test/sign') } } });
    const [card1] = await needs(other.world, other.id);
    await step(other.world, other.id, card1!.step, { card_ref: 'card-1' });
    signed = true;
    other.world.answers['one'] = full({ cancel: { kind: 'too_late' }, query: paidOut });
    await other.world.leap(4 * DAY);
    await other.world.settle(2 * HOUR);
    expect(loan(other.world, other.id).state).toBe('active');
    await other.world.close();
  });

  it('gives up a loan whose borrower never binds a card', async () => {
    const { world, id } = await taken();
    await world.leap(4 * DAY);
    await world.settle(2 * HOUR);
    expect([loan(world, id).state, state(world, id), world.heard('one').at(-1)]).toEqual(['failed', 'declined', 'cancel']);
    await world.close();
  });

  async function lent(more: Partial<Record<string, object | 'lost'>> = {}) {
    const { world, id } = await taken(more);
    const [bind] = await needs(world, id);
    await step(world, id, bind!.step, { card_ref: 'card-1' });
    await world.settle();
    const pay = (key: string, json: object = { amount_fen: 176_666, up_to_month: 2 }) =>
      world.call('POST', `/v1/applications/${id}/repayments`, { key: world.keys.secret, json, headers: { 'idempotency-key': key } });
    const statuses = () =>
      world.service.deps.store.feed
        .eventsOf(id, 0)
        .filter(({ type }) => type === 'loan.repayment')
        .map(({ data }) => data['status']);
    return { world, id, pay, statuses };
  }

  it('repays before the day: once, until it is known, and then the plan is read again', async () => {
    const { world, id, pay, statuses } = await lent();
    const first = await pay('k-1');
    expect([first.status, (await pay('k-1')).text]).toEqual([202, first.text]);
    expect((await pay('k-2')).status).toBe(409);
    expect((await pay('k-3', { amount_fen: 1, up_to_month: 77 })).status).toBe(422);
    await world.settle(MINUTE);
    expect([statuses(), world.heard('one').filter((each) => each === 'pay')]).toEqual(
      [['requested', 'unknown', 'processing', 'repaid'], ['pay']].map((each) => each.filter((word) => word !== 'unknown')),
    );
    expect(loan(world, id).plan).toHaveLength(11);
    expect((await pay('k-4')).status).toBe(202);
    await world.close();
  });

  it('that could not be sent for a minute is not sent any more', async () => {
    const { world, id, pay, statuses } = await lent();
    const { deps } = world.service;
    const { act } = deps;
    // As after dying between the commit and the call.
    (deps as { act: typeof act }).act = (effect) => (effect.kind === 'repay' ? undefined : act(effect));
    expect((await pay('k-1')).status).toBe(202);
    (deps as { act: typeof act }).act = act;
    await world.leap(2 * HOUR);
    await world.settle(MINUTE);
    expect([world.heard('one').includes('pay'), statuses().at(-1)]).toEqual([false, 'failed']);
    expect(loan(world, id).state).toBe('active');
    await world.close();
  });

  it('whose answer is lost is asked about and never paid twice; a callback may tell it', async () => {
    const { world, id, pay, statuses } = await lent({ pay: 'lost', query_repayment: { kind: 'unknown', detail: 'garbled' } });
    await pay('k-1');
    await world.settle(HOUR);
    expect([world.heard('one').filter((each) => each === 'pay'), statuses().at(-1)]).toEqual([['pay'], 'requested']);
    const repaymentRef = world.asked.find(({ capability }) => capability === 'pay')!.given['repaymentRef'];
    await world.tell('one', loan(world, id).attemptId, PENDING, { repayment: { repaymentRef, answer: { kind: 'failed', detail: 'funds' } } });
    expect(statuses().at(-1)).toBe('failed');
    await world.close();
  });
});
