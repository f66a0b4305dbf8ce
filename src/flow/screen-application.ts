/** Prescreens a complete application and, when it passes, plans and asks the first funder: all in the commit of its submission. */
import { checkIdNumber } from '../domain/id-number.ts';
import type { Facts } from '../domain/applicant.ts';
import type { Policy } from '../domain/policy.ts';
import { prescreen, type PrescreenInput, type PrescreenReason, type PrescreenResult } from '../prescreen/prescreen.ts';
import { bandOf } from '../routing/band.ts';
import { levelCodeOf } from '../routing/model/applicant-features.ts';
import type { ApplicationRow } from '../store/index.ts';
import { advance } from './advance.ts';
import { NOWHERE } from './cells/ask-elsewhere.ts';
import type { Elsewhere } from './cells/away.ts';
import { choosePolicy, keepPolicy, policyNames, policyOf } from './choose-policy.ts';
import { factsOfBody } from './facts-of-application.ts';
import { isComplete, missingFields, type ApplicationBody, type CompleteBody } from './application-body.ts';
import { PLATFORM } from './record-consents.ts';
import type { Work } from './work.ts';

const DAY_MS = 86_400_000;

/** What a draft still lacks; empty when it was submitted. */
export interface Lacks {
  readonly fields: readonly string[];
  readonly documents: readonly ('id_front' | 'id_back')[];
  readonly platformConsent: boolean;
}

/** Submits when nothing is lacking, else leaves the draft as it is. `elsewhere`: what other cells know of the ID number. */
export function submitOrKeep(work: Work, application: ApplicationRow, body: ApplicationBody, freshBorrower: boolean, elsewhere: Elsewhere): void {
  if (!isComplete(body)) return;
  const facts = screenFacts(work, application, body);
  const choice = choosePolicy(work.desk, facts, application.borrowerId);
  const policy = policyOf(work.desk, choice);
  if (lacksOf(work, application, body, policy) !== null) return;
  const result = judge(work, application, { body, facts, freshBorrower, policy, elsewhere });
  if (result.outcome === 'incomplete') return;
  Object.assign(application, choice);
  work.moveApplication(application, 'submitted');
  application.submittedAtMs ??= work.nowMs;
  application.deadlineAtMs = work.nowMs + policy.deadlines.application_s * 1_000;
  application.amountFen = body.request.amount_fen;
  application.termMonths = body.request.term_months;
  // What a magic phone is told says nothing about funders, so nothing is learnt from it.
  const teaches = facts !== null && !work.deps.cleanSlate.has(application.phoneIndex ?? '');
  application.band = teaches ? bandOf(facts) : null;
  application.levels = teaches ? levelCodeOf(facts) : null;
  work.setTimer('application', application.id, application.deadlineAtMs);
  work.emit('application.submitted', application, {
    band: application.band,
    variant: application.variant,
    amount_fen: application.amountFen,
    ...policyNames(application),
    ...(freshBorrower ? {} : afterLoan(work, application)),
  });
  act(work, application, body, result, facts, freshBorrower);
}

/** The last application before it that came to a loan, for counting who comes back. */
function afterLoan(work: Work, { borrowerId }: ApplicationRow): { readonly after_loan?: string } {
  const earlier = work.tx.applications.lastWithLoan(borrowerId);
  return earlier === undefined ? {} : { after_loan: earlier };
}

/** Runs every rule again after an operator has looked at it. */
export function screenAgain(work: Work, application: ApplicationRow, body: ApplicationBody): void {
  if (!isComplete(body)) return;
  const facts = screenFacts(work, application, body);
  keepPolicy(work.desk, application, facts);
  const policy = policyOf(work.desk, application);
  application.deadlineAtMs = work.nowMs + policy.deadlines.application_s * 1_000;
  work.setTimer('application', application.id, application.deadlineAtMs);
  act(work, application, body, judge(work, application, { body, facts, freshBorrower: false, policy }), facts, false);
}

/** What is missing before an application can be judged by its policy, or null. While that cannot be told, the last segment's policy counts. */
export function lacksOf(
  work: Pick<Work, 'consentsOf' | 'desk' | 'documentsOf' | 'nowMs'>,
  application: ApplicationRow,
  body: ApplicationBody,
  policy: Policy = policyToCome(work, application, body),
): Lacks | null {
  const fields = missingFields(body);
  const documents = work.documentsOf(application.id);
  const kinds = policy.prescreen.required_documents.filter((kind) => !documents.some((document) => document.kind === kind && document.ok));
  const platformConsent = !work
    .consentsOf(application.id)
    .some((row) => row.recipient === PLATFORM.recipient && row.purpose === 'application' && row.withdrawnAtMs === null);
  return fields.length === 0 && kinds.length === 0 && !platformConsent ? null : { fields, documents: kinds, platformConsent };
}

function policyToCome(work: Pick<Work, 'desk' | 'nowMs'>, application: ApplicationRow, body: ApplicationBody): Policy {
  if (!isComplete(body)) return work.desk.policy;
  return policyOf(work.desk, choosePolicy(work.desk, screenFacts(work, application, body), application.borrowerId));
}

function act(
  work: Work,
  application: ApplicationRow,
  body: CompleteBody,
  result: PrescreenResult,
  facts: Facts | null,
  freshBorrower: boolean,
): void {
  application.reasons = stored(result.reasons);
  const codes = { reasons: result.reasons.map((reason) => reason.code) };
  if (result.outcome === 'refuse' || facts === null) {
    work.moveApplication(application, 'refused');
    application.quarantined = false;
    work.clearTimer('application', application.id);
    return work.emit('application.refused', application, codes);
  }
  if (result.outcome === 'quarantine' || result.outcome === 'incomplete') {
    work.moveApplication(application, 'quarantined');
    application.quarantined = true;
    return work.emit('application.quarantined', application, codes);
  }
  application.quarantined = false;
  work.moveApplication(application, 'passed');
  work.keepOpen(application.id, body, facts);
  advance(work, application, { facts, freshBorrower });
}

function screenFacts(work: Pick<Work, 'nowMs'>, application: ApplicationRow, body: ApplicationBody): Facts | null {
  if (!isComplete(body) || !checkIdNumber(body.applicant.id_number, work.nowMs).ok) return null;
  return factsOfBody(application, body, work.nowMs);
}

/** What an application is judged by. */
interface Case {
  readonly body: CompleteBody;
  readonly facts: Facts | null;
  readonly freshBorrower: boolean;
  readonly policy: Policy;
  /** What other cells know of the ID number; nothing, when left out. */
  readonly elsewhere?: Elsewhere;
}

function judge(work: Work, application: ApplicationRow, of: Case): PrescreenResult {
  const { body, facts, policy } = of;
  return prescreen({
    facts,
    idNumber: body.applicant.id_number === undefined ? null : checkIdNumber(body.applicant.id_number, work.nowMs),
    policy: policy.prescreen,
    documents: work.documentsOf(application.id),
    blacklistHits: blacklistHits(work, body),
    recent: recentOf(work, application, of),
    missing: [],
    released: application.released,
  });
}

function blacklistHits(work: Work, { applicant, visit }: ApplicationBody): PrescreenInput['blacklistHits'] {
  if (!work.deps.desk.hasBlacklist()) return [];
  const { vault } = work.deps;
  const wanted = [
    ['phone', 'blacklist_phone', applicant.phone],
    ['id_number', 'blacklist_id_number', applicant.id_number],
    ['device', 'blacklist_device', visit.device_id],
  ] as const;
  return wanted.flatMap(([by, purpose, value]) => {
    const entry = value === undefined ? undefined : work.tx.desk.listed(by, vault.blindIndex(purpose, value));
    return entry === undefined ? [] : [{ by, reason: entry.reason }];
  });
}

function recentOf(
  work: Work,
  application: ApplicationRow,
  { body, freshBorrower, policy: { prescreen: policy }, elsewhere = NOWHERE }: Case,
): PrescreenInput['recent'] {
  if (work.deps.cleanSlate.has(application.phoneIndex ?? '')) return { duplicates: 0, counts: { phone: 0, id_number: 0, device: 0, ip: 0 } };
  const since = (windowS: number): number => work.nowMs - windowS * 1_000;
  const { velocity } = policy;
  const duplicateSinceMs = work.nowMs - policy.duplicate_window_days * DAY_MS;
  const history = work.tx.applications.history({
    self: application.id,
    borrowerId: freshBorrower ? null : application.borrowerId,
    id_number: application.idIndex!,
    device: application.deviceIndex,
    ip: application.ipIndex,
    phoneSinceMs: since(velocity.phone.window_s),
    id_numberSinceMs: since(velocity.id_number.window_s),
    deviceSinceMs: since(velocity.device.window_s),
    ipSinceMs: since(velocity.ip.window_s),
    duplicateSinceMs,
  });
  return {
    duplicates: history.duplicates + elsewhere.duplicates + erasedSince(work, body, duplicateSinceMs),
    counts: {
      phone: history.phone,
      id_number: history.id_number + elsewhere.idNumber,
      device: application.deviceIndex === null ? null : history.device,
      ip: application.ipIndex === null ? null : history.ip,
    },
  };
}

/** The erased are still known by their tombstones: forgetting somebody must not be a way around the duplicate window. */
function erasedSince(work: Work, { applicant }: ApplicationBody, sinceMs: number): number {
  const { vault } = work.deps;
  if (!work.deps.tombstones.any()) return 0;
  const marks = [
    vault.blindIndex('phone_tombstone', applicant.phone),
    ...(applicant.id_number === undefined ? [] : [vault.blindIndex('id_tombstone', applicant.id_number)]),
  ];
  return marks.some((mark) => (work.tx.applications.tombstoneAt(mark) ?? -1) >= sinceMs) ? 1 : 0;
}

function stored(reasons: readonly PrescreenReason[]): { code: string; detail: string }[] {
  return reasons.map(({ code, detail }) => ({ code, detail }));
}
