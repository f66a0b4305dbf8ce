/**
 * Tencent Cloud SMS (腾讯云短信), `SendSms` of 2021-01-11, signed as its signature v3 says (TC3-HMAC-SHA256,
 * https://cloud.tencent.com/document/api/382/52071).
 */
import { z } from 'zod';
import { readJson } from '../../../adapters/kit/read-json.ts';
import { hexOf } from '../../domain/hex.ts';
import { logged, type SigningTools, type SmsProtocol, type TemplateSettings } from './protocol.ts';

/** `template`: a number, whose `{1}`, `{2}` are the `parameters` in their order. */
export interface TencentSettings extends TemplateSettings {
  readonly provider: 'tencent';
  /** SdkAppId of the SMS application. */
  readonly appId: string;
}

/** Where it is if nothing else is said. */
export const TENCENT_URL = 'https://sms.tencentcloudapi.com';
const SERVICE = 'sms';
/** Any region sends to any number; one has to be named. */
const REGION = 'ap-guangzhou';
const JSON_TYPE = 'application/json; charset=utf-8';
/** Limits by number: half a minute's, an hour's, a day's. */
const TOO_MANY = 'LimitExceeded.PhoneNumber';
const Answer = z.object({
  Response: z.union([
    z.object({ Error: z.object({ Code: z.string() }) }),
    // One number, one status.
    z.object({ SendStatusSet: z.array(z.object({ Code: z.string() })).length(1) }),
  ]),
});

export function tencentSms(settings: TencentSettings, tools: SigningTools): SmsProtocol {
  const { url, keyId, keySecret, appId, signName, template, parameters } = settings;
  const host = new URL(url).host;
  return {
    request({ phone, values, nowMs }) {
      const body = JSON.stringify({
        PhoneNumberSet: [`+86${phone}`],
        SmsSdkAppId: appId,
        SignName: signName,
        TemplateId: template,
        TemplateParamSet: parameters.map((name) => values[name]),
      });
      const authorization = signTc3({ host, service: SERVICE, body, nowMs, keyId, keySecret }, tools);
      const headers = {
        'content-type': JSON_TYPE,
        'x-tc-action': 'SendSms',
        'x-tc-version': '2021-01-11',
        'x-tc-region': REGION,
        'x-tc-timestamp': secondsOf(nowMs),
        authorization,
      };
      return { method: 'POST', url: `${url}/`, headers, body };
    },
    read({ body }) {
      const answer = Answer.safeParse(readJson(body));
      if (!answer.success) return { sent: 'not_sent', code: 'unreadable' };
      const { Response: told } = answer.data;
      const code = 'Error' in told ? told.Error.Code : told.SendStatusSet[0]!.Code;
      if (code === 'Ok') return { sent: 'taken', code: null };
      return { sent: code.startsWith(TOO_MANY) ? 'too_many' : 'not_sent', code: logged(code) };
    },
  };
}

interface Unsigned {
  readonly host: string;
  readonly service: string;
  readonly body: string;
  readonly nowMs: number;
  readonly keyId: string;
  readonly keySecret: string;
}

/** The `authorization` of a POST of JSON to `/`. */
export function signTc3({ host, service, body, nowMs, keyId, keySecret }: Unsigned, { sha256Hex, hmacSha256 }: SigningTools): string {
  const names = 'content-type;host';
  const canonical = ['POST', '/', '', `content-type:${JSON_TYPE}`, `host:${host}`, '', names, sha256Hex(body)].join('\n');
  const date = new Date(nowMs).toISOString().slice(0, 10);
  const scope = `${date}/${service}/tc3_request`;
  const toSign = ['TC3-HMAC-SHA256', secondsOf(nowMs), scope, sha256Hex(canonical)].join('\n');
  const key = [date, service, 'tc3_request'].reduce<Uint8Array>((under, part) => hmacSha256(under, part), Buffer.from(`TC3${keySecret}`));
  return `TC3-HMAC-SHA256 Credential=${keyId}/${scope}, SignedHeaders=${names}, Signature=${hexOf(hmacSha256(key, toSign))}`;
}

function secondsOf(nowMs: number): string {
  return String(Math.floor(nowMs / 1_000));
}
