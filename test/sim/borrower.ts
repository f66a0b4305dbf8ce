/** A simulated borrower: applies with one key however often the line breaks, answers or refuses, looks again, takes, takes back, is forgotten. */
import { makeIdNumber } from '../../src/domain/id-number.ts';
import type { ApplicationView } from '../../src/flow/view-application.ts';
import { repayEarly, takeSteps } from './borrower-steps.ts';
import { ask, insist, type Ask, type BorrowerWorld, type Mine } from './borrower-world.ts';
import type { Dice } from './dice.ts';

interface Person {
  readonly phone: string;
  readonly idNumber: string;
  readonly name: string;
  readonly cards: readonly string[];
}
const TEXT_VERSION = '2026-11-01';

/** Lives a life; ends when the world closes. */
export async function liveBorrower(world: BorrowerWorld, number: number): Promise<void> {
  const { dice } = world;
  const person = makePerson(number, dice);
  await world.sleep(dice.int(8_000));
  for (let round = 1; world.open() && round <= 3; round += 1) {
    const mine = await create(world, person, `${number}.${round}`);
    if (mine === null) return;
    const again = await follow(world, mine);
    if (!again) return;
  }
}

async function create(world: BorrowerWorld, person: Person, tag: string): Promise<Mine | null> {
  const { dice } = world;
  const draft = dice.chance(0.25);
  const key = dice.chance(0.5) ? world.keys.publishable : world.keys.secret;
  const auth = { authorization: `Bearer ${key}`, 'content-type': 'application/json', 'accept-language': 'en' };
  const whole = {
    name: person.name,
    id_number: person.idNumber,
    phone: person.phone,
    phone_verification_id: 'pv_sandbox',
    monthly_income_fen: dice.between(3, 30) * 100_000,
    employment: dice.pick(['salaried', 'self_employed', 'freelance']),
  };
  const body = {
    draft,
    applicant: draft && dice.chance(0.5) ? { phone: person.phone, phone_verification_id: 'pv_sandbox' } : whole,
    request: { amount_fen: dice.between(5, 100) * 100_000, term_months: dice.pick([3, 6, 12]), purpose: 'consumption' },
    documents: draft && dice.chance(0.3) ? [] : ['doc_sandbox_front', 'doc_sandbox_back'],
    consents: consents(world, draft && dice.chance(0.3) ? [] : ['platform', ...world.funderIds.filter(() => dice.chance(0.6))]),
    visit: { variant: tag, device_id: `device-${tag}` },
  };
  const wait = dice.chance(0.2) ? { prefer: `wait=${dice.between(1, 8)}` } : {};
  const ask: Ask = {
    method: 'POST',
    path: '/v1/applications',
    headers: { ...auth, 'idempotency-key': `create-${tag}`, ...wait },
    body: JSON.stringify(body),
  };
  const reply = await insist(world, ask);
  if (reply === null) return null;
  if (reply.status !== 201) {
    world.fail('no_internal_error', `a create was answered ${reply.status}`);
    return null;
  }
  const view = JSON.parse(reply.text) as ApplicationView;
  const { phone, idNumber, name, cards } = person;
  world.acknowledged({ kind: 'created', ask, reply, applicationId: view.id, secrets: [phone, idNumber, name], cards });
  const mine: Mine = { id: view.id, phone, cards, headers: key === world.keys.publishable ? { ...auth, 'client-token': view.client_token! } : auth };
  if (draft && dice.chance(0.8)) await finishDraft(world, mine, whole);
  // Second thoughts while the first funders are being asked.
  if (dice.chance(world.fickle)) {
    await world.sleep(dice.int(400));
    await withdrawOneConsent(
      world,
      mine,
      view.attempts.map((attempt) => attempt.funder.id),
    );
  }
  return mine;
}

async function finishDraft(world: BorrowerWorld, mine: Mine, whole: object): Promise<void> {
  const { dice } = world;
  await world.sleep(dice.int(5_000));
  const body = { applicant: whole, documents: ['doc_sandbox_front', 'doc_sandbox_back'], consents: consents(world, ['platform']) };
  if (dice.chance(0.5)) await insist(world, ask(mine, 'PATCH', '', body));
  await insist(world, ask(mine, 'POST', '/submit', body));
}

/** Looks and acts until it ends; true when this person wants to apply once more. */
async function follow(world: BorrowerWorld, mine: Mine): Promise<boolean> {
  const { dice } = world;
  let patience = dice.between(...world.patience);
  while (world.open() && patience > 0) {
    patience -= 1;
    await world.sleep(dice.chance(0.1) ? dice.between(5_000, 40_000) : dice.between(100, 3_000));
    if (!world.open()) return false;
    const seen = await world.call(ask(mine, 'GET', ''));
    if (seen === null || seen.status !== 200) continue;
    const view = JSON.parse(seen.text) as ApplicationView;
    if (dice.chance(world.fickle))
      await withdrawOneConsent(
        world,
        mine,
        view.attempts.map((attempt) => attempt.funder.id),
      );
    if (dice.chance(0.02)) await withdraw(world, mine);
    if (dice.chance(0.02) && (await erase(world, mine))) return dice.chance(0.5);
    if (dice.chance(0.8)) await takeSteps(world, mine, view);
    if (await act(world, mine, view)) return dice.chance(0.4);
  }
  return false;
}

/** Returns true when there is nothing more to do with it. */
async function act(world: BorrowerWorld, mine: Mine, view: ApplicationView): Promise<boolean> {
  const { dice } = world;
  switch (view.status) {
    case 'needs_consent':
      await answer(world, mine, view);
      return false;
    case 'offered':
      if (dice.chance(0.7)) await takeOffer(world, mine, view);
      return false;
    case 'declined':
      await lookAtPartners(world, mine);
      return dice.chance(0.5);
    case 'refused':
    case 'expired':
    case 'withdrawn':
    case 'erased':
      if (dice.chance(0.2)) await erase(world, mine);
      return true;
    case 'disbursed':
      await repayEarly(world, mine, view);
      if (dice.chance(0.1)) await erase(world, mine);
      return dice.chance(0.2);
    default:
      return false;
  }
}

async function answer(world: BorrowerWorld, mine: Mine, view: ApplicationView): Promise<void> {
  const { dice } = world;
  const wanted = view.needs.flatMap((need) => (need.kind === 'consents' ? need.recipients.map(({ recipient }) => recipient) : []));
  const yes = wanted.filter(() => dice.chance(0.7));
  const refused = wanted.filter((recipient) => !yes.includes(recipient) && dice.chance(0.8));
  await insist(world, ask(mine, 'POST', '/consents', { consents: consents(world, yes), refused }));
  if (yes.length === 0 || !dice.chance(world.fickle)) return;
  await world.sleep(dice.int(400));
  await withdrawOneConsent(world, mine, [dice.pick(yes)]);
}

async function takeOffer(world: BorrowerWorld, mine: Mine, view: ApplicationView): Promise<void> {
  const { dice } = world;
  const open = view.offers.filter((offer) => offer.status === 'open');
  if (open.length === 0) return;
  const offer = dice.pick(open);
  const shown = await world.call(ask(mine, 'POST', `/offers/${offer.id}/disclosure`, {}));
  if (shown === null || shown.status !== 200) return;
  await world.sleep(dice.between(1_000, 4_000));
  const { hash } = JSON.parse(shown.text) as { hash: string };
  const accept = ask(mine, 'POST', `/offers/${offer.id}/accept`, { disclosure_hash: hash });
  const reply = await insist(world, { ...accept, headers: { ...accept.headers, 'idempotency-key': `accept-${offer.id}` } });
  if (reply?.status === 200) world.acknowledged({ kind: 'accepted', applicationId: mine.id });
}

async function withdrawOneConsent(world: BorrowerWorld, mine: Mine, asked: readonly string[]): Promise<void> {
  const recipient = world.dice.pick(asked.length > 0 && world.dice.chance(0.7) ? asked : world.funderIds);
  const sentAtMs = world.nowMs();
  const reply = await world.call(ask(mine, 'DELETE', `/consents/${recipient}`));
  if (reply?.status === 200) world.acknowledged({ kind: 'consent_withdrawn', applicationId: mine.id, recipient, sentAtMs });
}

async function withdraw(world: BorrowerWorld, mine: Mine): Promise<void> {
  const reply = await world.call(ask(mine, 'POST', '/withdraw', {}));
  if (reply?.status === 200) world.acknowledged({ kind: 'withdrawn', applicationId: mine.id });
}

async function erase(world: BorrowerWorld, mine: Mine): Promise<boolean> {
  const reply = await world.call({ method: 'POST', path: '/v1/erasures', headers: mine.headers, body: JSON.stringify({ application_id: mine.id }) });
  if (reply?.status !== 201) return false;
  world.acknowledged({ kind: 'erased', applicationId: mine.id });
  return true;
}

async function lookAtPartners(world: BorrowerWorld, mine: Mine): Promise<void> {
  const shown = await world.call(ask(mine, 'GET', '/partner-offers'));
  if (shown?.status !== 200) return;
  const links = [...shown.text.matchAll(/"link":"[^"]*(\/r\/[^"]+)"/g)].map((found) => found[1]!);
  if (links.length === 0) return;
  const followed = await world.call({ method: 'GET', path: world.dice.pick(links), headers: {} });
  const clickId = /clk_[0-9a-z]{22}/.exec(followed?.headers.get('location') ?? '')?.[0];
  if (clickId !== undefined) world.clicked(clickId);
}

function consents(world: BorrowerWorld, recipients: readonly string[]): object[] {
  const agreedAt = new Date(world.nowMs()).toISOString();
  return recipients.map((recipient) => ({
    recipient,
    purpose: recipient === 'platform' ? 'application' : 'credit_decision',
    text_version: TEXT_VERSION,
    agreed_at: agreedAt,
  }));
}

function makePerson(number: number, dice: Dice): Person {
  const birthDate = `${dice.between(1972, 2005)}-0${dice.between(1, 9)}-1${dice.int(10)}`;
  return {
    phone: `139${String(10_000_000 + number).padStart(8, '0')}`,
    idNumber: makeIdNumber({ region: '110105', birthDate, sequence: number % 500, sex: 'f' }),
    name: `李${'一二三四五六七八九十'[number % 10]}`,
    cards: [makeCard(number * 2), makeCard(number * 2 + 1)],
  };
}

/** A card number with its check digit (Luhn), unlike any other number of this world. */
function makeCard(number: number): string {
  const digits = `62220299${String(number).padStart(7, '0')}`;
  const sum = [...digits].toReversed().reduce((total, digit, at) => {
    const part = Number(digit) * (at % 2 === 0 ? 2 : 1);
    return total + (part > 9 ? part - 9 : part);
  }, 0);
  return `${digits}${(10 - (sum % 10)) % 10}`;
}
