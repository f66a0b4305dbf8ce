/**
 * Does a funder's interface do what its adapter believes? A heartbeat, which hands over nothing and may be asked of a live funder at any time; and
 * against its test environment a conversation about a person who does not exist. Nothing of it becomes an attempt; the check itself is audited.
 */
import type { AdapterContext, AttemptRef, FieldName, FunderAdapter, Granted, OutboundRequest, OutboundResponse } from '../../../adapters/contract.ts';
import { openGranted } from '../../compliance/open-granted.ts';
import { createLines, type Capability } from '../../dispatch/lines.ts';
import type { FieldValues } from '../../domain/applicant.ts';
import { problem, type Problem } from '../../domain/failures.ts';
import type { Funder } from '../../domain/funder.ts';
import { makeIdNumber } from '../../domain/id-number.ts';
import { mintId } from '../../domain/ids.ts';
import { contextFor } from '../adapter-context.ts';
import type { Deps } from '../deps.ts';
import { funderInterface } from '../funder-interface.ts';
import { iso } from '../view-application.ts';
import { appendAudit } from './append-audit.ts';
import { missingOf } from './funder-checks.ts';

export interface CheckLine {
  readonly what: string;
  readonly verdict: 'ok' | 'warn' | 'fail';
  /** Kind of the funder's answer. */
  readonly answer: string;
  readonly latency_ms: number | null;
  readonly note: string;
}
export interface FunderCheck {
  readonly funder: string;
  readonly adapter: string;
  readonly at: string;
  /** `heartbeat`: there is no test environment to talk to. */
  readonly against: 'test' | 'sandbox' | 'heartbeat';
  readonly verdict: CheckLine['verdict'];
  readonly lines: readonly CheckLine[];
}

const POLLS = 12;
const POLL_MS = 1_000;
const CALLBACK_WAITS = 5;

export async function checkFunder(deps: Deps, actor: string, id: string): Promise<FunderCheck | Problem> {
  const at = funderInterface(deps, id);
  if (at === null) return problem('not_found', '没有这个资金方', 'there is no such funder');
  const { funder, adapter } = at;
  const testUrl = funder.test_base_url ?? (deps.mode === 'sandbox' ? funder.base_url : null);
  const ear = listener(deps, { ...funder, base_url: testUrl ?? funder.base_url }, adapter);
  const lines: CheckLine[] = lacks(deps, funder, adapter);
  if (isFine(lines)) lines.push(...(await heartbeat(ear, spoil(deps.desk.funderSecrets(id)))));
  // Who cannot even be asked need not be told about anybody.
  if (testUrl !== null && isFine(lines)) lines.push(...(await conversation(deps, ear)));
  const verdict = lines.some((line) => line.verdict === 'fail') ? 'fail' : lines.some((line) => line.verdict === 'warn') ? 'warn' : 'ok';
  const failed = lines.filter((line) => line.verdict === 'fail').length;
  await deps.commit((tx) => appendAudit(tx, deps, { actor, action: 'funder.checked', subject: id, detail: { verdict, failed } }));
  const against = testUrl === null ? 'heartbeat' : funder.test_base_url === undefined ? 'sandbox' : 'test';
  return { funder: id, adapter: funder.adapter, at: iso(deps.clock.nowMs()), against, verdict, lines };
}

function isFine(lines: readonly CheckLine[]): boolean {
  return !lines.some((line) => line.verdict === 'fail');
}

interface Told {
  readonly kind: string;
  readonly detail?: string;
  readonly funderRef?: string | null;
}
interface Heard {
  readonly answer: Told;
  readonly latencyMs: number | null;
}
interface Ear {
  readonly funder: Funder;
  readonly adapter: FunderAdapter;
  fields<N extends readonly FieldName[]>(needs: N): Granted<N>;
  say(
    capability: Capability,
    build: (ctx: AdapterContext) => OutboundRequest,
    read: (ctx: AdapterContext, response: OutboundResponse) => Told,
    secrets?: Readonly<Record<string, string>>,
  ): Promise<Heard>;
}

/** A line of its own, so that a check trips no breaker and waits for no place of the real one. */
function listener(deps: Deps, funder: Funder, adapter: FunderAdapter): Ear {
  const line = createLines(deps).of(funder);
  const person = madeUp(deps);
  return {
    funder,
    adapter,
    fields: (needs) => {
      const nowMs = deps.clock.nowMs();
      const to = { legalEntity: funder.legal_entity, purpose: 'credit_decision', nowMs } as const;
      const grant = { ...NOBODY, legalEntity: funder.legal_entity, recipient: funder.id, fields: needs, agreedAtMs: nowMs };
      return openGranted(needs, grant, (name) => person[name], to);
    },
    async say(capability, build, read, secrets) {
      const own = contextFor(deps, funder);
      const ctx = secrets === undefined ? own : { ...own, secrets };
      const { answer, latencyMs } = await line.call<Told>({
        capability,
        request: build(ctx),
        read: (response) => read(ctx, response),
        timeoutMs: capability === 'submit' ? funder.timeouts.submit_ms : funder.timeouts.query_ms,
      });
      return { answer, latencyMs };
    },
  };
}

/** What the record lacks of what the adapter's manifest asks for. */
function lacks(deps: Deps, funder: Funder, { manifest }: FunderAdapter): CheckLine[] {
  const missing = missingOf(deps, funder);
  if (missing.length > 0) return [lineOf('configuration', 'fail', null, `not configured: ${missing.join(', ')}`)];
  return [lineOf('configuration', 'ok', null, `${manifest.secretNames.length} secrets and ${manifest.paramNames.length} params are there`)];
}

/** Asks about an order that nobody can know, rightly signed and wrongly. */
async function heartbeat(ear: Ear, wrongSecrets: Readonly<Record<string, string>>): Promise<CheckLine[]> {
  const { query } = ear.adapter;
  if (query === undefined) return [lineOf('heartbeat', 'warn', null, 'this protocol has no query; nothing harmless can be asked')];
  const nobody: AttemptRef = { ref: 'att_00000000000000000check', funderRef: null };
  const ask = (secrets?: Readonly<Record<string, string>>): Promise<Heard> =>
    ear.say(
      'query',
      (ctx) => query.build(ctx, nobody),
      (ctx, response) => query.read(ctx, response),
      secrets,
    );
  const heard = await ask();
  const { kind } = heard.answer;
  const verdict = kind === 'not_found' ? 'ok' : kind === 'unavailable' || kind === 'unknown' ? 'fail' : 'warn';
  const note =
    kind === 'not_found'
      ? 'it knows no such order, as it should'
      : kind === 'pending'
        ? 'an unknown order is not told apart from a pending one'
        : why(heard);
  const lines = [lineOf('heartbeat', verdict, heard, note)];
  if (verdict !== 'ok') return lines;
  const wrong = await ask(wrongSecrets);
  const refused = wrong.answer.kind === 'unavailable' || wrong.answer.kind === 'unknown';
  return [...lines, lineOf('wrong secret', refused ? 'ok' : 'fail', wrong, refused ? 'refused' : 'it takes requests that are wrongly signed')];
}

/** A made-up applicant's way: precheck, submit, the same submit again, the decision, the callback, and back. */
async function conversation(deps: Deps, ear: Ear): Promise<CheckLine[]> {
  const { adapter, funder } = ear;
  const startedMs = deps.clock.nowMs();
  const attempt: { ref: string; funderRef: string | null } = { ref: mintId('att', deps.cell, startedMs, deps.random.bytes(10)), funderRef: null };
  const lines: CheckLine[] = [];
  const { precheck, submit, query, cancel } = adapter;
  if (precheck !== undefined) {
    const heard = await ear.say(
      'precheck',
      (ctx) => precheck.build(ctx, attempt, ear.fields(precheck.needs)),
      (ctx, response) => precheck.read(ctx, response),
    );
    const understood = heard.answer.kind === 'eligible' || heard.answer.kind === 'ineligible';
    lines.push(lineOf('precheck', understood ? 'ok' : 'fail', heard, understood ? '' : why(heard)));
    if (!understood || heard.answer.kind === 'ineligible') return lines;
    attempt.funderRef = heard.answer.funderRef ?? null;
    if ('step' in heard.answer) return [...lines, lineOf('submit', 'warn', null, 'waits for a borrower on the funder’s page; not gone on with')];
  }
  const send = (): Promise<Heard> =>
    ear.say(
      'submit',
      (ctx) => submit.build(ctx, attempt, ear.fields(submit.needs)),
      (ctx, response) => submit.read(ctx, response),
    );
  const first = await send();
  lines.push(lineOf('submit', isDecision(first) ? 'ok' : 'fail', first, isDecision(first) ? '' : why(first)));
  if (!isDecision(first)) return lines;
  attempt.funderRef = first.answer.funderRef ?? attempt.funderRef;
  if (adapter.manifest.submitIdempotent) {
    const again = await send();
    const same = isDecision(again) && (again.answer.funderRef ?? attempt.funderRef) === attempt.funderRef;
    lines.push(
      lineOf('same submit again', same ? 'ok' : 'fail', again, same ? 'one order' : 'a repeat is not the same order, as the manifest says it is'),
    );
  }
  if (query !== undefined) lines.push(await decided(deps, ear, attempt));
  // Many call back only what they did not say in the reply.
  if (adapter.callback !== undefined && first.answer.kind === 'pending') lines.push(await calledBack(deps, funder, startedMs));
  if (cancel !== undefined) {
    const heard = await ear.say(
      'cancel',
      (ctx) => cancel.build(ctx, attempt),
      (ctx, response) => cancel.read(ctx, response),
    );
    const understood = ['cancelled', 'too_late'].includes(heard.answer.kind);
    lines.push(lineOf('cancel', understood ? 'ok' : 'fail', heard, understood ? '' : why(heard)));
  }
  return lines;
}

async function decided(deps: Deps, { adapter, say }: Ear, attempt: AttemptRef): Promise<CheckLine> {
  const query = adapter.query!;
  let heard: Heard = { answer: { kind: 'unknown' }, latencyMs: null };
  for (let poll = 0; poll < POLLS; poll += 1) {
    heard = await say(
      'query',
      (ctx) => query.build(ctx, attempt),
      (ctx, response) => query.read(ctx, response),
    );
    if (heard.answer.kind !== 'pending') break;
    await deps.clock.sleep(POLL_MS);
  }
  if (heard.answer.kind === 'pending') return lineOf('query', 'warn', heard, `still pending after ${POLLS} s`);
  return lineOf('query', isDecision(heard) ? 'ok' : 'fail', heard, isDecision(heard) ? '' : why(heard));
}

/** Its callback is about an order that we have not got, so it is kept as unmatched: that it came and verified is what is looked for. */
async function calledBack(deps: Deps, funder: Funder, sinceMs: number): Promise<CheckLine> {
  for (let wait = 0; wait < CALLBACK_WAITS; wait += 1) {
    const came = deps.store.dispatch.recentCallbacks(funder.id, 20).filter((row) => row.receivedAtMs >= sinceMs);
    if (came.some((row) => row.state !== 'forged')) return lineOf('callback', 'ok', null, 'came and verified');
    if (came.length > 0) return lineOf('callback', 'fail', null, 'came, and its signature does not verify');
    await deps.clock.sleep(POLL_MS);
  }
  return lineOf('callback', 'warn', null, `none came within ${CALLBACK_WAITS} s`);
}

const DECISIONS = new Set(['approved', 'declined', 'pending', 'offers', 'cancelled', 'loan', 'authorised']);

function isDecision({ answer }: Heard): boolean {
  return DECISIONS.has(answer.kind);
}

function why({ answer }: Heard): string {
  return answer.detail ?? answer.kind;
}

function lineOf(what: string, verdict: CheckLine['verdict'], heard: Heard | null, note: string): CheckLine {
  return { what, verdict, answer: heard?.answer.kind ?? '', latency_ms: heard?.latencyMs ?? null, note };
}

/** Secrets of the same form that are not the funder's. Keys in PEM or of hundreds of characters stay: one changed character makes them no keys. */
function spoil(secrets: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(secrets).map(([name, value]) => [name, value.length > 256 ? value : (value.startsWith('0') ? '1' : '0') + value.slice(1)]),
  );
}

const NOBODY = {
  id: 'cns_check',
  borrowerId: 'bor_check',
  applicationId: 'app_check',
  purpose: 'credit_decision',
  textVersion: 'check',
  textHash: '',
  withdrawnAtMs: null,
} as const;

/** Nobody: a number that is well formed and a phone of a block that is not given out. Another one at each check, or the funder would know them. */
function madeUp(deps: Deps): FieldValues {
  const [one = 0, other = 0, third = 0] = deps.random.bytes(3);
  return {
    name: '测试',
    phone: `1990000${String(one * 39 + other)
      .padStart(4, '0')
      .slice(-4)}`,
    id_number: makeIdNumber({
      region: '110105',
      birthDate: `1990-01-${String(1 + (third % 28)).padStart(2, '0')}`,
      sequence: (one + other) % 500,
      sex: 'm',
    }),
    age: 36,
    region: '110105',
    monthly_income_fen: 1_500_000,
    employment: 'salaried',
    employer_type: 'private',
    years_employed: 5,
    education: 'bachelor',
    assets: { housing_fund: '2y_plus', social_security: '2y_plus', zhima_band: '700_750' },
    amount_fen: 1_000_000,
    term_months: 12,
    purpose: 'consumption',
    id_photos: [],
    device_id: null,
    ip: null,
    bank_card: { number: '6222020200112233446', phone: '19900000000' },
  };
}
