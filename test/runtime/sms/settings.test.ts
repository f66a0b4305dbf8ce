import { describe, expect, it } from 'vitest';
import { readSms, SMS_VARIABLES } from '../../../src/runtime/sms/settings.ts';

const ALIYUN = {
  MILLRACE_SMS: 'aliyun',
  MILLRACE_SMS_KEY_ID: 'LTAI',
  MILLRACE_SMS_KEY_SECRET: 'hush',
  MILLRACE_SMS_SIGN_NAME: '磨坊',
  MILLRACE_SMS_TEMPLATE: 'SMS_1',
};
const SECRET = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;
const OWN = { MILLRACE_SMS: 'http', MILLRACE_SMS_URL: 'https://sms.example/send?to=all', MILLRACE_SMS_KEY_SECRET: SECRET };
const wrong = (env: Readonly<Record<string, string>>, live = true): string[] =>
  readSms(env, live).faults.map(({ variable, reason }) => `${variable} ${reason}`);

describe('who sends text messages', () => {
  it('is nobody when nothing is said', () => {
    expect(readSms({ MILLRACE_SMS: '' }, true)).toEqual({ sms: null, faults: [] });
  });

  it('is read with what each provider needs', () => {
    expect(readSms(ALIYUN, true).sms).toEqual({
      provider: 'aliyun',
      url: 'https://dysmsapi.aliyuncs.com',
      keyId: 'LTAI',
      keySecret: 'hush',
      signName: '磨坊',
      template: 'SMS_1',
      parameters: ['code'],
    });
    const tencent = { ...ALIYUN, MILLRACE_SMS: 'tencent', MILLRACE_SMS_APP_ID: '1400006666', MILLRACE_SMS_PARAMETERS: 'minutes, code' };
    expect(readSms({ ...tencent, MILLRACE_SMS_URL: 'https://sms.internal.tencentcloudapi.com' }, true).sms).toMatchObject({
      provider: 'tencent',
      url: 'https://sms.internal.tencentcloudapi.com',
      appId: '1400006666',
      parameters: ['minutes', 'code'],
    });
    expect(readSms(OWN, true).sms).toEqual({ provider: 'http', url: 'https://sms.example/send?to=all', secret: SECRET });
  });

  it('names all that is missing or wrong, and no value', () => {
    expect(wrong({ MILLRACE_SMS: 'tencent', MILLRACE_SMS_KEY_ID: 'LTAI', MILLRACE_SMS_PARAMETERS: 'minutes' })).toEqual([
      'MILLRACE_SMS_KEY_SECRET is needed for tencent',
      'MILLRACE_SMS_APP_ID is needed for tencent',
      'MILLRACE_SMS_SIGN_NAME is needed for tencent',
      'MILLRACE_SMS_TEMPLATE is needed for tencent',
      'MILLRACE_SMS_PARAMETERS must be code, with minutes before or behind it if the template has both',
    ]);
    expect(wrong({ MILLRACE_SMS_KEY_ID: 'LTAI' })).toEqual(['MILLRACE_SMS must be one of aliyun, tencent, http']);
    expect(wrong({ ...ALIYUN, MILLRACE_SMS: 'constructor' })).toEqual(['MILLRACE_SMS must be one of aliyun, tencent, http']);
    expect(wrong({ ...ALIYUN, MILLRACE_SMS_PARAMETERS: 'code,code' })).toHaveLength(1);
    expect(wrong({ ...ALIYUN, MILLRACE_SMS_URL: 'https://dysmsapi.aliyuncs.com/v2' })).toEqual([
      'MILLRACE_SMS_URL must be an origin alone for aliyun',
    ]);
    expect(wrong({ ...OWN, MILLRACE_SMS_URL: 'http://sms.example/' })).toEqual(['MILLRACE_SMS_URL must be https in live mode']);
    expect(wrong({ ...OWN, MILLRACE_SMS_URL: 'https://me:pass@sms.example/' })).toEqual([
      'MILLRACE_SMS_URL must be an http or https URL without a user',
    ]);
    for (const secret of ['hush-hush-hush', `whsec_${Buffer.alloc(20).toString('base64')}`, `whsec_${Buffer.alloc(65).toString('base64')}`])
      expect(wrong({ ...OWN, MILLRACE_SMS_KEY_SECRET: secret })).toEqual([
        'MILLRACE_SMS_KEY_SECRET must be whsec_ and 24 to 64 bytes in base64 (openssl rand -base64 32)',
      ]);
  });

  it('is nobody’s business in a sandbox, where a code that everybody knows would cost money', () => {
    expect(wrong(ALIYUN, false)).toEqual(['MILLRACE_SMS is for live mode: in a sandbox every code is 000000 and none is sent']);
  });

  it('has each of its variables in one list', () => {
    for (const name of [...Object.keys(ALIYUN), ...Object.keys(OWN)]) expect(SMS_VARIABLES).toContain(name);
  });
});
