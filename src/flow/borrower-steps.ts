/**
 * What the borrower has to do at a funder: kept as a row, its link or reference sealed under the borrower's key, shown among the `needs` of the
 * application for as long as its attempt or loan waits for it. A step is never closed by hand when an attempt ends: it is shown by the
 * attempt's own state.
 */
import type { BorrowerStep, BoundCard } from '../../adapters/contract.ts';
import type { StepDetail, StepKind, StepStage } from '../domain/borrower-step.ts';
import { isWebLink } from '../domain/web-link.ts';
import type { ApplicationRow, AttemptRow, StepRow } from '../store/index.ts';
import type { Work } from './work.ts';

interface NewStep {
  readonly kind: StepKind;
  readonly stage: StepStage;
  readonly state: 'held' | 'open';
  readonly destination?: StepRow['destination'];
  /** The link, or the bank's reference. */
  readonly detail?: string;
  readonly cards?: readonly BoundCard[];
  readonly expiresAtMs?: number | null;
}

/** Adds the step a funder asks for, or renews the one that stands. False when its link is none that a borrower may be sent to. */
export function keepStep(
  work: Work,
  application: ApplicationRow,
  attempt: AttemptRow,
  asked: BorrowerStep,
  where: Pick<NewStep, 'stage' | 'state'>,
): boolean {
  if (asked.kind === 'redirect') {
    putStep(work, application, attempt, { kind: 'redirect', destination: asked.destination, ...where });
    return true;
  }
  if (!isWebLink(asked.url, { allowHttp: work.deps.mode === 'sandbox' })) {
    work.emit('attempt.alarm', application, { attempt_id: attempt.id, funder_id: attempt.funderId, alarm: 'unusable_link', detail: 'link' });
    return false;
  }
  putStep(work, application, attempt, { kind: 'open_link', detail: asked.url, expiresAtMs: asked.expiresAtMs, ...where });
  return true;
}

/** One step an attempt and stage: asked again, it is the same step with what is new. Returns it. */
export function putStep(work: Work, application: ApplicationRow, attempt: AttemptRow, step: NewStep): StepRow {
  const known = work.tx.steps
    .ofApplication(application.id)
    .find((row) => row.attemptId === attempt.id && row.stage === step.stage && row.state !== 'done');
  const id = known?.id ?? work.newId('stp');
  const key = work.keyOf(application);
  const detail: StepDetail = { ref: step.detail ?? null, cards: step.cards ?? [] };
  const row: StepRow = {
    id,
    applicationId: application.id,
    borrowerId: application.borrowerId,
    attemptId: attempt.id,
    kind: step.kind,
    stage: step.stage,
    state: step.state,
    destination: step.destination ?? null,
    detailSealed: key === null ? null : (key.seal(aadOf(id), JSON.stringify(detail)) as Buffer),
    expiresAtMs: step.expiresAtMs ?? null,
    openedAtMs: known?.openedAtMs ?? null,
    createdAtMs: known?.createdAtMs ?? work.nowMs,
  };
  if (known === undefined) work.tx.steps.insert(row);
  else work.tx.steps.save(row);
  const isNews = row.state === 'open' && (known?.state !== 'open' || known.kind !== row.kind);
  if (isNews) tell(work, application, row, attempt.funderId);
  return row;
}

/** Opens the step that was held back until this funder was chosen; null when there is none. */
export function openHeldStep(work: Work, application: ApplicationRow, attempt: AttemptRow): StepRow | null {
  const held = work.tx.steps.ofApplication(application.id).find((row) => row.attemptId === attempt.id && row.state === 'held');
  if (held === undefined) return null;
  const open: StepRow = { ...held, state: 'open' };
  work.tx.steps.save(open);
  tell(work, application, open, attempt.funderId);
  return open;
}

export function finishSteps(work: Work, application: ApplicationRow, attemptId: string, stage: StepStage): void {
  for (const row of work.tx.steps.ofApplication(application.id)) {
    if (row.attemptId === attemptId && row.stage === stage && row.state !== 'done') work.tx.steps.save({ ...row, state: 'done', detailSealed: null });
  }
}

/** What is sealed in a step; nothing once its borrower was erased or it is done. */
export function detailOf(work: Pick<Work, 'keyOf'>, application: ApplicationRow, step: StepRow): StepDetail {
  const key = step.detailSealed === null ? null : work.keyOf(application);
  if (key === null) return { ref: null, cards: [] };
  return JSON.parse(new TextDecoder().decode(key.open(aadOf(step.id), step.detailSealed!))) as StepDetail;
}

type Sight = Pick<Work, 'tx' | 'attemptsOf' | 'nowMs'>;

/** Steps the borrower can take now. */
export function openStepsOf(sight: Sight, application: ApplicationRow): readonly StepRow[] {
  return sight.tx.steps.ofApplication(application.id).filter((step) => isOpen(sight, application, step));
}

export function isOpen(sight: Sight, application: ApplicationRow, step: StepRow): boolean {
  if (step.state !== 'open' || (step.expiresAtMs !== null && sight.nowMs >= step.expiresAtMs)) return false;
  const state = sight.attemptsOf(application.id).find((attempt) => attempt.id === step.attemptId)?.state;
  switch (step.stage) {
    case 'before_submit':
      return state === 'authorising';
    case 'before_decision':
      return state === 'pending';
    case 'before_payout':
      return sight.tx.offers.loanOfAttempt(step.attemptId)?.state === 'contracting';
  }
}

function tell(work: Work, application: ApplicationRow, step: StepRow, funderId: string): void {
  const type = step.stage === 'before_payout' ? 'loan.needs_borrower' : 'attempt.needs_borrower';
  work.emit(type, application, { attempt_id: step.attemptId, funder_id: funderId, step: step.kind });
}

const aadOf = (stepId: string): string => `borrower_steps/${stepId}/detail`;
