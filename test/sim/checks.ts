/**
 * The invariants that every commit must keep. Each looks only at what the commit changed and at its neighbours in the ledger. What a message
 * must satisfy when it leaves is in wire-checks.ts, what must come true in the end in liveness.ts.
 */
import { APPLICATION_STATES, ATTEMPT_OPEN, ATTEMPT_STATES, LOAN_STATES, type AttemptState } from '../../src/domain/states.ts';
import { isErased, needTimer, WAITERS, type CommitView, type Waiter } from './invariants.ts';
import type { Change } from './ledger.ts';
import { checkBid, checkRepayment, checkStep } from './shape-checks.ts';
import type { Rows } from './watched.ts';

export function checkCommit(view: CommitView): void {
  for (const change of view.changes) {
    switch (change.table) {
      case 'applications':
        checkApplication(view, change as Change<'applications'>);
        break;
      case 'attempts':
        checkAttempt(view, change as Change<'attempts'>);
        break;
      case 'offers':
        checkOffer(view, change as Change<'offers'>);
        break;
      case 'loans':
        checkLoan(view, change as Change<'loans'>);
        break;
      case 'events':
        checkEvent(view, change as Change<'events'>);
        break;
      case 'cap_leases':
      case 'cap_quotas':
        checkCap(view, change.key);
        break;
      case 'deliveries':
        checkDelivery(view, change as Change<'deliveries'>);
        break;
      case 'callbacks':
        checkCallback(view, change as Change<'callbacks'>);
        break;
      case 'borrowers':
        if (change.after !== null) checkErased(view, (change.after as Rows['borrowers']).id);
        break;
      case 'timers':
        checkTimerOwner(view, (change.before ?? change.after) as Rows['timers']);
        break;
      case 'borrower_steps':
        checkStep(view, change as Change<'borrower_steps'>);
        break;
      case 'repayments':
        checkRepayment(view, change as Change<'repayments'>);
        break;
      case 'receipts':
      case 'plans':
        checkSealedOf(view, change as Change<'receipts' | 'plans'>);
        break;
      default:
        break;
    }
  }
}

function checkApplication(view: CommitView, { before, after }: Change<'applications'>): void {
  if (after === null) return view.fail('legal_transition', 'an application was deleted');
  if (before !== null && before.state !== after.state) legal(view, 'application', APPLICATION_STATES, before.state, after.state, 4, after.id);
  if (before === null && after.variant !== null) {
    for (const other of view.ledger.rows('applications').values()) {
      if (other.id !== after.id && other.variant === after.variant)
        view.fail('one_application_per_key', `${other.id} and ${after.id} for ${after.variant}`);
    }
  }
  needTimer(view, 'application', after.id);
  // Attempts whose application has just ended are to be taken back, and loans followed.
  for (const attempt of view.ledger.of('attempts', after.id)) needTimer(view, 'attempt', attempt.id);
  if (after.state === 'erased') checkErased(view, after.borrowerId);
}

function checkAttempt(view: CommitView, { before, after }: Change<'attempts'>): void {
  if (after === null) return view.fail('legal_transition', 'an attempt was deleted');
  if (before !== null && before.state !== after.state) legal(view, 'attempt', ATTEMPT_STATES, before.state, after.state, 2, after.id);
  needTimer(view, 'attempt', after.id);
  checkReleased(view, after);
  checkBacked(view, after);
  if (before !== null && before.state === after.state) return;
  checkBid(view, before, after);
  if (before !== null && after.state !== 'submitting' && after.state !== 'authorising') return;
  // A new question: whoever else is still being asked must be of the same wave of the same plan.
  const plan = view.ledger.get('plans', after.planId);
  const alone = plan === undefined || view.strategyOf(plan) === 'waterfall';
  for (const other of view.ledger.of('attempts', after.applicationId)) {
    if (other.id === after.id || !ATTEMPT_OPEN.has(other.state as AttemptState)) continue;
    if (alone || other.planId !== after.planId) view.fail('exclusive_attempt', `${after.id} is ${after.state} while ${other.id} is ${other.state}`);
  }
}

/** Nothing is held for an attempt that surely came to nothing; what may still stand at the funder keeps its place. */
function checkReleased(view: CommitView, row: Rows['attempts']): void {
  const sureNo = row.state === 'declined' || row.state === 'failed' || row.state === 'ineligible';
  if (sureNo && row.reserved !== '[]') view.fail('released_on_sure_no', `${row.id} is ${row.state} and holds ${row.reserved}`);
}

/** An offer that can be taken is one its funder still stands by, as far as we know. */
function checkBacked(view: CommitView, attempt: Rows['attempts']): void {
  if (attempt.state === 'approved') return;
  // Those of a rate table can be taken while it fills.
  const open = view.ledger
    .of('offers', attempt.applicationId)
    .find((offer) => offer.attemptId === attempt.id && offer.state === 'open' && (attempt.state !== 'pending' || offer.funderOfferRef === ''));
  if (open !== undefined) view.fail('offer_is_backed', `${open.id} is open, its attempt is ${attempt.state}`);
}

function checkOffer(view: CommitView, { after }: Change<'offers'>): void {
  if (after === null) return;
  const attempt = view.ledger.get('attempts', after.attemptId);
  if (attempt !== undefined) checkBacked(view, attempt);
  needTimer(view, 'attempt', after.attemptId);
  if (after.state !== 'accepted') return;
  // Once a loan has failed without money, an approval that comes late may be taken instead.
  const failed = new Set(
    view.ledger
      .of('loans', after.applicationId)
      .filter((loan) => loan.state === 'failed')
      .map((loan) => loan.attemptId),
  );
  const accepted = view.ledger.of('offers', after.applicationId).filter((offer) => offer.state === 'accepted' && !failed.has(offer.attemptId));
  if (accepted.length > 1) view.fail('one_winner', `${after.applicationId} has accepted ${accepted.map((offer) => offer.id).join(' and ')}`);
}

function checkLoan(view: CommitView, { before, after }: Change<'loans'>): void {
  if (after === null) return view.fail('legal_transition', 'a loan was deleted');
  if (before !== null && before.state !== after.state) legal(view, 'loan', LOAN_STATES, before.state, after.state, 2, after.id);
  const alive = view.ledger.of('loans', after.applicationId).filter((loan) => loan.state !== 'failed');
  if (alive.length > 1) view.fail('one_winner', `${after.applicationId} has two loans`);
  needTimer(view, 'loan', after.id);
}

function checkEvent(view: CommitView, { before, after }: Change<'events'>): void {
  if (before !== null || after === null) return view.fail('event_sequence', 'an event was changed');
  if (after.applicationId === null) return;
  const application = view.ledger.get('applications', after.applicationId);
  const known = view.changes.find((change) => change.table === 'applications' && change.key === after.applicationId)?.before as
    | Rows['applications']
    | null
    | undefined;
  const least = known === undefined ? application?.eventSeq : (known?.eventSeq ?? 0);
  const most = application?.eventSeq ?? -1;
  const seq = after.applicationSeq ?? -1;
  const fresh = view.changes.filter(
    (change) => change.table === 'events' && (change.after as Rows['events'] | null)?.applicationId === after.applicationId,
  );
  const place = fresh.findIndex((change) => change.key === String(after.seq));
  if (least === undefined || seq !== least + place + 1 || most !== least + fresh.length) {
    view.fail('event_sequence', `${after.applicationId}: event ${seq} (${after.type}) after ${least}, the row says ${most}`);
  }
}

function checkCap(view: CommitView, key: string): void {
  const lease = view.ledger.get('cap_leases', key);
  const lent = view.ledger.get('cap_quotas', key)?.leased ?? 0;
  if (lent > view.capLimit(key)) view.fail('cap_ledger', `${key}: ${lent} lent of ${view.capLimit(key)}`);
  if (lease === undefined) return;
  const held = view.ledger.reserved.get(key) ?? 0;
  if (lease.leased > lent) view.fail('cap_ledger', `${key}: the cell has ${lease.leased}, the desk lent ${lent}`);
  if (lease.used > lease.leased) view.fail('cap_ledger', `${key}: ${lease.used} used of ${lease.leased}`);
  if (lease.used !== held) view.fail('cap_ledger', `${key}: ${lease.used} used, attempts hold ${held}`);
}

function checkDelivery(view: CommitView, { before, after }: Change<'deliveries'>): void {
  if (before !== null && before.state !== 'waiting' && after?.state !== before.state)
    view.fail('delivery_ends_once', `${before.id}: ${before.state} -> ${after?.state}`);
  if (after !== null) needTimer(view, 'delivery', after.id);
}

function checkCallback(view: CommitView, { before, after }: Change<'callbacks'>): void {
  if (after === null) return;
  if (before !== null && before.state !== 'received' && before.state !== after.state)
    view.fail('callback_once', `${after.id}: ${before.state} -> ${after.state}`);
  if (before === null && after.state !== 'forged') {
    for (const other of view.ledger.rows('callbacks').values()) {
      if (other.id !== after.id && other.dedupeKey === after.dedupeKey && other.state !== 'unmatched')
        view.fail('callback_once', `${after.dedupeKey} was taken up twice`);
    }
  }
  needTimer(view, 'callback', after.id);
  if (after.attemptId === null || after.sealed === 0) return;
  const attempt = view.ledger.get('attempts', after.attemptId);
  if (attempt !== undefined && isErased(view, attempt.borrowerId)) view.fail('erased_is_null', `callback ${after.id} is kept`);
}

function checkSealedOf(view: CommitView, { table, after }: Change<'receipts' | 'plans'>): void {
  if (after === null || after.sealed === 0) return;
  const applicationId =
    table === 'plans' ? (after as Rows['plans']).applicationId : view.ledger.get('attempts', (after as Rows['receipts']).attemptId)?.applicationId;
  const application = applicationId === undefined ? undefined : view.ledger.get('applications', applicationId);
  if (application !== undefined && isErased(view, application.borrowerId))
    view.fail('erased_is_null', `${table} ${after.id} is sealed for the erased`);
}

function checkErased(view: CommitView, borrowerId: string): void {
  const borrower = view.ledger.get('borrowers', borrowerId);
  if (borrower === undefined || borrower.erasedAtMs === null) return;
  if (borrower.keyed === 1) view.fail('erased_is_null', `${borrowerId} has a key`);
  for (const application of view.ledger.rows('applications').values()) {
    if (application.borrowerId !== borrowerId) continue;
    if (application.sealed === 1) view.fail('erased_is_null', `${application.id} has a body`);
    if (view.ledger.of('borrower_steps', application.id).some((step) => step.sealed === 1))
      view.fail('erased_is_null', `${application.id} has a step`);
    const attempts = view.ledger.of('attempts', application.id);
    if (attempts.some((attempt) => view.ledger.of('receipts', attempt.id).some((receipt) => receipt.sealed === 1)))
      view.fail('erased_is_null', `${application.id} has an exchange`);
    for (const plan of view.ledger.rows('plans').values())
      if (plan.applicationId === application.id && plan.sealed === 1) view.fail('erased_is_null', `${plan.id} has inputs`);
    for (const callback of view.ledger.rows('callbacks').values()) {
      if (callback.sealed === 1 && attempts.some((attempt) => attempt.id === callback.attemptId))
        view.fail('erased_is_null', `callback ${callback.id} is kept`);
    }
  }
}

function checkTimerOwner(view: CommitView, { kind, ref }: Rows['timers']): void {
  if (Object.hasOwn(WAITERS, kind)) needTimer(view, kind as Waiter, ref);
}

type Table = Readonly<Record<string, Readonly<Record<string, string>>>>;
const reach = new Map<string, boolean>();

/** Whether the table leads from one state to the other in at most so many edges: one commit may take several. */
function legal(view: CommitView, what: string, table: Table, from: string, to: string, edges: number, id: string): void {
  const name = `${what}/${from}/${to}`;
  let known = reach.get(name);
  if (known === undefined) reach.set(name, (known = leads(table, from, to, edges)));
  if (!known) view.fail('legal_transition', `${what} ${id}: ${from} -> ${to}`);
}

function leads(table: Table, from: string, to: string, edges: number): boolean {
  return edges > 0 && Object.values(table[from] ?? {}).some((next) => next === to || leads(table, next, to, edges - 1));
}
