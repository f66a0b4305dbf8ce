/** What the borrower does at a funder: a page to open, a card to bind, a code to enter; and repayments before the day. */
import { Hono } from 'hono';
import { z } from 'zod';
import { openLink } from '../../flow/open-link.ts';
import { requestRepayment } from '../../flow/repay-loan.ts';
import { takeStep, type StepInput } from '../../flow/take-step.ts';
import { ownApplication, withKey } from '../auth.ts';
import { refuse, type Env, type HttpOptions } from '../context.ts';
import { check, ownIssue } from '../faults.ts';
import { idempotent } from '../idempotent.ts';
import { readJson } from '../read-body.ts';
import { Phone } from '../schemas/application.ts';

const CardNumber = z.string().transform((text, ctx) => {
  const digits = text.replaceAll(/[ -]/g, '');
  if (/^\d{12,19}$/.test(digits) && luhn(digits)) return digits;
  ctx.issues.push(ownIssue(text, 'card_number', '银行卡号有误，请核对', 'this is not a card number'));
  return z.NEVER;
});

const CardBody = z.strictObject({ card_number: CardNumber, bank_phone: Phone });
const KnownCardBody = z.strictObject({ card_ref: z.string().min(1).max(128) });
const CodeBody = z.strictObject({ code: z.string().regex(/^\d{4,8}$/) });
const SkipBody = z.strictObject({ skip: z.literal(true) });

/** One of: a card with the phone its bank knows, a card the funder has already, the bank's code, or `skip`. */
export const StepBody = z.union([CardBody, KnownCardBody, CodeBody, SkipBody]);

/** A union says of a fault only that nothing fits; which of them was meant is told by its first field. */
function meant(value: unknown) {
  const has = (name: string): boolean => typeof value === 'object' && value !== null && Object.hasOwn(value, name);
  if (has('card_ref')) return KnownCardBody;
  if (has('code')) return CodeBody;
  return has('skip') ? SkipBody : CardBody;
}

/** `amount_fen` is what the borrower was shown; `up_to_month` null pays off the loan. */
export const RepaymentBody = z.strictObject({
  amount_fen: z.number().int().min(1).max(1_000_000_000),
  up_to_month: z.number().int().min(1).max(120).nullable(),
});

export function stepRoutes({ deps }: HttpOptions): Hono<Env> {
  const app = new Hono<Env>();
  const admit = withKey(deps, 'publishable', 'secret');

  app.post('/v1/applications/:id/steps/:step', admit, async (c) => {
    const row = ownApplication(deps, c, c.req.param('id'));
    if (row instanceof Response) return row;
    const body = await readJson(c.req.raw);
    if ('problem' in body) return refuse(c, body);
    const given = check<z.infer<typeof StepBody>>(meant(body.value), body.value);
    if ('problem' in given) return refuse(c, given);
    return idempotent(deps, c, { route: `POST ${c.req.path}`, bytes: body.bytes, required: false }, (record) =>
      takeStep(deps, row.id, c.req.param('step'), inputOf(given), c.get('lang'), record),
    );
  });

  app.post('/v1/applications/:id/repayments', admit, async (c) => {
    const row = ownApplication(deps, c, c.req.param('id'));
    if (row instanceof Response) return row;
    const body = await readJson(c.req.raw);
    if ('problem' in body) return refuse(c, body);
    const given = check(RepaymentBody, body.value);
    if ('problem' in given) return refuse(c, given);
    return idempotent(deps, c, { route: `POST ${c.req.path}`, bytes: body.bytes, required: true }, (record) =>
      requestRepayment(deps, row.id, { amountFen: given.amount_fen, upToMonth: given.up_to_month }, record),
    );
  });

  app.get('/l/:token', async (c) => {
    const opened = await openLink(deps, c.req.param('token'));
    if ('problem' in opened) return refuse(c, opened);
    return new Response(null, { status: 302, headers: { location: opened.url, 'cache-control': 'no-store', 'referrer-policy': 'no-referrer' } });
  });

  return app;
}

function inputOf(given: z.infer<typeof StepBody>): StepInput {
  if ('card_number' in given) return { kind: 'card', card: { number: given.card_number, phone: given.bank_phone } };
  if ('card_ref' in given) return { kind: 'card_ref', cardRef: given.card_ref };
  return 'code' in given ? { kind: 'code', code: given.code } : { kind: 'skip' };
}

/** ISO/IEC 7812-1, annex B. */
function luhn(digits: string): boolean {
  let sum = 0;
  for (const [at, digit] of [...digits].toReversed().entries()) {
    const doubled = at % 2 === 1 ? Number(digit) * 2 : Number(digit);
    sum += doubled > 9 ? doubled - 9 : doubled;
  }
  return sum % 10 === 0;
}
