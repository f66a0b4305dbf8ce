/** What a declined borrower does with partner offers, and what the partner then reports. */
import { createHmac } from 'node:crypto';
import type { DemoApplicant } from '../../../fixtures/demo/applicants.ts';
import type { Dice } from '../../../fixtures/demo/dice.ts';
import { fetchAgain, type Client } from './client.ts';

export interface Promotion {
  readonly shown: number;
  readonly clicked: number;
  readonly leads: number;
}
export interface PartnerSecret {
  readonly partnerId: string;
  readonly secret: string;
}
interface PartnerOffers {
  readonly groups: readonly { readonly offers: readonly { readonly id: string; readonly link: string }[] }[];
}

/** How often a click becomes a lead. */
const LEAD_SHARE = 0.3;

/** `partner` null: nobody reports back, for its secret is known to the server alone. */
export async function lookAtPartnerOffers(
  client: Client,
  applicationId: string,
  person: DemoApplicant,
  dice: Dice,
  partner: PartnerSecret | null,
): Promise<Promotion> {
  const reply = await client.call('GET', `/v1/applications/${applicationId}/partner-offers`);
  if (!reply.ok) return { shown: 0, clicked: 0, leads: 0 };
  const links = (reply.body as PartnerOffers).groups.flatMap((group) => group.offers.map((offer) => offer.link));
  let clicked = 0;
  let leads = 0;
  for (const link of links) {
    // Both are thrown for every offer, whatever is done with them: else one click more or less would change all that follow.
    const [clicks, becomesLead] = [dice.chance(person.clicks), dice.chance(LEAD_SHARE)];
    if (!clicks) continue;
    const landing = await follow(client, link);
    if (landing === null) continue;
    clicked += 1;
    if (partner !== null && becomesLead && (await reportLead(client, partner, landing))) leads += 1;
  }
  return { shown: links.length, clicked, leads };
}

/** Where the link leads. It is not gone to: the partner's page lies on the internet, or nowhere. */
async function follow(client: Client, link: string): Promise<URL | null> {
  const response = await fetchAgain(`${client.url}${new URL(link).pathname}`, { redirect: 'manual' });
  await response.arrayBuffer();
  const location = response.headers.get('location');
  return response.status === 302 && location !== null ? new URL(location) : null;
}

async function reportLead(client: Client, { partnerId, secret }: PartnerSecret, landing: URL): Promise<boolean> {
  const clickId = landing.searchParams.get('click') ?? '';
  const body = JSON.stringify({ event_id: `lead-${clickId}`, click_id: clickId, kind: 'lead', at: new Date().toISOString() });
  const timestamp = String(Math.floor(Date.now() / 1_000));
  const signature = createHmac('sha256', secret).update(`${timestamp}.${body}`).digest('hex');
  const response = await fetchAgain(`${client.url}/v1/postbacks/${partnerId}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-timestamp': timestamp, 'x-signature': signature },
    body,
  });
  await response.arrayBuffer();
  return response.ok;
}
