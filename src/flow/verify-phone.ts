/** Phone verification by SMS code, limited per phone and address. The code itself is stored only as a keyed hash. */
import { fault, problem, type Problem } from '../domain/failures.ts';
import { isNearby, networkOf } from '../domain/network.ts';
import type { PhoneVerificationRow } from '../store/index.ts';
import type { Deps } from './deps.ts';
import { perform } from './work.ts';

const CODE_VALID_MINUTES = 10;
const MAX_WRONG_TRIES = 5;
const HOUR_MS = 3_600_000;
/** Gateways do not say which of their limits it was; the shortest is a minute's. */
const GATEWAY_AGAIN_S = 60;
export const VERIFICATION_LIMITS = { phonePerHour: 5, phonePerDay: 10, ipPerHour: 30 } as const;
/** In sandbox mode every code is this one. */
const SANDBOX_CODE = '000000';

export interface Verification {
  readonly id: string;
  readonly expiresAtMs: number;
}

export async function beginVerification(deps: Deps, phone: string, ip: string | null): Promise<Verification | Problem> {
  const phoneIndex = deps.vault.blindIndex('phone', phone);
  const ipIndex = deps.vault.blindIndex('ip', networkOf(ip ?? 'unknown'));
  const behindProxy = ip !== null && isNearby(ip);
  const code = deps.mode === 'sandbox' ? SANDBOX_CODE : randomCode(deps);
  const begun = await perform(deps, (work): Verification | Problem => {
    const { intake } = work.tx;
    const limits = deps.mode === 'sandbox' ? { phonePerHour: 1_000, phonePerDay: 10_000, ipPerHour: 100_000 } : VERIFICATION_LIMITS;
    const tooMany =
      intake.verificationsByPhone(phoneIndex, work.nowMs - HOUR_MS) >= limits.phonePerHour ||
      intake.verificationsByPhone(phoneIndex, work.nowMs - 24 * HOUR_MS) >= limits.phonePerDay ||
      (!behindProxy && intake.verificationsByIp(ipIndex, work.nowMs - HOUR_MS) >= limits.ipPerHour);
    if (tooMany) return tooManyCodes(3_600);
    const id = work.newId('pv');
    const expiresAtMs = work.nowMs + CODE_VALID_MINUTES * 60_000;
    intake.insertVerification({
      id,
      phoneIndex,
      ipIndex,
      codeHash: hashCode(deps, id, code),
      wrongTries: 0,
      createdAtMs: work.nowMs,
      expiresAtMs,
      confirmedAtMs: null,
    });
    return { id, expiresAtMs };
  });
  if ('problem' in begun) return begun;
  switch (await deps.messages.sendCode(phone, code, CODE_VALID_MINUTES)) {
    case 'taken':
      return begun;
    case 'too_many':
      return tooManyCodes(GATEWAY_AGAIN_S);
    case 'not_sent':
      return problem('overloaded', '短信暂时发不出去，请稍后再试', 'the message could not be sent; try again', { retryAfterS: 30 });
  }
}

function tooManyCodes(retryAfterS: number): Problem {
  return problem('rate_limited', '验证码发送过于频繁，请稍后再试', 'too many codes were sent; try again later', { retryAfterS });
}

export async function confirmVerification(
  deps: Deps,
  id: string,
  code: string,
  from: { readonly channelId: string; readonly variant: string | null },
): Promise<{ readonly id: string; readonly confirmed: true } | Problem> {
  return perform(deps, (work) => {
    const row = work.tx.intake.verification(id);
    if (row === undefined) return problem('not_found', '没有这次验证', 'there is no such verification');
    if (row.confirmedAtMs !== null) return { id, confirmed: true };
    if (work.nowMs >= row.expiresAtMs || row.wrongTries >= MAX_WRONG_TRIES)
      return problem('code_expired', '验证码已失效，请重新获取', 'the code is no longer valid; ask for a new one');
    if (!deps.vault.equal(row.codeHash, hashCode(deps, id, code))) {
      work.tx.intake.saveVerification({ ...row, wrongTries: row.wrongTries + 1 });
      const left = MAX_WRONG_TRIES - row.wrongTries - 1;
      const [zh, en] = [`验证码不对，还可以试 ${left} 次`, `the code is wrong; ${left} tries are left`];
      return problem('code_wrong', zh, en, { faults: [fault('/code', 'code_wrong', zh, en)] });
    }
    // The code is worth nothing from now on; in its place is kept where it was entered.
    work.tx.intake.saveVerification({ ...row, codeHash: hashChannel(deps, id, from.channelId), confirmedAtMs: work.nowMs });
    work.emitOfPage('page.phone_verified', from.channelId, { variant: from.variant });
    return { id, confirmed: true };
  });
}

/**
 * Whether a confirmed verification was entered at this channel. One channel has seen the id of what was verified there, and keys of pages are told to
 * anybody: it must not open what the same person has at another.
 */
export function wasConfirmedAt(deps: Pick<Deps, 'vault'>, row: Pick<PhoneVerificationRow, 'id' | 'codeHash'>, channelId: string): boolean {
  return deps.vault.equal(row.codeHash, hashChannel(deps, row.id, channelId));
}

function hashChannel({ vault }: Pick<Deps, 'vault'>, id: string, channelId: string): string {
  return vault.tag('cursor', `sms-channel:${id}:${channelId}`);
}

function hashCode(deps: Deps, id: string, code: string): string {
  return deps.vault.tag('cursor', `sms:${id}:${code}`);
}

function randomCode(deps: Deps): string {
  // Rejection keeps the million codes equally likely.
  for (;;) {
    const number = new DataView(deps.random.bytes(4).slice().buffer).getUint32(0);
    if (number < 4_294_000_000) return String(number % 1_000_000).padStart(6, '0');
  }
}
