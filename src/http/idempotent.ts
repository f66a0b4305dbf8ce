/**
 * One effect per (key holder, route, Idempotency-Key): promise P2. The key, the body's fingerprint and the reply are written in the effect's
 * own commit; a repeat gets the same bytes, also after a restart. While the first is in work, a repeat is told so.
 */
import { problem } from '../domain/failures.ts';
import type { Problem } from '../domain/failures.ts';
import type { Deps } from '../flow/deps.ts';
import type { RecordReply } from '../flow/intake-input.ts';
import type { Saved } from '../flow/save-application.ts';
import { answer, refuse, type Ctx } from './context.ts';

const KEY_SHAPE = /^[\x21-\x7e]{1,255}$/;
const inFlight = new WeakMap<Deps, Set<string>>();

export interface Idempotent {
  readonly route: string;
  readonly bytes: Uint8Array;
  /** Whether a call without the header is refused (400) or simply not repeatable. */
  readonly required: boolean;
  /** After the commit: a later, final reply (`Prefer: wait`), which is then what a repeat gets. */
  readonly settle?: (saved: Saved) => Promise<string>;
  /** Of the first reply only. */
  readonly headers?: Readonly<Record<string, string>>;
}

export async function idempotent(deps: Deps, c: Ctx, options: Idempotent, run: (record: RecordReply) => Promise<Saved | Problem>): Promise<Response> {
  const header = c.req.header('idempotency-key');
  if (header === undefined && options.required) {
    return refuse(
      c,
      problem(
        'idempotency_key_missing',
        '请带上 Idempotency-Key 请求头',
        'send an Idempotency-Key header, such as a UUID, and the same one when you repeat the call',
      ),
    );
  }
  if (header !== undefined && !KEY_SHAPE.test(header)) {
    return refuse(
      c,
      problem('idempotency_key_missing', 'Idempotency-Key 应为 1 至 255 个可见字符', 'Idempotency-Key must be 1 to 255 visible ASCII characters'),
    );
  }
  if (header === undefined) return finish(deps, c, options, await run(() => undefined), null);
  // Half of the hash tells keys apart as surely, and the index of them stays small.
  const id = deps.vault.sha256Hex(`${c.get('key').id}\n${options.route}\n${header}`).slice(0, 32);
  const fingerprint = deps.vault.sha256Hex(options.bytes);
  const flights = inFlight.get(deps) ?? new Set<string>();
  inFlight.set(deps, flights);
  if (flights.has(id))
    return refuse(
      c,
      problem('idempotency_in_flight', '同一请求正在处理，请稍后重试', 'the same request is still in work; repeat it a little later', {
        retryAfterS: 1,
      }),
    );
  const known = deps.store.feed.reply(id);
  if (known !== undefined) {
    if (known.fingerprint !== fingerprint) {
      return refuse(c, problem('idempotency_mismatch', '该 Idempotency-Key 已用于另一内容', 'this Idempotency-Key was used with another body'));
    }
    return answer(c, new TextDecoder().decode(deps.vault.serviceKey.open(aadOf(id), known.bodySealed)), known.status, {
      'idempotent-replayed': 'true',
    });
  }
  flights.add(id);
  try {
    const record: RecordReply = (tx, status, body) => {
      tx.feed.insertReply({
        id,
        fingerprint,
        status,
        bodySealed: deps.vault.serviceKey.seal(aadOf(id), body) as Buffer,
        createdAtMs: deps.clock.nowMs(),
      });
    };
    return await finish(deps, c, options, await run(record), { id, fingerprint });
  } finally {
    flights.delete(id);
  }
}

async function finish(
  deps: Deps,
  c: Ctx,
  options: Idempotent,
  outcome: Saved | Problem,
  reply: { id: string; fingerprint: string } | null,
): Promise<Response> {
  if ('problem' in outcome) return refuse(c, outcome);
  if (options.settle === undefined) return answer(c, outcome.body, outcome.status);
  const body = await options.settle(outcome);
  if (reply !== null && body !== outcome.body) {
    const bodySealed = deps.vault.serviceKey.seal(aadOf(reply.id), body) as Buffer;
    await deps.commit((tx) => tx.feed.saveReply({ ...reply, status: outcome.status, bodySealed, createdAtMs: 0 }));
  }
  return answer(c, body, outcome.status, options.headers);
}

const aadOf = (id: string): string => `idempotency/${id}/body`;
