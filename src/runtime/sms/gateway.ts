/** Sends codes by the provider that is configured. The log says that and why one did not go, never which. */
import pRetry from 'p-retry';
import { hexOf } from '../../domain/hex.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Log } from '../../ports/log.ts';
import type { CodeSent, Messages } from '../../ports/messages.ts';
import type { Random } from '../../ports/random.ts';
import type { OutboundRequest, SendOutcome, Transport } from '../../ports/transport.ts';
import type { Vault } from '../../ports/vault.ts';
import { aliyunSms } from './aliyun.ts';
import { ownSms } from './own.ts';
import type { SmsProtocol } from './protocol.ts';
import type { SmsSettings } from './settings.ts';
import { tencentSms } from './tencent.ts';

interface GatewayDeps {
  readonly transport: Transport;
  readonly vault: Vault;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
}

/** The borrower waits for it with the page open. */
const TIMEOUT_MS = 5_000;
const MOST_BYTES = 64 * 1_024;
const AGAIN_AFTER_MS = 200;

/** The sender of an instance. A sandbox's takes everything and sends nothing, for every code is 000000 there. */
export function messagesFor(host: { readonly mode: 'sandbox' | 'live'; readonly sms: SmsSettings | null }, deps: GatewayDeps): Messages {
  if (host.mode === 'sandbox') return { sendCode: async () => 'taken' };
  return host.sms === null ? noGateway(deps.log) : smsGateway(host.sms, deps);
}

export function smsGateway(settings: SmsSettings, deps: GatewayDeps): Messages {
  const { clock, random, log } = deps;
  const protocol = protocolOf(settings, deps.vault);
  const { provider } = settings;
  return {
    async sendCode(phone, code, minutes): Promise<CodeSent> {
      const nonce = hexOf(random.bytes(16));
      const message = { phone, values: { code, minutes: String(minutes) }, nowMs: clock.nowMs(), nonce };
      const outcome = await send(deps, protocol.request(message));
      if (outcome.kind === 'refused') {
        log.error('sms.not_sent', { provider, why: outcome.why });
        return 'not_sent';
      }
      if (outcome.kind === 'lost') {
        log.warn('sms.unknown', { provider, why: outcome.why });
        return 'taken';
      }
      const { sent, code: why } = protocol.read(outcome.response);
      if (sent === 'too_many') log.warn('sms.too_many', { provider, why });
      if (sent === 'not_sent') log.error('sms.not_sent', { provider, why, status: outcome.response.status });
      return sent;
    },
  };
}

/** A live instance that names no provider: sending is refused rather than pretended. */
function noGateway(log: Log): Messages {
  return {
    async sendCode() {
      log.error('sms.not_sent', { why: 'no provider is configured (MILLRACE_SMS)' });
      return 'not_sent';
    },
  };
}

function protocolOf(settings: SmsSettings, vault: Vault): SmsProtocol {
  switch (settings.provider) {
    case 'aliyun':
      return aliyunSms(settings, vault);
    case 'tencent':
      return tencentSms(settings, vault);
    case 'http':
      return ownSms(settings, vault);
  }
}

class NotReached extends Error {
  readonly outcome: SendOutcome;
  constructor(outcome: SendOutcome) {
    super('not reached');
    this.outcome = outcome;
  }
}

/** Once more where certainly nothing was sent; a message that may be on its way is not sent twice. */
async function send({ transport }: GatewayDeps, request: OutboundRequest): Promise<SendOutcome> {
  const once = async (): Promise<SendOutcome> => {
    const outcome = await transport.send(request, { timeoutMs: TIMEOUT_MS, maxBodyBytes: MOST_BYTES, target: 'trusted' });
    if (outcome.kind === 'refused' && outcome.why !== 'bad_url') throw new NotReached(outcome);
    return outcome;
  };
  try {
    return await pRetry(once, { retries: 1, minTimeout: AGAIN_AFTER_MS, maxTimeout: AGAIN_AFTER_MS });
  } catch (error) {
    if (error instanceof NotReached) return error.outcome;
    throw error;
  }
}
