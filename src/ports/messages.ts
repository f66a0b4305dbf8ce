/**
 * What became of a code. `taken`: the gateway has it, or may have it (its answer was lost): who gets none asks again. `too_many`: the gateway lets
 * this phone have no more for now. `not_sent`: it certainly was not.
 */
export type CodeSent = 'taken' | 'too_many' | 'not_sent';

/** Sends short messages. The sandbox's sends nothing and takes everything; a live instance has a gateway (runtime/sms). */
export interface Messages {
  /** `phone`: 11 digits; `minutes`: how long the code holds. Never throws, and never logs the code or the phone. */
  sendCode(phone: string, code: string, minutes: number): Promise<CodeSent>;
}
