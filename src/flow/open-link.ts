/**
 * The borrower follows a step's link through our own address, so that the funder's, which may carry a token, stands in no reply or log of
 * ours. A link that lasts a minute is asked of the funder at this moment.
 */
import type { RedirectAnswer } from '../../adapters/contract.ts';
import { problem, type Problem } from '../domain/failures.ts';
import { isWebLink } from '../domain/web-link.ts';
import type { StepRow } from '../store/index.ts';
import { contextFor } from './adapter-context.ts';
import { refOf } from './ask-funder.ts';
import { detailOf, isOpen } from './borrower-steps.ts';
import type { Deps } from './deps.ts';
import { funderInterface } from './funder-interface.ts';
import { stepOfToken } from './step-link.ts';
import { perform, Work } from './work.ts';

/** Where the token leads. Each opening of a one-time link asks the funder for a new one. */
export async function openLink(deps: Deps, token: string): Promise<{ readonly url: string } | Problem> {
  const stepId = stepOfToken(deps.vault, token);
  if (stepId === null) return problem('not_found', '链接无效', 'there is no such link');
  const sight = new Work(deps, deps.store);
  const step = deps.store.steps.byId(stepId);
  const application = step === undefined ? null : sight.application(step.applicationId);
  if (step === undefined || application === null) return problem('not_found', '链接无效', 'there is no such link');
  if (!isOpen(sight, application, step)) return problem('gone', '这一步已结束，请返回申请页面查看', 'this step is over; see your application');
  const url = step.kind === 'redirect' ? await askLink(deps, step) : detailOf(sight, application, step).ref;
  if (url === null)
    return problem('funder_unavailable', '资金方页面暂时打不开，请稍后再试', 'the funder’s page cannot be opened just now; try again in a while', {
      retryAfterS: 10,
    });
  await perform(deps, (work) => noteOpened(work, step));
  return { url };
}

async function askLink(deps: Deps, step: StepRow): Promise<string | null> {
  const attempt = deps.store.dispatch.byId(step.attemptId);
  const at = attempt === undefined ? null : funderInterface(deps, attempt.funderId);
  const redirect = at?.adapter.redirect;
  if (attempt === undefined || at === null || redirect === undefined) return null;
  const { funder } = at;
  const ctx = contextFor(deps, funder);
  const { answer } = await deps.lines.of(funder).call<RedirectAnswer>({
    capability: 'redirect',
    request: redirect.build(ctx, refOf(attempt), { destination: step.destination ?? 'credit' }),
    read: (response) => redirect.read(ctx, response),
    timeoutMs: funder.timeouts.query_ms,
  });
  return answer.kind === 'url' && isWebLink(answer.url, { allowHttp: deps.mode === 'sandbox' }) ? answer.url : null;
}

/** The first opening is when the borrower went over; the attempt is then looked at again soon. */
function noteOpened(work: Work, step: StepRow): void {
  const row = work.tx.steps.byId(step.id);
  const application = work.application(step.applicationId);
  if (row === undefined || row.openedAtMs !== null || application === null) return;
  work.tx.steps.save({ ...row, openedAtMs: work.nowMs });
  work.emit('attempt.page_opened', application, { attempt_id: step.attemptId, step: step.kind });
}
