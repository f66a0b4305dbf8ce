/**
 * Prescreen: keeps away what no funder could or should be asked for.
 * Enters: the facts of one application, what is known of its documents, of its keys on the blacklist and of recent applications, the policy.
 * Leaves: pass, refuse, quarantine (a person decides) or incomplete (the borrower is asked), with every reason found.
 * Must not: look anything up, know the time, change anything, or see a name, number or photo. The caller counts; this only judges.
 *
 * Order: missing fields end it at once, since nothing is judged on half an application. Then identity, age, student, region, amount,
 * blacklist, duplicates, velocity, operators' rules, photos are all looked at. One ground to refuse refuses: nobody is asked for a photo
 * first who is refused anyway. Else missing or poor photos ask for better ones; else quarantine; else pass.
 */
import type { Facts } from '../domain/applicant.ts';
import type { IdNumberCheck } from '../domain/id-number.ts';
import type { PrescreenPolicy } from '../domain/policy.ts';
import type { ReasonCode } from '../domain/reasons.ts';
import { judgeRule } from '../domain/rules.ts';

export type DocumentKind = 'id_front' | 'id_back';
export type VelocityKey = keyof PrescreenPolicy['velocity'];

export interface PrescreenInput {
  /** Null while fields are missing or when the ID number is not valid: then what rests on facts is not judged. */
  readonly facts: Facts | null;
  /** Null while the ID number is missing. */
  readonly idNumber: IdNumberCheck | null;
  readonly policy: PrescreenPolicy;
  /** Every document sent so far; one good photo of a kind is enough. */
  readonly documents: readonly { readonly kind: DocumentKind; readonly ok: boolean; readonly problems: readonly string[] }[];
  readonly blacklistHits: readonly { readonly by: 'phone' | 'id_number' | 'device'; readonly reason: string }[];
  readonly recent: {
    /** Other submitted applications of the same person (phone or ID number) inside `duplicate_window_days`. */
    readonly duplicates: number;
    /** Other submitted applications with the same key inside that key's window; null when the key was not told. */
    readonly counts: Readonly<Record<VelocityKey, number | null>>;
  };
  /** JSON pointers of required fields that are not there, such as `/applicant/name`. */
  readonly missing: readonly string[];
  /** True once a person has looked and let it go on: what would only quarantine is noted under `also`. Refusals hold. */
  readonly released?: boolean;
}

export interface PrescreenReason {
  readonly code: ReasonCode;
  /** For the operator: limits, counts, rule ids. No personal data beyond facts. */
  readonly detail: string;
  /** The field it rests on, when there is one. */
  readonly pointer?: string;
}

/** What the borrower is to do next, as in the API's `needs`. */
export type PrescreenNeed =
  | { readonly kind: 'fields'; readonly fields: readonly string[] }
  | { readonly kind: 'documents'; readonly kinds: readonly DocumentKind[] };

interface Found {
  /** What decided; the borrower sees these codes as sentences. */
  readonly reasons: readonly PrescreenReason[];
  /** What was found beside it and did not decide; for the operator alone. */
  readonly also: readonly PrescreenReason[];
}
export type PrescreenResult =
  | (Found & { readonly outcome: 'pass' | 'refuse' | 'quarantine' })
  | (Found & { readonly outcome: 'incomplete'; readonly needs: readonly PrescreenNeed[] });

const PASS: PrescreenResult = { outcome: 'pass', reasons: [], also: [] };
const ID_POINTER = '/applicant/id_number';

/** Judges one application. Pure: equal input, equal result. Never throws for what an operator's rule does. */
export function prescreen(input: PrescreenInput): PrescreenResult {
  if (input.missing.length > 0) return incomplete(input);
  const refusals: PrescreenReason[] = [];
  const doubts: PrescreenReason[] = [];
  if (input.idNumber?.ok !== true) refusals.push({ code: 'id_invalid', detail: input.idNumber?.fault ?? 'missing', pointer: ID_POINTER });
  if (input.facts !== null) judgeFacts(input.facts, input.policy, refusals);
  judgeHistory(input, refusals);
  if (input.facts !== null) judgeRules(input.facts, input.policy, refusals, doubts);
  const photos = judgePhotos(input);
  if (refusals.length > 0) return { outcome: 'refuse', reasons: refusals, also: [...photos.reasons, ...doubts] };
  if (photos.kinds.length > 0)
    return { outcome: 'incomplete', reasons: photos.reasons, also: doubts, needs: [{ kind: 'documents', kinds: photos.kinds }] };
  if (doubts.length === 0) return PASS;
  return input.released === true ? { outcome: 'pass', reasons: [], also: doubts } : { outcome: 'quarantine', reasons: doubts, also: [] };
}

function incomplete(input: PrescreenInput): PrescreenResult {
  const photos = judgePhotos(input);
  const reasons = input.missing.map((pointer): PrescreenReason => ({ code: 'incomplete', detail: `missing ${pointer}`, pointer }));
  const needs: PrescreenNeed[] = [{ kind: 'fields', fields: input.missing }];
  if (photos.kinds.length > 0) needs.push({ kind: 'documents', kinds: photos.kinds });
  return { outcome: 'incomplete', reasons: [...reasons, ...photos.reasons], also: [], needs };
}

function judgeFacts(facts: Facts, policy: PrescreenPolicy, refusals: PrescreenReason[]): void {
  if (facts.age < policy.min_age) refusals.push({ code: 'under_age', detail: `age ${facts.age}, at least ${policy.min_age}`, pointer: ID_POINTER });
  if (facts.age > policy.max_age) refusals.push({ code: 'over_age', detail: `age ${facts.age}, at most ${policy.max_age}`, pointer: ID_POINTER });
  if (facts.employment === 'student') refusals.push({ code: 'student', detail: 'employment student', pointer: '/applicant/employment' });
  for (const prefix of policy.blocked_regions) {
    if (facts.region.startsWith(prefix))
      refusals.push({ code: 'region', detail: `region ${facts.region} is blocked by ${prefix}`, pointer: ID_POINTER });
  }
  if (facts.amount_fen < policy.min_amount_fen || facts.amount_fen > policy.max_amount_fen) {
    const detail = `amount_fen ${facts.amount_fen}, ${policy.min_amount_fen} to ${policy.max_amount_fen}`;
    refusals.push({ code: 'amount_out_of_range', detail, pointer: '/request/amount_fen' });
  }
}

function judgeHistory({ blacklistHits, recent, policy }: PrescreenInput, refusals: PrescreenReason[]): void {
  for (const hit of blacklistHits) refusals.push({ code: 'blacklisted', detail: `by ${hit.by}: ${hit.reason}` });
  if (recent.duplicates > 0 && policy.duplicate_window_days > 0) {
    refusals.push({ code: 'duplicate', detail: `${recent.duplicates} other within ${policy.duplicate_window_days} days` });
  }
  judgeVelocity('phone', recent.counts.phone, policy, refusals);
  judgeVelocity('id_number', recent.counts.id_number, policy, refusals);
  judgeVelocity('device', recent.counts.device, policy, refusals);
  judgeVelocity('ip', recent.counts.ip, policy, refusals);
}

/** `max` applications are let through in a window, this one included. */
function judgeVelocity(key: VelocityKey, others: number | null, policy: PrescreenPolicy, refusals: PrescreenReason[]): void {
  const { max, window_s } = policy.velocity[key];
  if (others === null || others + 1 <= max) return;
  refusals.push({ code: 'too_many_applications', detail: `${others} other by ${key} within ${window_s} s, at most ${max} in all` });
}

function judgeRules(facts: Facts, policy: PrescreenPolicy, refusals: PrescreenReason[], doubts: PrescreenReason[]): void {
  for (const rule of policy.rules) {
    const verdict = judgeRule(rule.when, facts);
    if (verdict.kind === 'fault') doubts.push({ code: 'under_review', detail: `rule ${rule.id} failed: ${verdict.fault}` });
    else if (!verdict.holds) continue;
    else if (rule.action === 'refuse') refusals.push({ code: 'operator_rule', detail: `rule ${rule.id}: ${rule.note}` });
    else doubts.push({ code: 'under_review', detail: `rule ${rule.id}: ${rule.note}` });
  }
}

function judgePhotos({ policy, documents }: PrescreenInput): {
  readonly kinds: readonly DocumentKind[];
  readonly reasons: readonly PrescreenReason[];
} {
  const kinds: DocumentKind[] = [];
  const reasons: PrescreenReason[] = [];
  for (const kind of policy.required_documents) {
    let last: PrescreenInput['documents'][number] | undefined;
    let good = false;
    for (const document of documents) {
      if (document.kind !== kind) continue;
      good ||= document.ok;
      last = document;
    }
    if (good) continue;
    kinds.push(kind);
    if (last === undefined) reasons.push({ code: 'photo_missing', detail: `${kind} missing`, pointer: '/documents' });
    else reasons.push({ code: 'photo_poor', detail: `${kind}: ${last.problems.join(', ')}`, pointer: '/documents' });
  }
  return { kinds, reasons };
}
