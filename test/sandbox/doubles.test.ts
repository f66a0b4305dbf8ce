/** Every adapter against its own double over HTTP: what one side builds the other opens, through all capabilities and every fault. */
import { createPrivateKey, generateKeyPairSync } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { BorrowerStep, TrialAnswer } from '../../adapters/contract.ts';
import { adapters } from '../../adapters/registry.ts';
import { amountMinor } from '../../src/domain/money.ts';
import { doubleOf } from '../../src/sandbox/doubles.ts';
import { startDouble } from '../../src/sandbox/start-double.ts';
import { callsOf } from '../adapters/cases.ts';
import { granted, secretValues, worldOf } from '../adapters/world.ts';
import type { House, Order } from './double-world.ts';
import { offerOf, openHouse } from './double-world.ts';
import { pause, send, until } from './world.ts';

const manners = new Map(await Promise.all([...adapters.keys()].map(async (id) => [id, (await doubleOf(id)).manner] as const)));
const APPROVES = '13800000001';
const DECLINES = '13800000003';

describe.each([...adapters.keys()])('%s', (id) => {
  const adapter = adapters.get(id)!;
  let house: House;
  beforeAll(async () => {
    house = await openHouse(id);
  });
  afterAll(() => house.close());

  it('goes from the first question to a decision and, where the funder pays out through us, to money', async () => {
    const order = house.order(APPROVES);
    const decision = await order.decide();
    const offer = offerOf(decision)!;
    expect(offer.amount).toBe(order.fields.amount_fen);
    expect(offer.plan.reduce((sum, row) => sum + row.principal, 0)).toBe(offer.amount);
    if (decision.kind === 'offers') expect(new Set(decision.offers.map(({ ref }) => ref)).size).toBe(decision.offers.length);
    if (adapter.draw !== undefined) {
      const news = await order.drawAll(offer);
      if (news.status === 'disbursed') expect(news.amount).toBe(offer.amount);
    }
    expect(house.heard.filter(({ verified, news }) => !verified || news === null)).toEqual([]);
    expect(house.double.stats()).toMatchObject({ submits: 1, approved: 1, badSignatures: 0 });
  });

  it('declines', async () => {
    const decision = await house.order(DECLINES).decide();
    expect(decision.kind === 'declined' || (decision.kind === 'offers' && decision.offers.length === 0 && decision.complete)).toBe(true);
  });

  if (adapter.query !== undefined)
    it('says that it does not know an order that was never sent', async () => {
      expect((await house.order(APPROVES).ask('query')).kind).toBe('not_found');
    });

  if (adapter.cancel !== undefined)
    it('takes an order back, once or twice, and not after a decline', async () => {
      const order = house.order(APPROVES);
      await order.decide();
      expect([(await order.ask('cancel')).kind, (await order.ask('cancel')).kind]).toEqual(['cancelled', 'cancelled']);
      const declined = house.order(DECLINES);
      await declined.decide();
      expect((await declined.ask('cancel')).kind).toBe('too_late');
    });

  if (manners.get(id)?.page === 'precheck' || manners.get(id)?.page === 'submit')
    it('ends the order when the borrower refuses on the page', async () => {
      const order = house.order(APPROVES);
      const asked = manners.get(id)?.page === 'precheck' ? await order.ask('precheck') : await order.ask('submit');
      const { step } = asked as { step?: BorrowerStep };
      await order.take(step!, false);
      expect((await order.until(({ kind }) => kind === 'cancelled' || kind === 'declined')).kind).toBe('cancelled');
    });

  it('takes a submit once, however often it is sent', async () => {
    const order = house.order(APPROVES);
    const before = house.double.stats().submits;
    await order.decide();
    await order.ask('submit');
    expect(house.double.stats().submits).toBe(before + 1);
  });

  if (adapter.cards !== undefined)
    it('binds a card by its code and lists it by its last digits', async () => {
      const order = house.order(APPROVES);
      await order.decide();
      expect(await order.ask('cards.list')).toEqual({ kind: 'cards', cards: [] });
      const sent = await order.ask('cards.bind');
      expect(sent.kind).toBe('code_sent');
      const { bindRef } = sent as { bindRef: string };
      expect(await order.ask('cards.verify', { bindRef, code: '111111' })).toMatchObject({ kind: 'refused', why: 'code' });
      const bound = await order.ask('cards.verify', { bindRef, code: '000000' });
      expect(bound).toMatchObject({ kind: 'bound', card: { tail: '3445' } });
      expect(await order.ask('cards.list')).toEqual({ kind: 'cards', cards: [(bound as { card: object }).card] });
      expect(await order.ask('cards.bind')).toEqual(bound);
    });

  if (adapter.cards !== undefined)
    it('refuses cards by what is wrong with them, and locks after three wrong codes', async () => {
      const binding = async (tail: string): Promise<unknown> => {
        const order = house.order(APPROVES, { bank_card: { number: `622202020011223${tail}`, phone: '13912345678' } });
        await order.decide();
        return order.ask('cards.bind');
      };
      expect([await binding('0401'), await binding('0402'), await binding('0403')]).toMatchObject([
        { kind: 'refused', why: 'card' },
        { kind: 'refused', why: 'phone' },
        { kind: 'refused', why: 'person' },
      ]);
      expect((await binding('0501')) as object).toMatchObject({ kind: 'locked' });
      const order = house.order(APPROVES);
      await order.decide();
      const { bindRef } = (await order.ask('cards.bind')) as { bindRef: string };
      const tries = [];
      for (const code of ['1', '2', '3', '000000']) tries.push((await order.ask('cards.verify', { bindRef, code: code.padStart(6, '9') })).kind);
      expect(tries).toEqual(['refused', 'refused', 'locked', 'locked']);
    });

  if (adapter.trial !== undefined)
    it('shows before the draw what the draw will cost', async () => {
      const order = house.order(APPROVES);
      const offer = offerOf(await order.decide())!;
      const trial = await order.ask('trial', { amount: offer.amount, termMonths: offer.termMonths });
      expect(trial).toMatchObject({ kind: 'trial', plan: offer.plan });
      const half = await order.ask('trial', { amount: amountMinor(offer.amount / 2), termMonths: offer.termMonths });
      expect((half as Extract<TrialAnswer, { kind: 'trial' }>).plan.reduce((sum, row) => sum + row.principal, 0)).toBe(offer.amount / 2);
    });

  if (adapter.repay !== undefined)
    it('is repaid at once, later, and not at all; settled with the last instalment', async () => {
      const order = house.order(APPROVES);
      const offer = offerOf(await order.decide())!;
      await order.drawAll(offer);
      const [first, second] = offer.plan.map(({ principal, interest, fee }) => Math.ceil((principal + interest + fee) / 100) * 100);
      const cardRef = await cardOf(order);
      const pay = (repaymentRef: string, amount: number, upToMonth: number | null): Promise<{ readonly kind: string }> =>
        order.ask('repay.pay', { repaymentRef, amount: amountMinor(amount), upToMonth, cardRef });
      expect((await pay('rep_a', first! + 2, 1)).kind).toBe('failed');
      expect((await pay('rep_b', first!, 1)).kind).toBe('repaid');
      expect((await pay('rep_b', first!, 1)).kind).toBe('repaid');
      expect((await pay('rep_c', second! + 1, 2)).kind).toBe('processing');
      const asked = async (): Promise<string> => (await order.ask('repay.query', { repaymentRef: 'rep_c' })).kind;
      for (let tries = 0; tries < 100 && (await asked()) === 'processing'; tries += 1) await pause(10);
      expect(await asked()).toBe('repaid');
      expect((await order.ask('repay.query', { repaymentRef: 'rep_never' })).kind).toBe('not_found');
      if (adapter.callback !== undefined) {
        await until(() => order.heard().some(({ repayment }) => repayment?.repaymentRef === 'rep_c' && repayment.answer.kind === 'repaid'));
      }
      expect((await pay('rep_d', offer.amount, null)).kind).toBe('repaid');
      expect(await order.until((answer) => answer.kind === 'loan' && answer.news.status === 'settled')).toBeDefined();
    });

  if (adapter.plan !== undefined)
    it('tells its plan once there is a loan', async () => {
      const order = house.order(APPROVES);
      const offer = offerOf(await order.decide())!;
      await order.drawAll(offer);
      const told = await order.ask('plan');
      expect(told).toMatchObject({ kind: 'loan' });
      expect((told as { news: { plan?: unknown } }).news.plan).toEqual(offer.plan);
    });

  if (adapter.redirect !== undefined)
    it('gives a link that opens once, and another each time', async () => {
      const order = house.order(APPROVES);
      const asked = house.adapter.precheck === undefined ? await order.ask('submit') : (await order.ask('precheck'), await order.ask('submit'));
      expect(asked.kind).toBe('pending');
      const [first, second] = [await order.ask('redirect', { destination: 'credit' }), await order.ask('redirect', { destination: 'credit' })] as {
        url: string;
        expiresAtMs: number | null;
      }[];
      expect(first!.url).not.toBe(second!.url);
      expect([(await fetch(first!.url)).status, (await fetch(first!.url)).status]).toEqual([200, 410]);
      if (first!.expiresAtMs !== null) expect(Math.abs(first!.expiresAtMs - Date.now() - 60_000)).toBeLessThan(5_000);
      expect((await house.order(APPROVES).ask('redirect', { destination: 'credit' })).kind).toBe('not_found');
    });

  it('answers a wrong secret with what it would have signed, and the adapter sees its own fault', async () => {
    const { secrets } = worldOf(id);
    const wrong = Object.fromEntries(Object.entries(secrets).map(([name, value]) => [name, another(name, value)]));
    const { submit } = adapter;
    const { ref } = house.order(APPROVES);
    const before = house.double.stats().badSignatures;
    const reply = await send(submit.build({ ...house.context(), secrets: wrong }, { ref, funderRef: null }, granted(submit.needs)));
    const text = new TextDecoder().decode(reply.body);
    expect(text).toMatch(/string[_-]?to[_-]?sign/i);
    for (const secret of secretValues(id)) expect(text).not.toContain(secret);
    expect(submit.read(house.context(), reply)).toMatchObject({ kind: 'unavailable', fault: 'ours', retryable: false });
    expect(house.double.stats().badSignatures).toBe(before + 1);
  });

  it.each([
    ['slow', { slow: { next: 1, ms: 5_000 } }],
    ['dropped', { drop: { next: 1 } }],
  ] as const)('has taken a submit whose reply was %s: asking again settles it', async (_, faults) => {
    const order = await readyToSubmit(house);
    house.double.setFaults(faults);
    const before = house.double.stats().submits;
    await expect(order.ask('submit', undefined, 150)).rejects.toThrow();
    house.double.setFaults({});
    expect(house.double.stats().submits).toBe(before + 1);
    expect(['not_found', 'unknown', 'unavailable']).not.toContain((await order.ask(adapter.query === undefined ? 'submit' : 'query')).kind);
    expect(house.double.stats().submits).toBe(before + 1);
  });

  it('answers rubbish, which the adapter reads as not known', async () => {
    const order = await readyToSubmit(house);
    house.double.setFaults({ garbage: { next: 1 } });
    expect((await order.ask('submit')).kind).toBe('unknown');
    expect((await order.ask('submit')).kind).not.toBe('unknown');
  });

  if (adapter.callback !== undefined)
    it('sends its callbacks twice in the same bytes, and is read alike both times', async () => {
      house.double.setFaults({ duplicate: { share: 1 } });
      const order = house.order(APPROVES);
      const offer = offerOf(await order.decide())!;
      if (adapter.draw !== undefined) await order.drawAll(offer);
      await until(() => order.heard().length >= 2);
      house.double.setFaults({});
      const mine = house.heard.filter(({ news }) => news !== null && [order.ref, order.funderRef].includes(news.attempt.value));
      const [first, second] = mine.filter(({ text }) => text === mine[0]!.text);
      expect(second).toEqual(first);
    });

  it('was asked all that it can answer', () => {
    expect(callsOf(adapter).filter((name) => !house.asked.has(name))).toEqual([]);
  });
});

describe('a double', () => {
  it('repeats a callback that is not taken, unless it is of the kind that never does', async () => {
    const house = await openHouse('lotus-md5', { latencyScale: 0, faults: { oneShot: { next: 1 } } });
    try {
      house.deaf = true;
      await house.order(APPROVES).ask('submit');
      await until(() => house.double.stats().callbacks.sent === 1);
      await pause(450);
      expect(house.double.stats().callbacks).toMatchObject({ sent: 1, refused: 1 });
      await house.order(APPROVES).ask('submit');
      await until(() => house.double.stats().callbacks.sent === 3);
    } finally {
      await house.close();
    }
  });

  it('hits the same share of its calls each time for the same seed', async () => {
    const outcomes = async (seed: number): Promise<string> => {
      const house = await openHouse('harbor-json', { seed, latencyScale: 0, faults: { garbage: { share: 0.5 } } });
      try {
        const kinds = [];
        for (let index = 0; index < 12; index += 1) kinds.push((await house.order(APPROVES).ask('submit')).kind);
        return kinds.join();
      } finally {
        await house.close();
      }
    };
    const [first, again, other] = [await outcomes(5), await outcomes(5), await outcomes(6)];
    expect(first).toBe(again);
    expect(first).not.toBe(other);
    expect(first).toMatch(/unknown/);
    expect(first).toMatch(/approved|pending/);
  });

  it('is not started for an adapter that is not there, nor with faults that mean nothing', async () => {
    await expect(startDouble({ adapter: 'nowhere', secrets: {} })).rejects.toThrow(/adapters\/nowhere\/double\.ts/);
    await expect(startDouble({ adapter: '../kit', secrets: {} })).rejects.toThrow(/named by the name of its folder/);
    await expect(startDouble({ adapter: 'harbor-json', secrets: {}, faults: { drop: { share: 2 } } })).rejects.toThrow(/fault drop/);
  });
});

/** An order just before its full application: prechecked and agreed to where the funder wants that. */
async function readyToSubmit(house: House): Promise<Order> {
  const order = house.order(APPROVES);
  if (house.adapter.precheck === undefined) return order;
  const answer = await order.ask('precheck');
  if (answer.kind === 'eligible' && answer.step !== undefined) {
    await order.take(answer.step);
    await order.until(({ kind }) => kind === 'authorised');
  }
  return order;
}

async function cardOf(order: Order): Promise<string | null> {
  const listed = await order.ask('cards.list').catch(() => null);
  return listed?.kind === 'cards' ? (listed.cards[0]?.ref ?? null) : null;
}

/** A secret of the same form that is not this one. The funder's public keys stay: without them nothing could be sealed to it. */
function another(name: string, value: string): string {
  if (/public/.test(name)) return value;
  if (value.includes('PRIVATE KEY')) {
    const kind = createPrivateKey(value).asymmetricKeyType;
    const pair = kind === 'rsa' ? generateKeyPairSync('rsa', { modulusLength: 2_048 }) : generateKeyPairSync('ec', { namedCurve: 'SM2' });
    return pair.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  }
  const middle = Math.floor(value.length / 2);
  return `${value.slice(0, middle)}${value[middle] === '0' ? '1' : '0'}${value.slice(middle + 1)}`;
}
