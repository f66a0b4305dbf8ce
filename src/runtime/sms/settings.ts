/** The environment's word on who sends text messages: MILLRACE_SMS names the provider, and what that one needs stands beside it. */
import type { Fault } from '../master-keys.ts';
import { ALIYUN_URL, type AliyunSettings } from './aliyun.ts';
import type { OwnSettings } from './own.ts';
import type { SmsParameter, TemplateSettings } from './protocol.ts';
import { TENCENT_URL, type TencentSettings } from './tencent.ts';

export type SmsSettings = AliyunSettings | TencentSettings | OwnSettings;

type Variable = (typeof SMS_VARIABLES)[number];
type Env = Readonly<Record<string, string | undefined>>;

export const SMS_VARIABLES = [
  'MILLRACE_SMS',
  'MILLRACE_SMS_URL',
  'MILLRACE_SMS_KEY_ID',
  'MILLRACE_SMS_KEY_SECRET',
  'MILLRACE_SMS_APP_ID',
  'MILLRACE_SMS_SIGN_NAME',
  'MILLRACE_SMS_TEMPLATE',
  'MILLRACE_SMS_PARAMETERS',
] as const;

const NEEDED: Readonly<Record<string, readonly Variable[]>> = {
  aliyun: ['MILLRACE_SMS_KEY_ID', 'MILLRACE_SMS_KEY_SECRET', 'MILLRACE_SMS_SIGN_NAME', 'MILLRACE_SMS_TEMPLATE'],
  tencent: ['MILLRACE_SMS_KEY_ID', 'MILLRACE_SMS_KEY_SECRET', 'MILLRACE_SMS_APP_ID', 'MILLRACE_SMS_SIGN_NAME', 'MILLRACE_SMS_TEMPLATE'],
  http: ['MILLRACE_SMS_URL', 'MILLRACE_SMS_KEY_SECRET'],
};
const PARAMETERS: readonly SmsParameter[] = ['code', 'minutes'];
/** As Standard Webhooks writes a symmetric secret: 24 to 64 bytes in base64. */
const WEBHOOK_SECRET = /^whsec_[A-Za-z0-9+/]{32,86}={0,2}$/;

/** Null settings without faults: no provider is named. */
export function readSms(env: Env, live: boolean): { readonly sms: SmsSettings | null; readonly faults: Fault[] } {
  const of = (name: Variable): string => env[name] ?? '';
  const provider = of('MILLRACE_SMS');
  const given = SMS_VARIABLES.filter((name) => of(name) !== '');
  if (given.length === 0) return { sms: null, faults: [] };
  const needed = Object.hasOwn(NEEDED, provider) ? NEEDED[provider]! : null;
  if (needed === null) return { sms: null, faults: [{ variable: 'MILLRACE_SMS', reason: `must be one of ${Object.keys(NEEDED).join(', ')}` }] };
  const faults: Fault[] = needed.filter((name) => of(name) === '').map((variable) => ({ variable, reason: `is needed for ${provider}` }));
  if (!live) faults.push({ variable: 'MILLRACE_SMS', reason: 'is for live mode: in a sandbox every code is 000000 and none is sent' });
  const parameters = parametersOf(of('MILLRACE_SMS_PARAMETERS'));
  if (parameters === null)
    faults.push({ variable: 'MILLRACE_SMS_PARAMETERS', reason: `must be code, with minutes before or behind it if the template has both` });
  faults.push(...faultsOfUrl(of('MILLRACE_SMS_URL'), provider, live));
  if (provider === 'http' && of('MILLRACE_SMS_KEY_SECRET') !== '' && !WEBHOOK_SECRET.test(of('MILLRACE_SMS_KEY_SECRET')))
    faults.push({ variable: 'MILLRACE_SMS_KEY_SECRET', reason: 'must be whsec_ and 24 to 64 bytes in base64 (openssl rand -base64 32)' });
  return { sms: faults.length > 0 || parameters === null ? null : settingsOf(provider, of, parameters), faults };
}

function settingsOf(provider: string, of: (name: Variable) => string, parameters: readonly SmsParameter[]): SmsSettings {
  if (provider === 'http') return { provider, url: of('MILLRACE_SMS_URL'), secret: of('MILLRACE_SMS_KEY_SECRET') };
  const common = (usual: string): TemplateSettings => ({
    url: of('MILLRACE_SMS_URL') === '' ? usual : new URL(of('MILLRACE_SMS_URL')).origin,
    keyId: of('MILLRACE_SMS_KEY_ID'),
    keySecret: of('MILLRACE_SMS_KEY_SECRET'),
    signName: of('MILLRACE_SMS_SIGN_NAME'),
    template: of('MILLRACE_SMS_TEMPLATE'),
    parameters,
  });
  if (provider === 'aliyun') return { provider, ...common(ALIYUN_URL) };
  return { provider: 'tencent', appId: of('MILLRACE_SMS_APP_ID'), ...common(TENCENT_URL) };
}

/** Null when it is not `code` once, with `minutes` at most once. */
function parametersOf(text: string): readonly SmsParameter[] | null {
  const names = (text === '' ? 'code' : text).split(',').map((name) => name.trim());
  const found = PARAMETERS.filter((name) => names.includes(name));
  return found.length === names.length && names.includes('code') ? (names as SmsParameter[]) : null;
}

function faultsOfUrl(text: string, provider: string, live: boolean): Fault[] {
  if (text === '') return [];
  const url = URL.parse(text);
  const variable = 'MILLRACE_SMS_URL';
  if (url === null || !['https:', 'http:'].includes(url.protocol) || url.username !== '' || url.password !== '')
    return [{ variable, reason: 'must be an http or https URL without a user' }];
  if (live && url.protocol !== 'https:') return [{ variable, reason: 'must be https in live mode' }];
  if (provider !== 'http' && (url.pathname !== '/' || url.search !== '')) return [{ variable, reason: `must be an origin alone for ${provider}` }];
  return [];
}
