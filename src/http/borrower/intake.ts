/** Before an application: phone verification, ID photos, the texts that consent is asked with. */
import { Hono } from 'hono';
import { z } from 'zod';
import { problem } from '../../domain/failures.ts';
import { recipientOf, consentText, PLATFORM } from '../../flow/record-consents.ts';
import { MAX_PHOTO_BYTES, uploadDocument } from '../../flow/upload-document.ts';
import { beginVerification, confirmVerification } from '../../flow/verify-phone.ts';
import { iso } from '../../flow/view-application.ts';
import { withKey } from '../auth.ts';
import { json, refuse, type Env, type HttpOptions } from '../context.ts';
import { readBytes, readAs } from '../read-body.ts';
import { Phone, Variant } from '../schemas/application.ts';

export const VerificationBody = z.strictObject({ phone: Phone });
/** `variant`: of the page on which the code was entered, for counting. */
export const CodeBody = z.strictObject({ code: z.string().regex(/^\d{6}$/), variant: Variant.optional() });
/** Room for the multipart wrapping around one photo. */
const MULTIPART_BYTES = 16 * 1024;

export function intakeRoutes(options: HttpOptions): Hono<Env> {
  const { deps } = options;
  const app = new Hono<Env>();
  const admit = withKey(deps, 'publishable', 'secret');

  app.post('/v1/phone-verifications', admit, async (c) => {
    const wanted = await readAs(c.req.raw, VerificationBody);
    if ('problem' in wanted) return refuse(c, wanted);
    const begun = await beginVerification(deps, wanted.phone, options.clientIp(c));
    return 'problem' in begun ? refuse(c, begun) : json({ id: begun.id, expires_at: iso(begun.expiresAtMs) }, 201);
  });

  app.post('/v1/phone-verifications/:id/confirm', admit, async (c) => {
    const given = await readAs(c.req.raw, CodeBody);
    if ('problem' in given) return refuse(c, given);
    const confirmed = await confirmVerification(deps, c.req.param('id'), given.code, {
      channelId: c.get('key').channelId ?? '',
      variant: given.variant ?? null,
    });
    return 'problem' in confirmed ? refuse(c, confirmed) : json(confirmed);
  });

  app.post('/v1/documents', admit, async (c) => {
    const type = c.req.header('content-type') ?? '';
    if (!/^multipart\/form-data\s*;/i.test(type))
      return refuse(
        c,
        problem('unsupported_media_type', '请用 multipart/form-data 提交', 'send the photo as multipart/form-data with the parts kind and file'),
      );
    const bytes = await readBytes(c.req.raw, MAX_PHOTO_BYTES + MULTIPART_BYTES);
    if (!(bytes instanceof Uint8Array)) return refuse(c, bytes);
    const parts = await readForm(bytes, type);
    if ('problem' in parts) return refuse(c, parts);
    return json(await uploadDocument(deps, parts.kind, parts.file, c.get('key').channelId ?? '', c.get('lang')), 201);
  });

  app.get('/v1/consent-texts', admit, (c) => {
    const wanted = (c.req.query('recipients') ?? PLATFORM.recipient).split(',').slice(0, 50);
    const texts = wanted.flatMap((id) => {
      const recipient = recipientOf(deps, id);
      if (recipient === null) return [];
      const purpose = id === PLATFORM.recipient ? 'application' : 'credit_decision';
      const { text, version } = consentText(deps, recipient, purpose, c.get('lang'));
      return [
        { recipient: id, name: recipient.name, legal_entity: recipient.legalEntity, purpose, fields: recipient.fields, text_version: version, text },
      ];
    });
    return json({ data: texts });
  });

  return app;
}

async function readForm(
  bytes: Uint8Array,
  type: string,
): Promise<{ readonly kind: 'id_front' | 'id_back'; readonly file: Uint8Array } | ReturnType<typeof problem>> {
  const wrong = (pointer: string, code: string, zh: string, en: string) =>
    problem('invalid_request', zh, en, { faults: [{ pointer, code, message: { zh, en } }] });
  let form: FormData;
  try {
    form = await new Response(bytes as BodyInit, { headers: { 'content-type': type } }).formData();
  } catch {
    return wrong('', 'multipart', '表单内容无法读取', 'the multipart body cannot be read');
  }
  const kind = form.get('kind');
  const file = form.get('file');
  if (kind !== 'id_front' && kind !== 'id_back')
    return wrong('/kind', 'not_one_of', 'kind 只能是 id_front 或 id_back', 'kind must be id_front or id_back');
  if (!(file instanceof Blob)) return wrong('/file', 'required', '缺少照片文件', 'the file is missing');
  if (file.size === 0) return wrong('/file', 'empty', '照片文件是空的', 'the file is empty');
  if (file.size > MAX_PHOTO_BYTES)
    return problem('body_too_large', `照片不能超过 ${MAX_PHOTO_BYTES / 1024 / 1024} MB`, `a photo may have at most ${MAX_PHOTO_BYTES} bytes`);
  return { kind, file: new Uint8Array(await file.arrayBuffer()) };
}
