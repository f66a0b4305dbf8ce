/**
 * One unit of work: what a flow decides inside a commit. Rows are loaded once, changed in memory and written once at the end; events,
 * webhook deliveries and timers go into the same transaction; effects are carried out only after it is durable.
 * Rhythm: decide, commit, act, commit.
 */
import type { DeskSnapshot } from '../domain/desk.ts';
import type { EventType } from '../domain/events.ts';
import { invariant } from '../domain/failures.ts';
import { mintId, type IdPrefix } from '../domain/ids.ts';
import {
  advanceApplication,
  advanceAttempt,
  type ApplicationEdge,
  type ApplicationState,
  type AttemptEdge,
  type AttemptState,
} from '../domain/states.ts';
import type { DataKey } from '../ports/vault.ts';
import { wantsEvent } from '../outbox/endpoint.ts';
import { newDelivery } from './new-delivery.ts';
import type { ApplicationRow, AttemptRow, BorrowerRow, ConsentRow, DocumentRow, EventRow, ReceiptRow, Store, TimerKind } from '../store/index.ts';
import type { Facts } from '../domain/applicant.ts';
import type { CompleteBody } from './application-body.ts';
import type { Deps } from './deps.ts';
import type { Effect } from './effects.ts';
import { Few } from './few.ts';

/** How long an effect may take before its timer assumes that it died, milliseconds. */
export const EFFECT_GRACE_MS = 20_000;

interface Held<R, S> {
  readonly row: R;
  /** State as it stands in the store; null: not inserted yet. */
  readonly was: S | null;
}

export class Work {
  readonly nowMs: number;
  readonly desk: DeskSnapshot;
  readonly effects: Effect[] = [];
  readonly touched = new Few<true>();
  nextDueMs = Number.POSITIVE_INFINITY;
  readonly deps: Deps;
  readonly tx: Store;
  readonly #applications = new Few<Held<ApplicationRow, ApplicationState>>();
  readonly #attempts = new Few<Held<AttemptRow, AttemptState>>();
  readonly #attemptsOf = new Few<AttemptRow[]>();
  readonly #receipts: ReceiptRow[] = [];
  readonly #events: Omit<EventRow, 'seq'>[] = [];
  readonly #newConsents: ConsentRow[] = [];
  readonly #newDocuments: DocumentRow[] = [];
  readonly #borrowers = new Few<BorrowerRow>();
  readonly #consents = new Few<ConsentRow[]>();
  readonly #documents = new Few<DocumentRow[]>();
  readonly #opened = new Few<{ readonly body: CompleteBody; readonly facts: Facts }>();

  constructor(deps: Deps, tx: Store) {
    this.deps = deps;
    this.tx = tx;
    this.nowMs = deps.clock.nowMs();
    this.desk = deps.desk.snapshot();
  }

  newId(prefix: IdPrefix): string {
    return mintId(prefix, this.deps.cell, this.nowMs, this.deps.random.bytes(10));
  }

  borrower(id: string): BorrowerRow | null {
    const known = this.#borrowers.get(id) ?? this.tx.applications.borrowerById(id);
    if (known !== undefined) this.#borrowers.set(id, known);
    return known ?? null;
  }

  /** The data key of an application's borrower, or null once erased. */
  keyOf(application: Pick<ApplicationRow, 'borrowerId' | 'state'>): DataKey | null {
    if (application.state === 'erased') return null;
    const cached = this.deps.keys.cached(application.borrowerId);
    if (cached !== undefined) return cached;
    const borrower = this.borrower(application.borrowerId);
    return borrower === null ? null : this.deps.keys.of(borrower);
  }

  addBorrower(row: BorrowerRow): void {
    this.#borrowers.set(row.id, row);
    this.tx.applications.insertBorrower(row);
  }

  /** The ledger of an application, this unit of work's own entries included. */
  consentsOf(applicationId: string): readonly ConsentRow[] {
    let rows = this.#consents.get(applicationId);
    if (rows === undefined) {
      rows = this.#applications.get(applicationId)?.was === null ? [] : this.tx.dispatch.consentsOf(applicationId);
      this.#consents.set(applicationId, rows);
    }
    return rows;
  }

  addConsent(row: ConsentRow): void {
    (this.consentsOf(row.applicationId) as ConsentRow[]).push(row);
    this.#newConsents.push(row);
  }

  documentsOf(applicationId: string): readonly DocumentRow[] {
    let rows = this.#documents.get(applicationId);
    if (rows === undefined) {
      rows = this.tx.intake.documentsOf(applicationId);
      this.#documents.set(applicationId, rows);
    }
    return rows;
  }

  addDocument(row: DocumentRow): void {
    this.#newDocuments.push(row);
  }

  /** An application is given these documents; what was known of them before is out of date. */
  claimDocuments(application: ApplicationRow, documents: readonly DocumentRow[]): void {
    const known = this.#applications.get(application.id)?.was === null ? [] : this.documentsOf(application.id);
    this.#documents.set(application.id, [...known, ...documents]);
  }

  /** What was opened of an application in this unit of work, to be handed on to its effects. */
  opened(applicationId: string): { readonly body: CompleteBody; readonly facts: Facts } | undefined {
    return this.#opened.get(applicationId);
  }

  keepOpen(applicationId: string, body: CompleteBody, facts: Facts): void {
    this.#opened.set(applicationId, { body, facts });
  }

  application(id: string): ApplicationRow | null {
    const held = this.#applications.get(id);
    if (held !== undefined) return held.row;
    const row = this.tx.applications.byId(id);
    if (row === undefined) return null;
    this.#applications.set(id, { row, was: row.state });
    return row;
  }

  /** The sealed body is large and seldom changes, so it is written only when told. */
  saveBody(row: ApplicationRow): void {
    if (this.#applications.get(row.id)?.was !== null) this.tx.applications.saveBody(row);
  }

  addApplication(row: ApplicationRow): void {
    this.#applications.set(row.id, { row, was: null });
  }

  attempt(id: string): AttemptRow | null {
    const held = this.#attempts.get(id);
    if (held !== undefined) return held.row;
    const row = this.tx.dispatch.byId(id);
    return row === undefined ? null : this.#holdAttempt(row);
  }

  /** An attempt with its application; null when either is not there. */
  attemptAndApplication(attemptId: string): { readonly attempt: AttemptRow; readonly application: ApplicationRow } | null {
    const attempt = this.attempt(attemptId);
    const application = attempt === null ? null : this.application(attempt.applicationId);
    return attempt === null || application === null ? null : { attempt, application };
  }

  /** Every attempt of an application, those of this unit of work included. */
  attemptsOf(applicationId: string): readonly AttemptRow[] {
    const known = this.#attemptsOf.get(applicationId);
    if (known !== undefined) return known;
    const fresh = this.#applications.get(applicationId)?.was === null;
    const rows = fresh ? [] : this.tx.dispatch.ofApplication(applicationId).map((row) => this.#attempts.get(row.id)?.row ?? this.#holdAttempt(row));
    this.#attemptsOf.set(applicationId, rows);
    return rows;
  }

  addAttempt(row: AttemptRow): void {
    (this.attemptsOf(row.applicationId) as AttemptRow[]).push(row);
    this.#attempts.set(row.id, { row, was: null });
  }

  addReceipt(row: ReceiptRow): void {
    this.#receipts.push(row);
  }

  /** Takes an edge of the application's life; false, and nothing changed, when its state has no such edge. */
  moveApplication(row: ApplicationRow, edge: ApplicationEdge): boolean {
    const next = advanceApplication(row.state, edge);
    if (next === null) return false;
    row.state = next;
    row.updatedAtMs = this.nowMs;
    return true;
  }

  moveAttempt(row: AttemptRow, edge: AttemptEdge): boolean {
    const next = advanceAttempt(row.state, edge);
    if (next === null) return false;
    row.state = next;
    return true;
  }

  /** Appends an event of this application, and a delivery for each endpoint that wants it. */
  emit(type: EventType, application: ApplicationRow, data: Readonly<Record<string, unknown>> = {}): void {
    application.eventSeq += 1;
    this.#events.push({
      type,
      applicationId: application.id,
      applicationSeq: application.eventSeq,
      channelId: application.channelId,
      atMs: this.nowMs,
      data,
    });
    this.touched.set(application.id, true);
  }

  /** Appends an event that belongs to no application; for the desk, and alarms for the webhooks that ask for them. */
  emitGeneral(type: EventType, data: Readonly<Record<string, unknown>>): void {
    this.#events.push({ type, applicationId: null, applicationSeq: null, channelId: null, atMs: this.nowMs, data });
  }

  /** Appends an event of a channel's page, of nobody we know: it is counted and goes nowhere. */
  emitOfPage(type: Extract<EventType, `page.${string}`>, channelId: string, data: Readonly<Record<string, unknown>>): void {
    this.#events.push({ type, applicationId: null, applicationSeq: null, channelId, atMs: this.nowMs, data });
  }

  /** Marks the application as changed, so that it is saved and its waiters are woken. */
  touch(application: ApplicationRow): void {
    application.updatedAtMs = this.nowMs;
    this.touched.set(application.id, true);
  }

  setTimer(kind: TimerKind, ref: string, dueAtMs: number, tries = 0): void {
    this.tx.feed.setTimer(kind, ref, dueAtMs, tries);
    if (dueAtMs < this.nextDueMs) this.nextDueMs = dueAtMs;
  }

  clearTimer(kind: TimerKind, ref: string): void {
    this.tx.feed.clearTimer(kind, ref);
  }

  act(effect: Effect): void {
    this.effects.push(effect);
  }

  /** Writes every held row once, rows of a kind together. Called by `perform` at the end of the closure. */
  flush(): void {
    this.#applications.each(({ row, was }) => {
      if (was === null) this.tx.applications.insert(row);
      else if (this.touched.has(row.id) || row.state !== was)
        invariant(this.tx.applications.save(row, was), 'application changed inside its own transaction');
    });
    this.#attempts.each(({ row, was }) => {
      if (was === null) this.tx.dispatch.insert(row);
      else invariant(this.tx.dispatch.save(row, was), 'attempt changed inside its own transaction');
    });
    if (this.#newDocuments.length > 0) this.tx.intake.insertDocuments(this.#newDocuments);
    if (this.#newConsents.length > 0) this.tx.dispatch.insertConsents(this.#newConsents);
    // After the consents and the attempts, which the store looks for when a receipt comes.
    for (const row of this.#receipts) this.tx.dispatch.insertReceipt(row);
    if (this.#events.length === 0) return;
    const first = this.tx.feed.appendAll(this.#events);
    this.#events.forEach((event, at) => this.#deliver(event, first + at));
  }

  #holdAttempt(row: AttemptRow): AttemptRow {
    this.#attempts.set(row.id, { row, was: row.state });
    return row;
  }

  #deliver(event: Omit<EventRow, 'seq'>, seq: number): void {
    for (const endpoint of this.desk.endpoints) {
      if (!wantsEvent(endpoint, event)) continue;
      const delivery = newDelivery(this.newId('dlv'), endpoint.id, seq, event.type, this.nowMs);
      this.tx.feed.insertDelivery(delivery);
      this.setTimer('delivery', delivery.id, this.nowMs + EFFECT_GRACE_MS);
      this.act({ kind: 'deliver', deliveryId: delivery.id, carry: { delivery, event: { ...event, seq } } });
    }
  }
}

/** Runs `decide` in one commit, then wakes waiters and carries out its effects. `decide` may run twice (group commit) and must only touch its `work`. */
export async function perform<T>(deps: Deps, decide: (work: Work) => T): Promise<T> {
  let last: Work | null = null;
  const result = await deps.commit((tx) => {
    const work = new Work(deps, tx);
    last = work;
    const value = decide(work);
    work.flush();
    return value;
  });
  const done = last as Work | null;
  invariant(done !== null, 'commit ran nothing');
  done.touched.each((_, id) => deps.signals.changed(id));
  if (done.nextDueMs < Number.POSITIVE_INFINITY) deps.wakeAt(done.nextDueMs);
  for (const effect of done.effects) deps.act(effect);
  return result;
}
