/** Borrowers who press on while the server dies under them. What is acknowledged goes into the ledger. */
import { createDice, type Dice } from '../../fixtures/demo/dice.ts';
import { makePerson } from '../../fixtures/demo/people.ts';
import type { Answer, Caller } from './caller.ts';
import type { Asked, Ledger } from './ledger.ts';

const FUNDERS = ['fnd_river', 'fnd_summit', 'fnd_lotus', 'fnd_jade', 'fnd_cedar', 'fnd_ember'];
const TEXT_VERSION = '2026-11-01';
/** Phones by which the simulated funders misbehave: dropped line, callbacks out of order, forged callback. */
const MAGIC = ['13800000001', '13800000004', '13800000005', '13800000008'];
/** Refusals that a busy or dying server may give. */
const EXPECTED = new Set([409, 503]);

export interface Walk {
  readonly caller: Caller;
  readonly ledger: Ledger;
  readonly dice: Dice;
  readonly photo: Uint8Array;
  /** Numbers applications over all lives of the server. */
  readonly next: () => number;
}
interface View {
  readonly id: string;
  readonly client_token?: string;
  readonly status: string;
  readonly needs: readonly { readonly kind: string; readonly recipients?: readonly { readonly recipient: string }[] }[];
  readonly offers: readonly { readonly id: string; readonly status: string }[];
}

/** One borrower after another until the server is gone. */
export async function press(walk: Walk, gone: () => boolean): Promise<void> {
  while (!gone()) {
    const kind = walk.dice.weighted({ whole: 44, storm: 14, asked: 16, draft: 14, photo: 6, sms: 6 });
    if (kind === 'photo') await uploadPhoto(walk);
    else if (kind === 'sms') await verify(walk);
    else await applyAndGoOn(walk, kind);
  }
}

/** Sends a creation (again). The first answer is remembered; every later one must be the same bytes. */
export async function create({ caller, ledger }: Pick<Walk, 'caller' | 'ledger'>, asked: Asked): Promise<View | null> {
  ledger.requests += 1;
  const headers = { 'idempotency-key': asked.key, ...(asked.prefer === null ? {} : { prefer: asked.prefer }) };
  const answer = await caller.call('POST', '/v1/applications', asked.body, headers);
  if (answer === null) return null;
  if (answer.status !== 201) {
    if (!EXPECTED.has(answer.status)) ledger.faults.push(`creation was answered ${answer.status} ${answer.text.slice(0, 300)}`);
    return null;
  }
  const view = JSON.parse(answer.text) as View;
  if (asked.reply === null) Object.assign(asked, { reply: answer.text, id: view.id, token: view.client_token ?? null });
  else if (asked.reply !== answer.text) ledger.lost.push(`key ${asked.key} was answered with other bytes (${asked.id} then ${view.id})`);
  return view;
}

async function applyAndGoOn(walk: Walk, kind: 'whole' | 'storm' | 'asked' | 'draft'): Promise<void> {
  const asked = makeAsked(walk, kind);
  walk.ledger.asked.set(asked.key, asked);
  const times = kind === 'storm' ? walk.dice.between(2, 50) : 1;
  const views = await Promise.all(Array.from({ length: times }, () => create(walk, asked)));
  const view = views.find((one) => one !== null);
  if (view === undefined || view === null) return;
  if (kind === 'draft') await finishDraft(walk, view);
  else await answerAndTake(walk, view);
}

/** Every application is told apart by its click id, whatever the phone. */
function makeAsked(walk: Walk, kind: string): Asked {
  const n = walk.next();
  const dice = createDice(n * 7_919 + walk.dice.between(0, 2 ** 31));
  const person = makePerson(dice, { n, block: 31_000_000, age: dice.between(24, 53), year: 2026 });
  const phone = dice.chance(0.1) ? dice.pick(MAGIC) : person.phone;
  const amountFen = dice.between(20, 200) * 10_000;
  const clickId = `click-${n}-${dice.between(0, 2 ** 30)}`;
  const recipients = kind === 'asked' ? ['platform'] : ['platform', ...FUNDERS];
  const body = {
    ...(kind === 'draft' ? { draft: true } : {}),
    applicant: {
      name: person.name,
      id_number: person.idNumber,
      phone,
      phone_verification_id: 'pv_sandbox',
      monthly_income_fen: dice.between(40, 250) * 10_000,
      employment: 'salaried',
      assets: { zhima_band: dice.pick(['600_650', '650_700', '700_750', '750_plus']) },
    },
    request: { amount_fen: amountFen, term_months: 12, purpose: 'consumption' },
    documents: ['doc_sandbox_front', 'doc_sandbox_back'],
    consents: recipients.map((recipient) => consentTo(recipient)),
    visit: { channel: 'h5-demo', click_id: clickId },
  };
  return {
    key: `crash-${n}-${dice.between(0, 2 ** 30).toString(36)}`,
    body: JSON.stringify(body),
    name: person.name,
    idNumber: person.idNumber,
    phone,
    amountFen,
    clickId,
    prefer: dice.chance(0.4) ? 'wait=1' : null,
    reply: null,
    id: null,
    token: null,
    replayed: false,
  };
}

async function finishDraft(walk: Walk, view: View): Promise<void> {
  const amountFen = walk.dice.between(20, 200) * 10_000;
  const request = JSON.stringify({ request: { amount_fen: amountFen, term_months: 12, purpose: 'travel' } });
  const patched = await keyedCall(walk, 'PATCH', `/v1/applications/${view.id}`, request);
  if (patched?.status !== 200) return;
  walk.ledger.promised.push({ kind: 'amount', application: view.id, amountFen });
  const submitted = await keyedCall(walk, 'POST', `/v1/applications/${view.id}/submit`, '{}');
  if (submitted?.status === 200) walk.ledger.promised.push({ kind: 'submitted', application: view.id });
}

/** Waits for what comes of it, agrees when asked, takes an offer, looks at advertising, or goes away. */
async function answerAndTake(walk: Walk, first: View): Promise<void> {
  const { caller, ledger, dice } = walk;
  if (dice.chance(0.08)) {
    const gone = await keyedCall(walk, 'POST', `/v1/applications/${first.id}/withdraw`, '{}', false);
    if (gone?.status === 200) ledger.promised.push({ kind: 'withdrawn', application: first.id });
    return;
  }
  const answer = await caller.call('GET', `/v1/applications/${first.id}`, null, { prefer: 'wait=2' });
  if (answer?.status !== 200) return;
  const view = JSON.parse(answer.text) as View;
  if (view.status === 'needs_consent') {
    const recipients = view.needs.flatMap((need) => need.recipients ?? []).map(({ recipient }) => recipient);
    const agreed = await keyedCall(walk, 'POST', `/v1/applications/${view.id}/consents`, JSON.stringify({ consents: recipients.map(consentTo) }));
    if (agreed?.status === 200) ledger.promised.push({ kind: 'consents', application: view.id, recipients });
  } else if (view.status === 'offered') {
    const offer = view.offers.find((one) => one.status === 'open')?.id;
    if (offer === undefined || (await keyedCall(walk, 'POST', `/v1/applications/${view.id}/offers/${offer}/disclosure`, '{}', false))?.status !== 200)
      return;
    const taken = await keyedCall(walk, 'POST', `/v1/applications/${view.id}/offers/${offer}/accept`, '{}');
    if (taken?.status === 200) ledger.promised.push({ kind: 'accepted', application: view.id, offer });
  } else if (view.status === 'declined') await click(walk, view.id);
}

async function click({ caller, ledger }: Walk, application: string): Promise<void> {
  const shown = await caller.call('GET', `/v1/applications/${application}/partner-offers`);
  if (shown?.status !== 200) return;
  const links = (JSON.parse(shown.text) as { groups: { offers: { link: string }[] }[] }).groups.flatMap((group) =>
    group.offers.map(({ link }) => new URL(link).pathname),
  );
  let count = 0;
  for (const link of links.slice(0, 2)) if ((await caller.call('GET', link))?.status === 302) count += 1;
  if (count > 0) ledger.promised.push({ kind: 'clicked', application, count });
}

async function uploadPhoto({ caller, ledger, photo }: Walk): Promise<void> {
  const form = new FormData();
  form.set('kind', 'id_front');
  form.set('file', new Blob([photo as BlobPart], { type: 'image/jpeg' }), 'front.jpg');
  const sent = new Response(form);
  const answer = await caller.call('POST', '/v1/documents', new Uint8Array(await sent.arrayBuffer()), {
    'content-type': sent.headers.get('content-type')!,
  });
  if (answer === null) return;
  if (answer.status === 201) ledger.promised.push({ kind: 'document', document: (JSON.parse(answer.text) as { id: string }).id });
  else if (!EXPECTED.has(answer.status)) ledger.faults.push(`a photo was answered ${answer.status}`);
}

async function verify({ caller, ledger, next }: Walk): Promise<void> {
  const begun = await caller.call('POST', '/v1/phone-verifications', JSON.stringify({ phone: `139${String(next()).padStart(8, '0')}` }));
  if (begun?.status !== 201) return;
  const { id } = JSON.parse(begun.text) as { id: string };
  const confirmed = await caller.call('POST', `/v1/phone-verifications/${id}/confirm`, JSON.stringify({ code: '000000' }));
  if (confirmed?.status === 200) ledger.promised.push({ kind: 'verified', verification: id });
}

/** With a key, the reply is kept to be asked for again. */
async function keyedCall({ caller, ledger, dice }: Walk, method: string, path: string, body: string, withKey = true): Promise<Answer | null> {
  const key = `k-${dice.between(0, 2 ** 31)}-${dice.between(0, 2 ** 31)}`;
  ledger.requests += 1;
  const answer = await caller.call(method, path, body, withKey ? { 'idempotency-key': key } : {});
  if (answer !== null && answer.status >= 500 && answer.status !== 503) ledger.faults.push(`${method} ${path} was answered ${answer.status}`);
  if (withKey && method === 'POST' && answer?.status === 200) ledger.keyed.push({ path, key, body, reply: answer.text });
  return answer;
}

function consentTo(recipient: string) {
  return {
    recipient,
    purpose: recipient === 'platform' ? 'application' : 'credit_decision',
    text_version: TEXT_VERSION,
    agreed_at: new Date().toISOString(),
  };
}
