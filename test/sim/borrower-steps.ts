/** What a simulated borrower does at funders, through us: opens pages, binds cards, enters codes, says no, and pays before the day. */
import type { ApplicationView, Need } from '../../src/flow/view-application.ts';
import { ask, insist, type BorrowerWorld, type Mine } from './borrower-world.ts';
import { BANK_CODE } from './loan-desk.ts';
import { PUBLIC_URL } from './setting.ts';

type StepNeed = Extract<Need, { readonly step: string }>;

export async function takeSteps(world: BorrowerWorld, mine: Mine, view: ApplicationView): Promise<void> {
  for (const need of view.needs) {
    if (!('step' in need) || !world.open()) continue;
    if (need.kind === 'open_link') await openPage(world, mine, need);
    else if (need.kind === 'bind_card') await bindCard(world, mine, need);
    else await enterCode(world, mine, need);
  }
}

/** Once or twice, for different amounts; the second while the first may be under way. */
export async function repayEarly(world: BorrowerWorld, mine: Mine, { loan }: ApplicationView): Promise<void> {
  const { dice } = world;
  if (loan === undefined || loan.plan.length === 0) return;
  for (let round = 1; round <= 2 && dice.chance(0.8); round += 1) {
    const whole = dice.chance(0.3);
    const upTo = whole ? null : dice.pick(loan.plan).month;
    const due = loan.plan.filter(({ month }) => upTo === null || month <= upTo);
    const body = { amount_fen: due.reduce((sum, part) => sum + part.total_fen, 0), up_to_month: upTo };
    const request = ask(mine, 'POST', '/repayments', body);
    const key = `repay-${mine.id}-${round}-${dice.int(1_000)}`;
    const reply = await insist(world, { ...request, headers: { ...request.headers, 'idempotency-key': key } });
    if (reply?.status === 202)
      world.acknowledged({ kind: 'repaying', applicationId: mine.id, repaymentId: (JSON.parse(reply.text) as { id: string }).id });
  }
}

/** Opens it through our address, is there for a while, and agrees, refuses, or is never heard of again. */
async function openPage(world: BorrowerWorld, mine: Mine, need: Extract<StepNeed, { kind: 'open_link' }>): Promise<void> {
  const { dice } = world;
  if (dice.chance(0.1)) return void (await take(world, mine, need, { skip: true }));
  const opened = await world.call({ method: 'GET', path: need.url.slice(PUBLIC_URL.length), headers: {} });
  const location = opened?.status === 302 ? opened.headers.get('location') : null;
  if (location === null || dice.chance(0.15)) return;
  await world.sleep(dice.chance(0.2) ? dice.between(5_000, 60_000) : dice.between(200, 5_000));
  world.visit(location, dice.chance(0.85));
}

async function bindCard(world: BorrowerWorld, mine: Mine, need: Extract<StepNeed, { kind: 'bind_card' }>): Promise<void> {
  const { dice } = world;
  if (dice.chance(0.15)) return;
  if (need.cards.length > 0 && dice.chance(0.6))
    return take(world, mine, need, { card_ref: dice.chance(0.9) ? dice.pick(need.cards).ref : 'of-another' });
  const number = dice.pick(mine.cards);
  await take(world, mine, need, {
    card_number: dice.chance(0.9) ? number : number.replace(/.$/, (last) => String((Number(last) + 1) % 10)),
    bank_phone: mine.phone,
  });
}

async function enterCode(world: BorrowerWorld, mine: Mine, need: StepNeed): Promise<void> {
  const { dice } = world;
  if (dice.chance(0.1)) return;
  // Another card instead, or a code: the right one, or one misread.
  if (dice.chance(0.1)) return take(world, mine, need, { card_number: dice.pick(mine.cards), bank_phone: mine.phone });
  await take(world, mine, need, { code: dice.chance(0.8) ? BANK_CODE : '111111' });
}

async function take(world: BorrowerWorld, mine: Mine, { step }: StepNeed, body: object): Promise<void> {
  const request = ask(mine, 'POST', `/steps/${step}`, body);
  const keyed = world.dice.chance(0.5) ? { 'idempotency-key': `step-${step}-${world.nowMs()}` } : {};
  await insist(world, { ...request, headers: { ...request.headers, ...keyed } });
}
