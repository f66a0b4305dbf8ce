/** Both signatures against the worked examples of the providers' own documentation, and what their answers mean. */
import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { aliyunSms, signAcs3, type AliyunSettings } from '../../../src/runtime/sms/aliyun.ts';
import { ownSms } from '../../../src/runtime/sms/own.ts';
import type { CodeMessage, SmsProtocol, SmsReading } from '../../../src/runtime/sms/protocol.ts';
import { signTc3, tencentSms, type TencentSettings } from '../../../src/runtime/sms/tencent.ts';
import { createVault } from '../../../src/runtime/vault.ts';

const vault = createVault({ masterKeys: [{ version: 1, key: new Uint8Array(32).fill(7) }], current: 1 }, randomBytes);
const ALIYUN: AliyunSettings = {
  provider: 'aliyun',
  url: 'https://dysmsapi.aliyuncs.com',
  keyId: 'LTAI-test',
  keySecret: 'secret',
  signName: '磨坊(测试)',
  template: 'SMS_1',
  parameters: ['code'],
};
const TENCENT: TencentSettings = {
  provider: 'tencent',
  url: 'https://sms.tencentcloudapi.com',
  keyId: 'AKID-test',
  keySecret: 'secret',
  appId: '1400006666',
  signName: '磨坊',
  template: '449739',
  parameters: ['code', 'minutes'],
};
const MESSAGE: CodeMessage = { phone: '13912345678', values: { code: '046813', minutes: '10' }, nowMs: 1_795_000_000_000, nonce: 'ab'.repeat(16) };
const reads = (protocol: SmsProtocol, body: string, status = 200): SmsReading =>
  protocol.read({ status, headers: {}, body: new TextEncoder().encode(body) });

describe('Alibaba Cloud', () => {
  it('signs as the worked example of its documentation', () => {
    const signed = signAcs3(
      {
        host: 'ecs.cn-shanghai.aliyuncs.com',
        query: { RegionId: 'cn-shanghai', ImageId: 'win2019_1809_x64_dtc_zh-cn_40G_alibase_20230811.vhd' },
        action: 'RunInstances',
        version: '2014-05-26',
        nowMs: Date.UTC(2023, 9, 26, 10, 22, 32),
        nonce: '3156853299f313e23d1673dc12e1703d',
        keyId: 'YourAccessKeyId',
        keySecret: 'YourAccessKeySecret',
      },
      vault,
    );
    expect(signed.query).toBe('ImageId=win2019_1809_x64_dtc_zh-cn_40G_alibase_20230811.vhd&RegionId=cn-shanghai');
    expect(signed.headers['authorization']).toBe(
      'ACS3-HMAC-SHA256 Credential=YourAccessKeyId,' +
        'SignedHeaders=host;x-acs-action;x-acs-content-sha256;x-acs-date;x-acs-signature-nonce;x-acs-version,' +
        'Signature=06563a9e1b43f5dfe96b81484da74bceab24a1d853912eee15083a6f0f3283c0',
    );
  });

  it('fills the template by the names of its variables', () => {
    const { url, method, body, headers } = aliyunSms({ ...ALIYUN, parameters: ['code', 'minutes'] }, vault).request(MESSAGE);
    const { origin, pathname, searchParams } = new URL(url);
    expect([method, origin, pathname, body, headers['x-acs-action']]).toEqual(['POST', ALIYUN.url, '/', null, 'SendSms']);
    expect(Object.fromEntries(searchParams)).toEqual({
      PhoneNumbers: '13912345678',
      SignName: '磨坊(测试)',
      TemplateCode: 'SMS_1',
      TemplateParam: '{"code":"046813","minutes":"10"}',
    });
    // What encodeURIComponent leaves alone and RFC 3986 does not.
    expect(url).toContain('%28%E6%B5%8B%E8%AF%95%29');
  });

  it.each([
    ['{"Message":"OK","RequestId":"F655","Code":"OK","BizId":"90061"}', { sent: 'taken', code: null }],
    ['{"Message":"触发分钟级流控","Code":"isv.BUSINESS_LIMIT_CONTROL"}', { sent: 'too_many', code: 'isv.BUSINESS_LIMIT_CONTROL' }],
    ['{"Code":"isv.AMOUNT_NOT_ENOUGH"}', { sent: 'not_sent', code: 'isv.AMOUNT_NOT_ENOUGH' }],
    ['{"Code":"13912345678 046813"}', { sent: 'not_sent', code: 'unreadable' }],
    ['{"Code":1}', { sent: 'not_sent', code: 'unreadable' }],
    ['<html>', { sent: 'not_sent', code: 'unreadable' }],
    ['', { sent: 'not_sent', code: 'unreadable' }],
  ] as const)('reads %s', (body, reading) => {
    expect(reads(aliyunSms(ALIYUN, vault), body)).toEqual(reading);
  });
});

describe('Tencent Cloud', () => {
  it('signs as the worked example of its documentation', () => {
    const authorization = signTc3(
      {
        host: 'cvm.tencentcloudapi.com',
        service: 'cvm',
        body: '{"Limit": 1, "Filters": [{"Values": ["\\u672a\\u547d\\u540d"], "Name": "instance-name"}]}',
        nowMs: 1_551_113_065_000,
        keyId: 'AKIDz8krbsJ5yKBZQpn74WFkmLPx3EXAMPLE',
        keySecret: 'Gu5t9xGARNpq86cd98joQYCN3EXAMPLE',
      },
      vault,
    );
    expect(authorization).toBe(
      'TC3-HMAC-SHA256 Credential=AKIDz8krbsJ5yKBZQpn74WFkmLPx3EXAMPLE/2019-02-25/cvm/tc3_request, ' +
        'SignedHeaders=content-type;host, Signature=72e494ea809ad7a8c8f7a4507b9bddcbaa8e581f516e8da2f66e2c5a96525168',
    );
  });

  it('fills the template in the order of its places, and names the number with its country', () => {
    const { url, headers, body } = tencentSms(TENCENT, vault).request(MESSAGE);
    expect([url, headers['x-tc-action'], headers['x-tc-version'], headers['x-tc-timestamp']]).toEqual([
      'https://sms.tencentcloudapi.com/',
      'SendSms',
      '2021-01-11',
      '1795000000',
    ]);
    expect(JSON.parse(body as string)).toEqual({
      PhoneNumberSet: ['+8613912345678'],
      SmsSdkAppId: '1400006666',
      SignName: '磨坊',
      TemplateId: '449739',
      TemplateParamSet: ['046813', '10'],
    });
  });

  it.each([
    ['{"Response":{"SendStatusSet":[{"Code":"Ok","Message":"send success","Fee":1}],"RequestId":"a0"}}', { sent: 'taken', code: null }],
    [
      '{"Response":{"SendStatusSet":[{"Code":"LimitExceeded.PhoneNumberThirtySecondLimit"}]}}',
      { sent: 'too_many', code: 'LimitExceeded.PhoneNumberThirtySecondLimit' },
    ],
    ['{"Response":{"Error":{"Code":"AuthFailure.SignatureFailure","Message":"…"}}}', { sent: 'not_sent', code: 'AuthFailure.SignatureFailure' }],
    [
      '{"Response":{"SendStatusSet":[{"Code":"FailedOperation.InsufficientBalanceInSmsPackage"}]}}',
      { sent: 'not_sent', code: 'FailedOperation.InsufficientBalanceInSmsPackage' },
    ],
    ['{"Response":{"SendStatusSet":[]}}', { sent: 'not_sent', code: 'unreadable' }],
    ['null', { sent: 'not_sent', code: 'unreadable' }],
  ] as const)('reads %s', (body, reading) => {
    expect(reads(tencentSms(TENCENT, vault), body)).toEqual(reading);
  });
});

describe('a gateway of one’s own', () => {
  const own = ownSms({ provider: 'http', url: 'https://sms.example/send', secret: `whsec_${Buffer.alloc(32, 7).toString('base64')}` }, vault);
  it.each([
    [204, { sent: 'taken', code: null }],
    [429, { sent: 'too_many', code: 'http_429' }],
    [302, { sent: 'not_sent', code: 'http_302' }],
    [500, { sent: 'not_sent', code: 'http_500' }],
  ] as const)('reads %i by itself', (status, reading) => {
    expect(reads(own, 'whatever', status)).toEqual(reading);
  });
});
