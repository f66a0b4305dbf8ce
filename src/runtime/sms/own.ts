/**
 * A gateway of one's own: `{"phone", "code", "minutes"}` is posted to it, signed like our webhooks (Standard Webhooks, `v1`), so that whoever runs
 * another provider writes one small server. 2xx: it has it. 429: this number gets no more for now. Anything else: not sent.
 */
import { createWebhookSigner, type SigningVault } from '../../outbox/sign.ts';
import type { SmsProtocol } from './protocol.ts';

export interface OwnSettings {
  readonly provider: 'http';
  readonly url: string;
  /** `whsec_…`. */
  readonly secret: string;
}

export function ownSms({ url, secret }: OwnSettings, vault: SigningVault): SmsProtocol {
  const signer = createWebhookSigner(vault);
  return {
    request: ({ phone, values: { code, minutes }, nowMs, nonce }) =>
      signer.request(url, { id: `sms_${nonce}`, nowMs, secrets: [secret], body: JSON.stringify({ phone, code, minutes: Number(minutes) }) }),
    read({ status }) {
      if (status >= 200 && status <= 299) return { sent: 'taken', code: null };
      return { sent: status === 429 ? 'too_many' : 'not_sent', code: `http_${status}` };
    },
  };
}
