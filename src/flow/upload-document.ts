/** An ID photo: looked at, re-encoded, sealed under a key of its own, put away. A poor photo is kept out and the reasons are told at once. */
import { mintId } from '../domain/ids.ts';
import { isReasonCode, reasonText } from '../domain/reasons.ts';
import type { Deps } from './deps.ts';
import { photoAad, photoKeyAad } from './photos.ts';
import { perform } from './work.ts';

export const MAX_PHOTO_BYTES = 10 * 1024 * 1024;

export interface DocumentReply {
  readonly id: string;
  readonly kind: 'id_front' | 'id_back';
  readonly quality: { readonly ok: boolean; readonly problems: readonly { readonly code: string; readonly message: string }[] };
}

export async function uploadDocument(
  deps: Deps,
  kind: 'id_front' | 'id_back',
  bytes: Uint8Array,
  channelId: string,
  lang: 'zh' | 'en',
): Promise<DocumentReply> {
  const report = await deps.images.inspect(bytes);
  const nowMs = deps.clock.nowMs();
  const id = mintId('doc', deps.cell, nowMs, deps.random.bytes(10));
  const { key, wrapped } = deps.vault.newDataKey(photoKeyAad(id));
  // The object first, the row after: an object without a row is rubbish that housekeeping never sees named, a row without an object would be a lie.
  if (report.ok && report.jpeg !== null) await deps.objects.put(id, key.seal(photoAad(id), report.jpeg));
  await perform(deps, (work) => {
    work.tx.intake.insertDocument({
      id,
      kind,
      channelId,
      applicationId: null,
      dataKey: wrapped as Buffer,
      ok: report.ok,
      problems: report.problems,
      createdAtMs: nowMs,
    });
  });
  const problems = report.problems.map((code) => ({ code, message: isReasonCode(code) ? reasonText(code, lang) : code }));
  return { id, kind, quality: { ok: report.ok, problems } };
}
