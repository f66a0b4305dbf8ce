/** After acceptance: the payout found out whatever is lost on the way, and the loan as its funder reports it. */
import { describe, expect, it } from 'vitest';
import type { LoanRow } from '../../src/store/index.ts';
import {
  approves,
  attempts,
  DAY,
  decides,
  eventsOf,
  funder,
  HOUR,
  knowsNot,
  lost,
  offerOf,
  order,
  person,
  planOf,
  policy,
  reply,
  scripted,
  state,
  tooLate,
  type Ask,
  type Script,
  type ScriptedWorld,
} from './scripted.ts';

const ONE = [funder('one', 1)];
const loan = (world: ScriptedWorld, id: unknown): LoanRow => world.service.deps.store.offers.loanOf(id as string)!;
const loanEvents = (world: ScriptedWorld, id: unknown): string[] => eventsOf(world, id).filter((type) => type.startsWith('loan.'));
const paying = (ask: Pick<Ask, 'ref' | 'atMs'>) => order(ask, { status: 'approved', loan: { status: 'disbursing' } });
const paid = (ask: Pick<Ask, 'ref' | 'atMs'>, more: object = {}) =>
  order(ask, { status: 'approved', loan: { status: 'disbursed', amount_fen: 2_000_000, instalments: planOf(2_000_000, 12, 1_200), ...more } });
const draws = (world: ScriptedWorld): Ask[] => world.asks.filter(({ kind }) => kind === 'draw');

/** An application whose offer was read and accepted; the funder says `script` from then on. */
async function accepted(script: Script): Promise<{ world: ScriptedWorld; id: string; ref: string }> {
  const world = await scripted(ONE);
  const made = await world.apply(person(1));
  const id = made.json['id'] as string;
  const offer = (made.json['offers'] as unknown as { id: string }[])[0]!.id;
  const path = `/v1/applications/${id}/offers/${offer}`;
  const early = await world.call('POST', `${path}/accept`, { key: world.keys.secret });
  expect([early.status, early.json['code']]).toEqual([409, 'disclosure_required']);
  const shown = await world.call('POST', `${path}/disclosure`, { key: world.keys.secret });
  await world.settle(2_000);
  const unread = await world.call('POST', `${path}/accept`, { key: world.keys.secret });
  expect([unread.json['code'], unread.headers.get('retry-after')]).toEqual(['reading_time', '1']);
  await world.settle(1_000);
  world.scripts['fnd_one'] = script;
  const done = await world.call('POST', `${path}/accept`, { key: world.keys.secret, json: { disclosure_hash: shown.json['hash'] } });
  expect([done.status, done.json['status']]).toEqual([200, 'accepted']);
  await world.settle();
  return { world, id, ref: loan(world, id).attemptId };
}

describe('the draw', () => {
  it('is made once, and the payout ends the application', async () => {
    const { world, id } = await accepted((ask) => (ask.kind === 'draw' ? paying(ask) : paid(ask)));
    expect([loan(world, id).state, draws(world).map(({ body }) => body)]).toEqual([
      'disbursing',
      [expect.objectContaining({ amount_fen: 2_000_000, term_months: 12 })],
    ]);
    await world.settle(10_000);
    expect([loan(world, id).state, state(world, id)]).toEqual(['active', 'disbursed']);
    expect(loanEvents(world, id)).toEqual(['loan.created', 'loan.disbursing', 'loan.active']);
    expect(draws(world)).toHaveLength(1);
    // Next asked about at night, 01:00 to 05:00 in Shanghai.
    const hour = (new Date(world.service.deps.store.feed.timer('loan', loan(world, id).id)!.dueAtMs).getUTCHours() + 8) % 24;
    expect([1, 2, 3, 4]).toContain(hour);
    await world.close();
  });

  it('whose answer was lost is settled by query, not drawn again', async () => {
    const { world, id } = await accepted((ask) => (ask.kind === 'draw' ? lost : ask.before < 4 ? lost : paying(ask)));
    expect(loan(world, id).state).toBe('contracting');
    await world.settle(HOUR);
    expect([loan(world, id).state, draws(world).length]).toEqual(['disbursing', 1]);
    world.scripts['fnd_one'] = (ask) => paid(ask);
    await world.settle(HOUR);
    expect([loan(world, id).state, state(world, id), draws(world).length]).toEqual(['active', 'disbursed', 1]);
    await world.close();
  });

  it('that never arrived is made again, only once the funder says it stands as merely approved', async () => {
    const { world, id } = await accepted((ask) =>
      ask.kind === 'draw' ? (ask.before === 0 ? lost : paying(ask)) : ask.before < 1 ? knowsNot() : approves(ask),
    );
    await world.settle(5_000);
    expect(draws(world)).toHaveLength(1);
    await world.settle(60_000);
    expect(draws(world)).toHaveLength(2);
    expect(loan(world, id).state).toBe('disbursing');
    await world.close();
  });

  it('that is refused ends loan and application', async () => {
    const { world, id } = await accepted((ask) => ({
      kind: 'response',
      response: { status: 409, headers: {}, body: new TextEncoder().encode(`{"error":{"code":"card_closed"},"ref":"${ask.ref}"}`) },
    }));
    expect([loan(world, id).state, state(world, id)]).toEqual(['failed', 'declined']);
    const view = await world.call('GET', `/v1/applications/${id}`, { key: world.keys.secret });
    expect(view.json).toMatchObject({ status: 'declined', reasons: [{ code: 'disbursement_failed' }], loan: { status: 'failed' } });
    await world.close();
  });
});

describe('news of a loan', () => {
  /** Reports by callback, each with a message id and a time of its own. */
  async function running() {
    const { world, id, ref } = await accepted((ask) =>
      ask.kind === 'draw' ? paying(ask) : order(ask, { status: 'approved', loan: { status: 'disbursing' } }),
    );
    let serial = 0;
    const say = async (status: string, more: object = {}, atMs = world.clock.nowMs()): Promise<void> => {
      await world.callBack('fnd_one', ref, { status: 'approved', loan: { status, ...more } }, { messageId: `m${(serial += 1)}`, atMs });
      await world.settle();
    };
    return { world, id, say };
  }

  it('follows it from payout to the last instalment', async () => {
    const { world, id, say } = await running();
    await say('disbursed', { amount_fen: 1_900_000, instalments: planOf(1_900_000, 12, 1_200) });
    expect(loan(world, id)).toMatchObject({ state: 'active', amountFen: 1_900_000, disbursedAtMs: world.clock.nowMs() });
    await world.leap(40 * DAY);
    await say('overdue', { overdue_days: 3 });
    expect(loan(world, id)).toMatchObject({ state: 'overdue', overdueDays: 3 });
    await world.leap(DAY);
    await say('current');
    expect(loan(world, id)).toMatchObject({ state: 'active', overdueDays: 0 });
    await world.leap(DAY);
    await say('settled');
    expect(loan(world, id).state).toBe('settled');
    expect(state(world, id)).toBe('disbursed');
    expect(loanEvents(world, id)).toEqual(['loan.created', 'loan.disbursing', 'loan.active', 'loan.overdue', 'loan.active', 'loan.settled']);
    await world.close();
  });

  it('takes a plan that is pushed again, at any time', async () => {
    const { world, id, say } = await running();
    await say('disbursed', { amount_fen: 2_000_000, instalments: planOf(2_000_000, 12, 1_200) });
    await world.leap(DAY);
    await say('current', { instalments: planOf(2_000_000, 6, 1_200) });
    expect([loan(world, id).state, loan(world, id).plan.length]).toEqual(['active', 6]);
    const view = await world.call('GET', `/v1/applications/${id}`, { key: world.keys.secret });
    expect(view.json['loan']['plan']).toHaveLength(6);
    expect(loanEvents(world, id).at(-1)).toBe('loan.plan_changed');
    await world.close();
  });

  it('takes a plan for the payout when nobody told of the payout itself', async () => {
    const { world, id, say } = await running();
    await say('current', { instalments: planOf(2_000_000, 12, 1_200) });
    expect([loan(world, id).state, state(world, id)]).toEqual(['active', 'disbursed']);
    expect(loan(world, id).disbursedAtMs).not.toBeNull();
    await world.close();
  });

  it.each(['overdue', 'settled'])('takes %s for a payout that was missed', async (status) => {
    const { world, id, say } = await running();
    await say(status, { overdue_days: 1 });
    expect([loan(world, id).state, state(world, id)]).toEqual([status, 'disbursed']);
    expect(loanEvents(world, id)).toEqual(['loan.created', 'loan.disbursing', 'loan.active', `loan.${status}`]);
    await world.close();
  });

  it('older than what is known changes nothing, and a settled loan stays settled', async () => {
    const { world, id, say } = await running();
    await say('disbursed', { amount_fen: 2_000_000, instalments: null });
    const paidAtMs = world.clock.nowMs();
    await world.leap(DAY);
    await say('settled');
    await say('overdue', { overdue_days: 9 }, paidAtMs + HOUR);
    await world.leap(DAY);
    await say('overdue', { overdue_days: 9 });
    expect(loan(world, id)).toMatchObject({ state: 'settled', overdueDays: 0 });
    await world.close();
  });

  it('of a loan that nobody accepted is an alarm, never a success', async () => {
    const world = await scripted(ONE);
    const made = await world.apply(person(1));
    const [attempt] = world.service.deps.store.dispatch.ofApplication(made.json['id']);
    await world.callBack(
      'fnd_one',
      attempt!.id,
      { status: 'approved', loan: { status: 'disbursed', amount_fen: 2_000_000 } },
      { atMs: world.clock.nowMs() + 1_000 },
    );
    await world.settle();
    expect([state(world, made.json['id']), attempts(world, made.json['id']), world.service.deps.store.offers.loanOf(made.json['id'])]).toEqual([
      'offered',
      [['one', 'approved']],
      undefined,
    ]);
    expect(world.service.deps.store.feed.eventsOf(made.json['id'], 0).at(-1)).toMatchObject({
      type: 'attempt.alarm',
      data: { alarm: 'loan_without_acceptance' },
    });
    await world.close();
  });

  it('of a loan written off after being overdue is the end of it', async () => {
    const { world, id, say } = await running();
    await say('disbursed', { amount_fen: 2_000_000, instalments: null });
    await world.leap(DAY);
    await say('overdue', { overdue_days: 90 });
    await world.leap(DAY);
    await say('written_off');
    expect(loan(world, id).state).toBe('written_off');
    await world.close();
  });
});

it('after a loan that failed without money an approval that comes late may be taken; from then on its loan is the one', async () => {
  const world = await scripted([funder('one', 1), funder('two', 2)], {
    fnd_one: approves,
    fnd_two: (ask) => (ask.kind === 'cancel' ? tooLate() : decides(ask)),
  });
  await policy(world, { strategy: 'rate_table' });
  const made = await world.apply(person(1));
  const id = made.json['id'] as string;
  const key = world.keys.secret;
  const view = () => world.call('GET', `/v1/applications/${id}`, { key });
  const take = async (): Promise<void> => {
    const open = ((await view()).json['offers'] as unknown as { id: string; status: string }[]).find(({ status }) => status === 'open')!;
    const path = `/v1/applications/${id}/offers/${open.id}`;
    await world.call('POST', `${path}/disclosure`, { key });
    await world.settle(4_000);
    expect((await world.call('POST', `${path}/accept`, { key })).status).toBe(200);
    await world.settle();
  };
  world.scripts['fnd_one'] = (ask) => reply(409, { error: { code: 'card_closed' }, ref: ask.ref });
  await take();
  expect([state(world, id), loan(world, id).state]).toEqual(['declined', 'failed']);
  const late = world.service.deps.store.dispatch.ofApplication(id).find(({ funderId }) => funderId === 'fnd_two')!;
  await world.callBack('fnd_two', late.id, { status: 'approved', offer: offerOf() }, { atMs: world.clock.nowMs() });
  await world.settle();
  expect(state(world, id)).toBe('offered');
  world.scripts['fnd_two'] = (ask) => (ask.kind === 'draw' ? paying(ask) : paid(ask));
  await take();
  await world.settle(10_000);
  expect([state(world, id), loan(world, id)]).toEqual(['disbursed', expect.objectContaining({ attemptId: late.id, state: 'active' })]);
  expect((await view()).json).toMatchObject({ status: 'disbursed', loan: { status: 'active' } });
  // Money is out: the borrower is not forgotten yet.
  expect((await world.call('POST', '/v1/erasures', { key, json: { application_id: id } })).status).toBe(409);
  await world.close();
});

it('a loan that its funder calls off before the payout ends the application, whichever way that is told', async () => {
  for (const status of ['cancelled', 'declined']) {
    const { world, id, ref } = await accepted((ask) => (ask.kind === 'draw' ? lost : lost));
    await world.callBack('fnd_one', ref, status === 'declined' ? { status, decline: { code: 'credit_score' } } : { status }, {
      atMs: world.clock.nowMs() + 1_000,
    });
    await world.settle();
    expect([status, loan(world, id).state, state(world, id)]).toEqual([status, 'failed', 'declined']);
    await world.close();
  }
});

describe('the nightly question', () => {
  it('finds what no callback told, changes nothing when there is no news, and ends with the loan', async () => {
    const { world, id } = await accepted((ask) => (ask.kind === 'draw' ? paying(ask) : paid(ask)));
    await world.settle(10_000);
    const asked = (): number => world.asks.filter(({ kind }) => kind === 'query').length;
    const before = asked();
    await world.leap(DAY);
    await world.settle(2_000);
    expect([asked() - before, loanEvents(world, id)]).toEqual([1, ['loan.created', 'loan.disbursing', 'loan.active']]);
    world.scripts['fnd_one'] = (ask) => paid(ask, { status: 'overdue', overdue_days: 3 });
    await world.leap(DAY);
    await world.settle(2_000);
    expect([loan(world, id).state, loan(world, id).overdueDays]).toEqual(['overdue', 3]);
    world.scripts['fnd_one'] = (ask) => paid(ask, { status: 'settled' });
    await world.leap(DAY);
    await world.settle(2_000);
    expect([loan(world, id).state, world.service.deps.store.feed.timer('loan', loan(world, id).id)]).toEqual(['settled', undefined]);
    await world.close();
  });
});
