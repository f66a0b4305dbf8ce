/** Which steps of the form a draft has behind it, by what is in it; each is told in the feed the first time. */
import type { PageStep } from '../domain/page-variant.ts';
import type { ApplicationRow } from '../store/index.ts';
import type { ApplicationBody } from './application-body.ts';
import type { ApplicationInput } from './intake-input.ts';
import type { Work } from './work.ts';

const TYPE = 'application.step_done';

/** Appends an event for each step that `input` has completed. Only a draft has steps: what is submitted whole has passed through no form of ours. */
export function noteSteps(work: Work, application: ApplicationRow, body: ApplicationBody, input: ApplicationInput): void {
  const told = new Set(
    work.tx.feed.eventsOf(application.id, 0).flatMap(({ type, data }) => (type === TYPE && typeof data['step'] === 'string' ? [data['step']] : [])),
  );
  for (const step of stepsDone(work, application, body, input))
    if (!told.has(step)) work.emit(TYPE, application, { step, variant: application.variant });
}

function stepsDone(work: Work, application: ApplicationRow, { applicant, request }: ApplicationBody, input: ApplicationInput): PageStep[] {
  const photos = new Set(work.documentsOf(application.id).flatMap(({ kind, ok }) => (ok ? [kind] : [])));
  const done: Readonly<Record<PageStep, boolean>> = {
    identity: applicant.name !== undefined && applicant.id_number !== undefined,
    work: applicant.employment !== undefined && applicant.monthly_income_fen !== undefined,
    // To leave all of it out is an answer too, which only the question shows.
    assets: input.applicant.assets !== undefined,
    purpose: request.purpose !== undefined,
    photos: photos.has('id_front') && photos.has('id_back'),
  };
  return (Object.keys(done) as PageStep[]).filter((step) => done[step]);
}
