/** Sends a crowd of made-up applicants through a server, so many at a time, and counts what becomes of them. */
import { randomBytes } from 'node:crypto';
import { makeApplicants } from '../../../fixtures/demo/applicants.ts';
import { sandboxFunders } from '../../../fixtures/funders.ts';
import { SANDBOX_PARTNER } from '../../runtime/sandbox-seed.ts';
import { createClient, sandboxKeysOf, type Client } from './client.ts';
import { countFunnel, type Funnel } from './funnel.ts';
import { LADDER_VARIANT, publishLadder } from './ladder.ts';
import { travel, type Course, type World } from './journey.ts';
import { renderPhotos } from './photos.ts';

export interface DemoOptions {
  readonly url: string;
  readonly applications: number;
  readonly seed: number;
  /** Applicants on their way at once. */
  readonly concurrency: number;
  /** `ladder`: by what no other applicant can change, so that equal seeds give equal funnels. `learnt`: as in the real service. */
  readonly routing: 'ladder' | 'learnt';
  /** What partners sign with; null: no postbacks. */
  readonly partnerSecret: string | null;
  /** Called after each applicant. */
  readonly onDone: (done: number) => void;
}

/** Rejects when the server cannot be used; what single applicants meet is part of the funnel. */
export async function runDemo(options: DemoOptions): Promise<Funnel> {
  const keys = await sandboxKeysOf(options.url);
  const client = createClient(options.url, keys.secret);
  if (options.routing === 'ladder') await publishLadder(createClient(options.url, keys.operator), createClient(options.url, keys.approver));
  const funders = sandboxFunders(Object.fromEntries(FUNDER_IDS.map((id) => [id, 'http://127.0.0.1'])));
  const world: World = {
    client,
    photos: await renderPhotos(),
    recipients: FUNDER_IDS,
    textVersions: await textVersionsOf(client),
    variants: options.routing === 'ladder' ? LADDER_VARIANT : '',
    run: randomBytes(6).toString('hex'),
    partner: options.partnerSecret === null ? null : { partnerId: SANDBOX_PARTNER, secret: options.partnerSecret },
  };
  const crowd = makeApplicants(options.applications, options.seed, Date.now());
  const courses: Course[] = [];
  /** The last way of each phone: who comes twice does so after the first time has ended, however slow that was. */
  const ways = new Map<string, Promise<Course>>();
  let next = 0;
  let done = 0;
  const lane = async (): Promise<void> => {
    while (next < crowd.length) {
      const person = crowd[next++]!;
      const before = ways.get(person.phone);
      const way = before === undefined ? travel(world, person) : before.then(() => travel(world, person));
      ways.set(person.phone, way);
      courses[person.n] = await way;
      options.onDone((done += 1));
    }
  };
  await Promise.all(Array.from({ length: Math.min(options.concurrency, crowd.length) }, lane));
  return countFunnel(courses, funders);
}

const FUNDER_IDS = ['fnd_river', 'fnd_summit', 'fnd_lotus', 'fnd_jade', 'fnd_cedar', 'fnd_ember'] as const;

async function textVersionsOf(client: Client): Promise<World['textVersions']> {
  const reply = await client.call('GET', `/v1/consent-texts?recipients=platform,${FUNDER_IDS[0]}`);
  if (!reply.ok) throw new Error(`the consent texts were answered ${reply.status} ${reply.code}`);
  const texts = (reply.body as { data: { purpose: string; text_version: string }[] }).data;
  const version = (purpose: string): string => texts.find((text) => text.purpose === purpose)?.text_version ?? 'none';
  return { application: version('application'), credit_decision: version('credit_decision') };
}
