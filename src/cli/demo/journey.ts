/**
 * One applicant's way through the public API: phone, photos, form, consents, waiting, and then an offer taken or partner offers looked at.
 * It knows what the API tells it and nothing else; what it saw is handed back for the funnel.
 */
import type { DemoApplicant } from '../../../fixtures/demo/applicants.ts';
import { createDice } from '../../../fixtures/demo/dice.ts';
import { pause, type Client, type Good, type Offer, type Refusal, type View } from './client.ts';
import { lookAtPartnerOffers, type PartnerSecret, type Promotion } from './partner-offers.ts';
import type { Photos } from './photos.ts';

export interface Course {
  readonly trait: DemoApplicant['trait'];
  /** How far it got: `rejected` means that a field was refused outright (422) and nothing was stored. */
  readonly end: 'rejected' | 'unfinished' | 'through';
  /** Why it was rejected: the fault's code. */
  readonly fault: string | null;
  readonly view: View | null;
  /** When the borrower last agreed to something, by this machine's clock: a funder asked after that did not start before. */
  readonly agreedAtMs: readonly number[];
  readonly promotion: Promotion;
}

export interface World {
  readonly client: Client;
  readonly photos: Photos;
  readonly recipients: readonly string[];
  readonly textVersions: Readonly<Record<'application' | 'credit_decision', string>>;
  /** Put before an applicant's variant. */
  readonly variants: string;
  readonly run: string;
  readonly partner: PartnerSecret | null;
}

const PATIENCE_MS = 60_000;
const MOVING = new Set(['screening', 'routing', 'pending']);
const NOTHING: Promotion = { shown: 0, clicked: 0, leads: 0 };

export async function travel(world: World, person: DemoApplicant): Promise<Course> {
  const dice = createDice(person.n * 2_654_435_761);
  const end = (outcome: Partial<Course> & Pick<Course, 'end'>): Course => ({
    trait: person.trait,
    fault: null,
    view: null,
    agreedAtMs: [],
    promotion: NOTHING,
    ...outcome,
  });
  const verification = await verifyPhone(world.client, person.phone);
  if (typeof verification !== 'string') return end({ end: 'rejected', fault: faultOf(verification) });
  const documents = await world.photos.documentsFor(world.client, person.photos, person.n);
  const created = await apply(world, person, verification, documents);
  if (!created.ok) return end({ end: 'rejected', fault: faultOf(created) });
  let view = created.body as View;
  if (view.status === 'draft') {
    if (!person.persists) return end({ end: 'unfinished', view });
    view = await complete(world, person, view);
  }
  const agreedAtMs: number[] = [];
  view = await settle(world, person, view, agreedAtMs);
  if (view.status === 'offered') view = await consider(world.client, person, view);
  const promotion =
    view.status === 'declined' || view.status === 'expired' ? await lookAtPartnerOffers(world.client, view.id, person, dice, world.partner) : NOTHING;
  return end({ end: 'through', view, agreedAtMs, promotion });
}

async function verifyPhone(client: Client, phone: string): Promise<string | Refusal> {
  const begun = await client.call('POST', '/v1/phone-verifications', { phone });
  if (!begun.ok) return begun;
  const { id } = begun.body as { id: string };
  const confirmed = await client.call('POST', `/v1/phone-verifications/${id}/confirm`, { code: '000000' });
  return confirmed.ok ? id : confirmed;
}

function apply(world: World, person: DemoApplicant, verification: string, documents: readonly string[]): Promise<Good | Refusal> {
  const body = {
    ...(person.request === null ? { draft: true } : { request: person.request }),
    applicant: { ...person.applicant, phone: person.phone, phone_verification_id: verification },
    documents,
    consents: consentsTo(world, person.consents === 'all' ? ['platform', ...world.recipients] : ['platform']),
    visit: {
      channel: 'h5-demo',
      variant: `${world.variants}${person.variant}`,
      utm: { source: 'demo' },
      device_id: person.device,
      click_id: `${world.run}-${person.n}`,
    },
  };
  return world.client.call('POST', '/v1/applications', body, { 'idempotency-key': `demo-${world.run}-${person.n}`, prefer: 'wait=10' });
}

/** Sends what was asked for: a better photo, or the half of the form that was missing. */
async function complete(world: World, person: DemoApplicant, view: View): Promise<View> {
  const kinds = view.needs.flatMap((need) => need.kinds ?? []);
  const documents = await world.photos.goodOnes(world.client, kinds, person.n);
  const request = person.request ?? { amount_fen: 1_000_000, term_months: 12, purpose: 'consumption' };
  return viewOf(
    await world.client.call('POST', `/v1/applications/${view.id}/submit`, {
      ...(person.request === null ? { request } : {}),
      ...(documents.length === 0 ? {} : { documents }),
    }),
  );
}

/** Waits until it needs the borrower or has ended; answers what is asked for on the way. */
async function settle(world: World, person: DemoApplicant, first: View, agreedAtMs: number[]): Promise<View> {
  const { client } = world;
  let view = first;
  const untilMs = performance.now() + PATIENCE_MS;
  while (performance.now() < untilMs) {
    if (view.status === 'needs_consent') {
      const asked = view.needs.flatMap((need) => need.recipients ?? []).map(({ recipient }) => recipient);
      if (asked.length === 0) return view;
      if (person.answer === 'withdraws') return viewOf(await client.call('POST', `/v1/applications/${view.id}/withdraw`));
      const yes = person.answer === 'agrees';
      view = viewOf(
        await client.call('POST', `/v1/applications/${view.id}/consents`, yes ? { consents: consentsTo(world, asked) } : { refused: asked }),
      );
      if (yes) agreedAtMs.push(Date.now());
    } else if (!MOVING.has(view.status)) return view;
    else view = viewOf(await client.call('GET', `/v1/applications/${view.id}`, undefined, { prefer: 'wait=10' }));
  }
  return view;
}

/** Reads what the cheapest offer costs, for as long as it must be on the screen, and takes it or lets it be. */
async function consider(client: Client, person: DemoApplicant, view: View): Promise<View> {
  const [cheapest] = view.offers
    .filter((offer) => offer.status === 'open')
    .toSorted((left: Offer, right: Offer) => left.all_in_apr_bps - right.all_in_apr_bps);
  if (cheapest === undefined) return view;
  const path = `/v1/applications/${view.id}/offers/${cheapest.id}`;
  const shown = await client.call('POST', `${path}/disclosure`);
  if (!shown.ok || !person.takesOffer) return view;
  const { hash, accept_after: acceptAfter } = shown.body as { hash: string; accept_after: string };
  await pause(Math.max(0, Date.parse(acceptAfter) - Date.now()) + 5);
  const accepted = await client.call('POST', `${path}/accept`, { disclosure_hash: hash }, { 'idempotency-key': `accept-${cheapest.id}` });
  if (!accepted.ok) return view;
  // Until it is paid out: what counts is whether, and not how soon.
  const untilMs = performance.now() + PATIENCE_MS;
  let after = view;
  do after = viewOf(await client.call('GET', `/v1/applications/${view.id}`, undefined, { prefer: 'wait=15' }));
  while (after.status === 'accepted' && performance.now() < untilMs);
  return after;
}

function consentsTo(world: World, recipients: readonly string[]) {
  const agreedAt = new Date().toISOString();
  return recipients.map((recipient) => {
    const purpose = recipient === 'platform' ? 'application' : 'credit_decision';
    return { recipient, purpose, text_version: world.textVersions[purpose], agreed_at: agreedAt };
  });
}

function viewOf(reply: Good | Refusal): View {
  if (reply.ok) return reply.body as View;
  throw new Error(`an application was answered ${reply.status} ${reply.code} ${reply.faults.join(' ')}`);
}

function faultOf(refusal: Refusal): string {
  return refusal.faults[0] ?? refusal.code;
}
