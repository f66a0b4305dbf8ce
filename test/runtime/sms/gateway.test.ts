/** Codes over real HTTP: what a provider answers, does not answer, and may not find in our log. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { describe, expect, it } from 'vitest';
import { Webhook } from 'standardwebhooks';
import type { Messages } from '../../../src/ports/messages.ts';
import { jsonLog, nodeClock, nodeRandom } from '../../../src/runtime/node/host.ts';
import { createUndiciTransport } from '../../../src/runtime/node/transport.ts';
import { messagesFor } from '../../../src/runtime/sms/gateway.ts';
import type { SmsSettings } from '../../../src/runtime/sms/settings.ts';
import { createVault } from '../../../src/runtime/vault.ts';
import { atEnd, closedPort, http as listenHttp, tcp } from '../loopback-servers.ts';

const PHONE = '13912345678';
const CODE = '046813';
const SECRET = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;
const TEMPLATE = { keyId: 'key-id', keySecret: 'key-secret', signName: '磨坊', template: 'T-1', parameters: ['code'] } as const;

const vault = createVault({ masterKeys: [{ version: 1, key: new Uint8Array(32).fill(7) }], current: 1 }, (count) => nodeRandom().bytes(count));

interface Sender extends Messages {
  readonly log: string[];
}

function sender(sms: SmsSettings | null, mode: 'sandbox' | 'live' = 'live'): Sender {
  const log: string[] = [];
  const transport = createUndiciTransport();
  atEnd(() => transport.close());
  const deps = { transport, vault, clock: nodeClock, random: nodeRandom(), log: jsonLog('info', (line) => log.push(line)) };
  return { log, ...messagesFor({ mode, sms }, deps) };
}
const own = (port: number): SmsSettings => ({ provider: 'http', url: `http://127.0.0.1:${port}/send`, secret: SECRET });

/** Listens and answers once the whole body is there; what `answer` throws is a 401. */
const http = (answer: (request: IncomingMessage, response: ServerResponse, body: string) => void): Promise<number> =>
  listenHttp((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      try {
        answer(request, response, Buffer.concat(chunks).toString());
      } catch {
        response.writeHead(401).end();
      }
    });
  });
const answers = (status: number, body: object | string) => (_: IncomingMessage, response: ServerResponse) =>
  void response.writeHead(status).end(typeof body === 'string' ? body : JSON.stringify(body));
const events = ({ log }: Sender): object[] => log.map((line) => JSON.parse(line) as object);

describe('a gateway of one’s own', () => {
  it('gets number, code and minutes, signed as our webhooks are, each message under an id of its own', async () => {
    const seen: { readonly id: string; readonly body: string }[] = [];
    const port = await http((request, response, body) => {
      new Webhook(SECRET).verify(body, request.headers as Record<string, string>);
      seen.push({ id: String(request.headers['webhook-id']), body });
      response.writeHead(204).end();
    });
    const messages = sender(own(port));
    expect([await messages.sendCode(PHONE, CODE, 10), await messages.sendCode(PHONE, CODE, 10)]).toEqual(['taken', 'taken']);
    expect(seen.map(({ body }) => JSON.parse(body) as object)).toEqual(Array.from({ length: 2 }, () => ({ phone: PHONE, code: CODE, minutes: 10 })));
    expect(new Set(seen.map(({ id }) => id)).size).toBe(2);
    expect(messages.log).toEqual([]);
  });

  it('is taken at its word, and the log says why and never whom', async () => {
    const [busy, broken] = [sender(own(await http(answers(429, PHONE)))), sender(own(await http(answers(500, `${PHONE} ${CODE}`))))];
    expect([await busy.sendCode(PHONE, CODE, 10), await broken.sendCode(PHONE, CODE, 10)]).toEqual(['too_many', 'not_sent']);
    expect(events(busy)).toMatchObject([{ level: 'warn', event: 'sms.too_many', provider: 'http', why: 'http_429' }]);
    expect(events(broken)).toMatchObject([{ level: 'error', event: 'sms.not_sent', provider: 'http', why: 'http_500', status: 500 }]);
    for (const line of [...busy.log, ...broken.log]) expect(line).not.toMatch(new RegExp(`${PHONE}|${CODE}|whsec_`));
  });

  it('that cannot be reached is tried once more, and then has sent nothing', async () => {
    const messages = sender(own(await closedPort()));
    expect(await messages.sendCode(PHONE, CODE, 10)).toBe('not_sent');
    expect(events(messages)).toMatchObject([{ event: 'sms.not_sent', why: 'connect' }]);
  });

  it('that breaks off may have sent it: it is not asked a second time, and who gets no code asks again', async () => {
    const { port, seen } = await tcp((socket) => socket.destroy());
    const messages = sender(own(port));
    expect(await messages.sendCode(PHONE, CODE, 10)).toBe('taken');
    expect(seen.requests).toBe(1);
    expect(events(messages)).toMatchObject([{ level: 'warn', event: 'sms.unknown', why: 'reset' }]);
  });
});

describe('the providers', () => {
  it('Alibaba Cloud gets a signed POST with everything in the query', async () => {
    const urls: string[] = [];
    const port = await http((request, response) => {
      urls.push(request.url ?? '');
      const signed = request.headers.authorization?.startsWith('ACS3-HMAC-SHA256 Credential=key-id,') === true;
      answers(200, { Code: signed ? 'OK' : 'SignatureDoesNotMatch' })(request, response);
    });
    expect(await sender({ provider: 'aliyun', url: `http://127.0.0.1:${port}`, ...TEMPLATE }).sendCode(PHONE, CODE, 10)).toBe('taken');
    expect(new URLSearchParams(urls[0]!.slice(2)).get('TemplateParam')).toBe(`{"code":"${CODE}"}`);
  });

  it('Tencent Cloud gets signed JSON', async () => {
    const bodies: string[] = [];
    const port = await http((request, response, body) => {
      bodies.push(body);
      const signed = /^TC3-HMAC-SHA256 Credential=key-id\/\d{4}-\d\d-\d\d\/sms\/tc3_request, /.test(request.headers.authorization ?? '');
      answers(200, { Response: { SendStatusSet: [{ Code: signed ? 'Ok' : 'AuthFailure' }] } })(request, response);
    });
    const messages = sender({ provider: 'tencent', url: `http://127.0.0.1:${port}`, appId: '1', ...TEMPLATE });
    expect(await messages.sendCode(PHONE, CODE, 10)).toBe('taken');
    expect(JSON.parse(bodies[0]!)).toMatchObject({ PhoneNumberSet: [`+86${PHONE}`], TemplateParamSet: [CODE] });
  });
});

describe('no provider', () => {
  it('in live mode nothing is sent, and the log says what is missing', async () => {
    const messages = sender(null);
    expect(await messages.sendCode(PHONE, CODE, 10)).toBe('not_sent');
    expect(events(messages)).toMatchObject([{ level: 'error', event: 'sms.not_sent', why: 'no provider is configured (MILLRACE_SMS)' }]);
  });

  it('in a sandbox every code is taken and none goes out', async () => {
    const messages = sender(null, 'sandbox');
    expect([await messages.sendCode(PHONE, CODE, 10), messages.log]).toEqual(['taken', []]);
  });
});
