/**
 * Alibaba Cloud SMS (阿里云短信服务), `SendSms` of 2017-05-25, signed as its signature V3 says (ACS3-HMAC-SHA256,
 * https://help.aliyun.com/zh/sdk/product-overview/v3-request-structure-and-signature). The operation takes its parameters in the query, so number and
 * code stand in the URL of a request that goes over TLS to the provider alone; nothing of ours writes that URL anywhere.
 */
import { z } from 'zod';
import { readJson } from '../../../adapters/kit/read-json.ts';
import { hexOf } from '../../domain/hex.ts';
import { logged, type SigningTools, type SmsProtocol, type TemplateSettings } from './protocol.ts';

/** `template`: `SMS_…`, its variables by the names of `parameters`. */
export interface AliyunSettings extends TemplateSettings {
  readonly provider: 'aliyun';
}

/** Where it is if nothing else is said. */
export const ALIYUN_URL = 'https://dysmsapi.aliyuncs.com';
const ACTION = 'SendSms';
const VERSION = '2017-05-25';
/** Limits by number: a minute's, an hour's, a day's. */
const TOO_MANY = 'isv.BUSINESS_LIMIT_CONTROL';
const Answer = z.object({ Code: z.string() });

export function aliyunSms(settings: AliyunSettings, tools: SigningTools): SmsProtocol {
  const { url, keyId, keySecret, signName, template, parameters } = settings;
  const host = new URL(url).host;
  return {
    request({ phone, values, nowMs, nonce }) {
      const query = {
        PhoneNumbers: phone,
        SignName: signName,
        TemplateCode: template,
        TemplateParam: JSON.stringify(Object.fromEntries(parameters.map((name) => [name, values[name]]))),
      };
      const signed = signAcs3({ host, query, action: ACTION, version: VERSION, nowMs, nonce, keyId, keySecret }, tools);
      return { method: 'POST', url: `${url}/?${signed.query}`, headers: signed.headers, body: null };
    },
    read({ body }) {
      const answer = Answer.safeParse(readJson(body));
      if (!answer.success) return { sent: 'not_sent', code: 'unreadable' };
      const { Code: code } = answer.data;
      if (code === 'OK') return { sent: 'taken', code: null };
      return { sent: code === TOO_MANY ? 'too_many' : 'not_sent', code: logged(code) };
    },
  };
}

interface Unsigned {
  readonly host: string;
  readonly query: Readonly<Record<string, string>>;
  readonly action: string;
  readonly version: string;
  readonly nowMs: number;
  readonly nonce: string;
  readonly keyId: string;
  readonly keySecret: string;
}

/** A POST to `/` without a body: its query as it must be sent, and its headers with the signature. */
export function signAcs3(
  { host, query, action, version, nowMs, nonce, keyId, keySecret }: Unsigned,
  { sha256Hex, hmacSha256 }: SigningTools,
): { readonly query: string; readonly headers: Readonly<Record<string, string>> } {
  const bodyHash = sha256Hex('');
  const text = Object.keys(query)
    .toSorted()
    .map((name) => `${encoded(name)}=${encoded(query[name]!)}`)
    .join('&');
  // In the order of their names, as they are signed.
  const headers = {
    'x-acs-action': action,
    'x-acs-content-sha256': bodyHash,
    'x-acs-date': `${new Date(nowMs).toISOString().slice(0, 19)}Z`,
    'x-acs-signature-nonce': nonce,
    'x-acs-version': version,
  };
  const all = [['host', host], ...Object.entries(headers)] as const;
  const names = all.map(([name]) => name).join(';');
  const canonical = ['POST', '/', text, ...all.map(([name, value]) => `${name}:${value}`), '', names, bodyHash].join('\n');
  const signature = hexOf(hmacSha256(Buffer.from(keySecret), `ACS3-HMAC-SHA256\n${sha256Hex(canonical)}`));
  return {
    query: text,
    headers: { ...headers, authorization: `ACS3-HMAC-SHA256 Credential=${keyId},SignedHeaders=${names},Signature=${signature}` },
  };
}

/** RFC 3986, which leaves fewer characters alone than `encodeURIComponent` does. */
function encoded(text: string): string {
  return encodeURIComponent(text).replaceAll(/[!'()*]/g, (char) => `%${char.codePointAt(0)!.toString(16).toUpperCase()}`);
}
