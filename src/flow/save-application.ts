/**
 * Intake: creates an application or draft, continues a draft, submits it. What comes in has passed its fields' own rules; here it is held
 * against the store: phone verification, documents, consents. One commit does it all, the reply to repeat included.
 */
import type { Assets } from '../domain/applicant.ts';
import { fault, problem, type Fault, type Problem } from '../domain/failures.ts';
import { cellOf, isId } from '../domain/ids.ts';
import { isNearby } from '../domain/network.ts';
import type { ApplicationRow, BorrowerRow, DocumentRow } from '../store/index.ts';
import { askElsewhere, askElsewhereOf, NOWHERE } from './cells/ask-elsewhere.ts';
import { bringDocuments } from './cells/bring-documents.ts';
import { openBody, sealBody, type ApplicationBody } from './application-body.ts';
import type { Deps } from './deps.ts';
import type { ApplicationInput, Caller, RecordReply } from './intake-input.ts';
import { checkConsents, recordConsents } from './record-consents.ts';
import { noteSteps } from './steps-done.ts';
import { submitOrKeep } from './screen-application.ts';
import { viewOf } from './view-application.ts';
import { perform, type Work } from './work.ts';

/** How long a confirmed phone verification may be used. */
const VERIFIED_FOR_MS = 24 * 3_600_000;
/** In sandbox mode this id stands for a confirmed verification of any phone, and these for good ID photos. */
const SANDBOX_VERIFICATION = 'pv_sandbox';
const SANDBOX_DOCUMENTS: ReadonlyMap<string, 'id_front' | 'id_back'> = new Map([
  ['doc_sandbox_front', 'id_front'],
  ['doc_sandbox_back', 'id_back'],
]);

export interface Saved {
  readonly id: string;
  readonly status: number;
  /** The reply's JSON, as recorded for a repeat. */
  readonly body: string;
}

export async function createApplication(
  deps: Deps,
  input: ApplicationInput,
  caller: Caller,
  lang: 'zh' | 'en',
  record: RecordReply,
): Promise<Saved | Problem> {
  const phone = input.applicant.phone;
  if (phone === undefined) return invalid([fault('/applicant/phone', 'required', '请填写手机号', 'the phone number is required')]);
  if (deps.away !== null) await bringDocuments(deps, input.documents, caller.channelId);
  const faults = [
    ...checkPhoneVerification(deps, phone, input.applicant.phone_verification_id),
    ...checkDocuments(deps, input.documents, caller, null),
    ...checkConsents(deps, input.consents),
  ];
  if (faults.length > 0) return invalid(faults);
  const elsewhere = deps.away === null || input.draft ? NOWHERE : await askElsewhere(deps, input.applicant.id_number);
  return perform(deps, (work) => {
    const { borrower, fresh } = borrowerFor(work, phone);
    const body = mergeBody({ applicant: { phone, assets: {} }, request: {}, visit: {} }, input, caller);
    const application = newApplication(work, borrower, caller, body);
    work.addApplication(application);
    saveParts(work, application, borrower, body, input, lang);
    if (!input.draft) submitOrKeep(work, application, body, fresh, elsewhere);
    if (application.state === 'draft') {
      work.setTimer('application', application.id, application.deadlineAtMs);
      work.emit('application.drafted', application, { variant: application.variant });
      noteSteps(work, application, body, input);
    }
    return reply(work, application, 201, lang, record);
  });
}

export async function continueApplication(
  deps: Deps,
  id: string,
  input: ApplicationInput,
  caller: Caller,
  lang: 'zh' | 'en',
  record: RecordReply,
  submit: boolean,
): Promise<Saved | Problem> {
  if (deps.away !== null) await bringDocuments(deps, input.documents, caller.channelId);
  const faults = [...checkDocuments(deps, input.documents, caller, id), ...checkConsents(deps, input.consents)];
  if (faults.length > 0) return invalid(faults);
  const told = input.applicant.id_number;
  const elsewhere = deps.away === null || !submit ? NOWHERE : await (told === undefined ? askElsewhereOf(deps, id) : askElsewhere(deps, told));
  return perform(deps, (work) => {
    const application = work.application(id);
    const borrower = application === null ? null : work.borrower(application.borrowerId);
    const key = borrower === null ? null : deps.keys.of(borrower);
    const before = application === null ? null : openBody(key, application);
    if (application === null || borrower === null || before === null) return problem('not_found', '没有这个申请', 'there is no such application');
    if (application.state !== 'draft')
      return problem('illegal_transition', '申请已提交，不能再修改', `the application is ${application.state}; only a draft can be changed`);
    if (input.applicant.phone !== undefined && input.applicant.phone !== before.applicant.phone) {
      return invalid([
        fault('/applicant/phone', 'fixed', '手机号已验证，不能更改；请重新申请', 'the verified phone cannot be changed; begin a new application'),
      ]);
    }
    const body = mergeBody(before, input, caller);
    index(work, application, body);
    work.tx.applications.saveIndexes(application);
    saveParts(work, application, borrower, body, input, lang);
    work.touch(application);
    noteSteps(work, application, body, input);
    if (submit) submitOrKeep(work, application, body, false, elsewhere);
    return reply(work, application, 200, lang, record);
  });
}

function reply(work: Work, application: ApplicationRow, status: number, lang: 'zh' | 'en', record: RecordReply): Saved {
  const body = JSON.stringify(viewOf(work, application, lang, { withToken: status === 201 }));
  record(work.tx, status, body);
  return { id: application.id, status, body };
}

function saveParts(
  work: Work,
  application: ApplicationRow,
  borrower: BorrowerRow,
  body: ApplicationBody,
  input: ApplicationInput,
  lang: 'zh' | 'en',
): void {
  const key = work.deps.keys.of(borrower)!;
  application.bodySealed = sealBody(key, application.id, body);
  work.saveBody(application);
  application.variant = body.visit.variant ?? null;
  work.claimDocuments(
    application,
    input.documents.flatMap((id) => claim(work, application, id) ?? []),
  );
  recordConsents(work, application, input.consents, lang);
}

/** The document as it now belongs to the application; null when it already did. */
function claim(work: Work, application: ApplicationRow, id: string): DocumentRow | null {
  const kind = work.deps.mode === 'sandbox' ? SANDBOX_DOCUMENTS.get(id) : undefined;
  if (kind === undefined) return work.tx.intake.claimDocument(id, application.id) ? (work.tx.intake.document(id) ?? null) : null;
  const row: DocumentRow = {
    id: work.newId('doc'),
    kind,
    channelId: application.channelId,
    applicationId: application.id,
    dataKey: null,
    ok: true,
    problems: [],
    createdAtMs: work.nowMs,
  };
  work.addDocument(row);
  return row;
}

function borrowerFor(work: Work, phone: string): { borrower: BorrowerRow; fresh: boolean } {
  const phoneIndex = work.deps.vault.blindIndex('phone', phone);
  const known = work.tx.applications.borrowerByPhone(phoneIndex);
  if (known !== undefined) return { borrower: known, fresh: false };
  const id = work.newId('bor');
  const { wrapped } = work.deps.keys.fresh(id);
  const borrower: BorrowerRow = { id, phoneIndex, dataKey: wrapped as Buffer, createdAtMs: work.nowMs, erasedAtMs: null };
  work.addBorrower(borrower);
  return { borrower, fresh: true };
}

function newApplication(work: Work, borrower: BorrowerRow, caller: Caller, body: ApplicationBody): ApplicationRow {
  const row: ApplicationRow = {
    id: work.newId('app'),
    borrowerId: borrower.id,
    channelId: caller.channelId,
    variant: null,
    state: 'draft',
    bodySealed: null,
    amountFen: null,
    termMonths: null,
    band: null,
    levels: null,
    reasons: [],
    quarantined: false,
    released: false,
    planId: null,
    policyId: null,
    segmentId: null,
    arm: null,
    refusedRecipients: [],
    eventSeq: 0,
    phoneIndex: borrower.phoneIndex,
    idIndex: null,
    deviceIndex: null,
    ipIndex: null,
    createdAtMs: work.nowMs,
    submittedAtMs: null,
    deadlineAtMs: work.nowMs + work.desk.policy.deadlines.draft_s * 1_000,
    updatedAtMs: work.nowMs,
  };
  index(work, row, body);
  return row;
}

function index(work: Work, row: ApplicationRow, { applicant, visit }: ApplicationBody): void {
  const { vault } = work.deps;
  row.idIndex = applicant.id_number === undefined ? null : vault.blindIndex('id_number', applicant.id_number);
  row.deviceIndex = present(visit.device_id) ? vault.blindIndex('device', visit.device_id) : null;
  row.ipIndex = present(visit.ip) ? vault.blindIndex('ip', visit.ip) : null;
}

/** An empty optional field is never a key: two people who both left it out are not the same person. */
function present(value: string | undefined): value is string {
  return value !== undefined && value !== '';
}

function mergeBody(before: ApplicationBody, input: ApplicationInput, caller: Caller): ApplicationBody {
  const { assets, phone_verification_id: _used, phone: _fixed, ...applicant } = input.applicant;
  // A proxy's own address would make one person of everybody.
  const ip = caller.ip === null || isNearby(caller.ip) ? undefined : caller.ip;
  const network = caller.publishable ? { ip, user_agent: caller.userAgent ?? undefined } : {};
  return {
    applicant: {
      ...before.applicant,
      ...defined(applicant),
      assets: { ...before.applicant.assets, ...(assets === undefined ? {} : (defined(assets) as Assets)) },
    },
    request: { ...before.request, ...defined(input.request) },
    visit: { ...before.visit, ...defined(input.visit), ...defined(network) },
  };
}

function defined<T extends object>(value: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  const kept: { [K in keyof T]?: Exclude<T[K], undefined> } = {};
  for (const key of Object.keys(value) as (keyof T)[]) {
    const each = value[key];
    if (each !== undefined) kept[key] = each as Exclude<T[keyof T], undefined>;
  }
  return kept;
}

export function checkPhoneVerification(deps: Deps, phone: string, id: string | undefined): Fault[] {
  const pointer = '/applicant/phone_verification_id';
  if (id === undefined) return [fault(pointer, 'required', '请先用短信验证码验证手机号', 'verify the phone by SMS code first')];
  if (deps.mode === 'sandbox' && id === SANDBOX_VERIFICATION) return [];
  const otherPhone = [fault(pointer, 'other_phone', '验证的是另一个手机号', 'this verification is for another phone')];
  // Whoever is at home here verifies here.
  if (deps.away !== null && isId('pv', id) && cellOf(id) !== deps.cell) return otherPhone;
  const row = isId('pv', id) ? deps.store.intake.verification(id) : undefined;
  const confirmed = row?.confirmedAtMs ?? null;
  if (row === undefined || confirmed === null)
    return [fault(pointer, 'not_confirmed', '手机号尚未完成短信验证', 'this verification is unknown or was not confirmed')];
  if (row.phoneIndex !== deps.vault.blindIndex('phone', phone)) return otherPhone;
  if (deps.clock.nowMs() - confirmed > VERIFIED_FOR_MS)
    return [fault(pointer, 'too_old', '短信验证已过期，请重新验证', 'this verification has expired; verify again')];
  return [];
}

function checkDocuments(deps: Deps, ids: readonly string[], caller: Caller, applicationId: string | null): Fault[] {
  return ids.flatMap((id, at) => {
    if (deps.mode === 'sandbox' && SANDBOX_DOCUMENTS.has(id)) return [];
    const row = deps.store.intake.document(id);
    const pointer = `/documents/${at}`;
    if (row === undefined || row.channelId !== caller.channelId)
      return [fault(pointer, 'unknown_document', '没有这份证件照片', 'there is no such document')];
    if (row.applicationId !== null && row.applicationId !== applicationId)
      return [fault(pointer, 'document_used', '这份证件照片已用于另一个申请', 'this document belongs to another application')];
    return [];
  });
}

function invalid(faults: readonly Fault[]): Problem {
  return problem('invalid_request', '提交的内容有误，请修改后重试', 'the request has faults; see errors', { faults });
}
