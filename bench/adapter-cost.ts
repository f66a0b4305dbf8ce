/**
 * What an adapter costs in computing alone: one submit built and its reply read, from the adapter's own world and exemplary cases. Public-key
 * cryptography is told apart, for it is what a protocol asks for and not what an adapter could save.
 */
import { readdirSync, readFileSync } from 'node:fs';
import type { AdapterContext, FieldValues, FunderAdapter, Granted, OutboundResponse } from '../adapters/contract.ts';
import type { Protocol, Secrets, WireReply } from '../src/sandbox/protocols/wire.ts';
import { applicationBody } from './application.ts';
import { median, round } from './measure.ts';

export interface SubmitCost {
  readonly adapter: string;
  /** Build and read of one submit; all figures are medians, each of its own. */
  readonly submit_us: number;
  /** Signing, verifying, sealing and opening by RSA or SM2. */
  readonly asymmetric_us: number;
  /** The same submit when that is free. */
  readonly rest_us: number;
}
const NOW_MS = Date.UTC(2026, 2, 2, 2);
const encoder = new TextEncoder();

/** The stopwatch on public-key cryptography: `asymmetricNs` tells, and forgets, what was spent on it; recalled results cost nothing. */
export interface Meter {
  asymmetricNs(): number;
  recallResults(on: boolean): void;
}

/**
 * Times submits for so long, after as long again to warm up; then the same with the results of public-key cryptography recalled. That gives the
 * adapter's own share: beside it, in a loop that allocates by the megabyte and runs a hundred times a second, code stays cold and garbage is collected.
 */
export async function submitCost(adapter: FunderAdapter, forMs: number, meter: Meter): Promise<SubmitCost> {
  const submit = await submitOf(adapter);
  const whole = timed(submit, forMs, meter);
  meter.recallResults(true);
  const own = timed(submit, forMs, meter);
  meter.recallResults(false);
  const medianUs = (values: readonly number[]): number => round(median(values) / 1_000, 1);
  return {
    adapter: adapter.manifest.id,
    submit_us: medianUs(whole.map(({ ns }) => ns)),
    asymmetric_us: medianUs(whole.map((sample) => sample.asymmetricNs)),
    rest_us: medianUs(own.map((sample) => sample.ns)),
  };
}

interface Sample {
  readonly ns: number;
  readonly asymmetricNs: number;
}

function timed(call: (turn: number) => unknown, forMs: number, meter: Meter): readonly Sample[] {
  samplesOf(call, forMs, meter);
  return samplesOf(call, forMs, meter);
}

/** At least 100 calls, for the engine takes its time to see what is worth compiling. */
function samplesOf(call: (turn: number) => unknown, forMs: number, meter: Meter): readonly Sample[] {
  const samples: Sample[] = [];
  for (let spentNs = 0; spentNs < forMs * 1_000_000 || samples.length < 100; spentNs += samples.at(-1)!.ns) {
    meter.asymmetricNs();
    const from = process.hrtime.bigint();
    call(samples.length);
    const ns = Number(process.hrtime.bigint() - from);
    samples.push({ ns, asymmetricNs: meter.asymmetricNs() });
  }
  return samples;
}

/** One submit and the reading of an exemplary reply, in turns where there are several. Throws when one is not read as a case promises. */
export async function submitOf(adapter: FunderAdapter): Promise<(turn: number) => { readonly kind: string }> {
  const { id } = adapter.manifest;
  const { ctx, secrets } = worldOf(id);
  const { double } = (await import(`../adapters/${id}/double.ts`)) as { readonly double: Protocol };
  const replies = repliesOf(id, (content) => double.reply(content, secrets, NOW_MS));
  const granted = Object.fromEntries(adapter.submit.needs.map((name) => [name, FIELDS[name]])) as unknown as Granted;
  const submit = (turn: number): { readonly kind: string } => {
    adapter.submit.build(ctx, { ref: 'att_01hzx3k9q0002v7c5n8m4', funderRef: 'order-1' }, granted);
    return adapter.submit.read(ctx, replies[turn % replies.length]!);
  };
  const unread = replies.findIndex((_, turn) => ['unknown', 'unavailable'].includes(submit(turn).kind));
  if (replies.length === 0 || unread >= 0) throw new Error(`${id} reads no reply to a submit`);
  return submit;
}

/** How much longer a look-up takes among `more` entries than among those there are; 1 is no longer at all. Medians of rounds taken in turns. */
export function lookupRatio<V>(
  entries: ReadonlyMap<string, V>,
  more: number,
  rounds: number,
): { readonly ns: number; readonly ns_more: number; readonly ratio: number } {
  const ids = [...entries.keys()];
  const grown = new Map([...entries, ...Array.from({ length: more }, (_, index) => [`funder-${index}`, entries.get(ids[0]!)!] as const)]);
  const [few, many]: [number[], number[]] = [[], []];
  for (let turn = 0; turn < rounds; turn += 1) {
    few.push(lookUpNs(entries, ids));
    many.push(lookUpNs(grown, ids));
  }
  const [ns, nsMore] = [median(few), median(many)];
  return { ns: round(ns, 2), ns_more: round(nsMore, 2), ratio: round(nsMore / ns, 2) };
}

function lookUpNs<V>(entries: ReadonlyMap<string, V>, ids: readonly string[]): number {
  const turns = 20_000;
  let found = 0;
  const from = process.hrtime.bigint();
  for (let turn = 0; turn < turns; turn += 1) if (entries.get(ids[turn % ids.length]!) !== undefined) found += 1;
  const ns = Number(process.hrtime.bigint() - from) / turns;
  if (found !== turns) throw new Error('an entry was not found');
  return ns;
}

const { applicant, request } = applicationBody(1);
const FIELDS: FieldValues = {
  ...applicant,
  ...request,
  age: 35,
  region: '110105',
  employer_type: applicant.employer_type ?? null,
  years_employed: applicant.years_employed ?? null,
  education: applicant.education ?? null,
  id_photos: [],
  device_id: null,
  ip: null,
  bank_card: { number: '6222020200112233445', phone: applicant.phone },
};

function worldOf(id: string): { readonly ctx: AdapterContext; readonly secrets: Secrets } {
  const world = readJson(`../adapters/${id}/cases/world.json`) as Partial<Record<'secrets' | 'params' | 'funder_secrets', Secrets>>;
  const { secrets = {}, params = {}, funder_secrets: theirs = {} } = world;
  const shared = { baseUrl: 'https://funder.example/', callbackUrl: 'https://millrace.example/v1/callbacks/fnd_x' };
  return { ctx: { ...shared, params, secrets, nowMs: NOW_MS, nonce: '00112233445566778899aabbccddeeff' }, secrets: { ...secrets, ...theirs } };
}

interface SubmitCase {
  readonly call: string;
  readonly response?: {
    readonly status?: number;
    readonly headers?: Readonly<Record<string, string>>;
    readonly json?: unknown;
    readonly text?: string;
    readonly reply?: unknown;
  };
}

function repliesOf(id: string, write: (content: unknown) => WireReply): readonly OutboundResponse[] {
  const folder = `../adapters/${id}/cases/exemplary/`;
  const cases = readdirSync(new URL(folder, import.meta.url)).map((file) => readJson(folder + file) as SubmitCase);
  return cases.flatMap(({ call, response }) => {
    if (call !== 'submit' || response === undefined) return [];
    const { status, headers = {}, json, text, reply } = response;
    if (reply === undefined) return [{ status: status ?? 200, headers, body: encoder.encode(text ?? JSON.stringify(json)) }];
    const wire = write(reply);
    const signed = Object.fromEntries(Object.entries(wire.headers ?? {}).map(([name, value]) => [name.toLowerCase(), value]));
    return [{ status: status ?? wire.status, headers: { ...signed, ...headers }, body: encoder.encode(wire.body) }];
  });
}

function readJson(path: string): unknown {
  return JSON.parse(readFileSync(new URL(path, import.meta.url), 'utf8'));
}
