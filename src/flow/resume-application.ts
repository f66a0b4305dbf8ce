/**
 * The way back to an application from another device: whoever has just shown that the phone is theirs is told its newest application of this channel
 * and the token to continue it with. The link that leads there carries nothing; what proves is the code.
 */
import { problem, type Problem } from '../domain/failures.ts';
import { APPLICATION_ENDED, type ApplicationState } from '../domain/states.ts';
import type { Deps } from './deps.ts';
import { checkPhoneVerification } from './save-application.ts';
import { wasConfirmedAt } from './verify-phone.ts';
import { perform } from './work.ts';

/** How long after its code was confirmed a verification leads back; shorter than what it is good for otherwise. */
const FRESH_MS = 15 * 60_000;
/** How long one that has ended can still be looked at. */
const LOOKED_AT_MS = 30 * 86_400_000;
/** Ended by the borrower's own will, or gone: nothing to come back to. */
const CLOSED: ReadonlySet<ApplicationState> = new Set(['withdrawn', 'erased']);
/** While it is open, and while its loan may be looked at. */
const LASTING: ReadonlySet<ApplicationState> = new Set([
  'draft',
  'screening',
  'routing',
  'needs_consent',
  'pending',
  'offered',
  'accepted',
  'disbursed',
]);

export async function resumeApplication(
  deps: Deps,
  channelId: string,
  phone: string,
  verificationId: string,
): Promise<{ readonly id: string } | Problem> {
  const [wrong] = checkPhoneVerification(deps, phone, verificationId);
  if (wrong !== undefined)
    return problem('invalid_request', wrong.message.zh, wrong.message.en, { faults: [{ ...wrong, pointer: '/phone_verification_id' }] });
  return perform(deps, (work) => {
    const verification = work.tx.intake.verification(verificationId);
    if (verification === undefined || verification.confirmedAtMs === null || work.nowMs - verification.confirmedAtMs > FRESH_MS) return anew();
    if (!wasConfirmedAt(deps, verification, channelId)) return anew();
    const borrower = work.tx.applications.borrowerByPhone(verification.phoneIndex);
    const known = borrower === undefined ? [] : work.tx.applications.ofBorrower(borrower);
    const mine = known
      .filter(
        (row) => row.channelId === channelId && !CLOSED.has(row.state) && (LASTING.has(row.state) || work.nowMs - row.updatedAtMs < LOOKED_AT_MS),
      )
      .toSorted((a, b) => Number(APPLICATION_ENDED.has(a.state)) - Number(APPLICATION_ENDED.has(b.state)) || (a.id < b.id ? 1 : -1));
    const [found] = mine;
    if (found === undefined) return problem('not_found', '这个手机号没有进行中的申请', 'there is no application of this phone');
    return { id: found.id };
  });
}

function anew(): Problem {
  return problem('phone_not_verified', '请重新验证手机号', 'verify the phone again');
}
