/** What a provider of text messages speaks: two pure functions, one for the request and one for what came back. No I/O, like an adapter. */
import type { CodeSent } from '../../ports/messages.ts';
import type { OutboundRequest, OutboundResponse } from '../../ports/transport.ts';
import type { Vault } from '../../ports/vault.ts';

/** What a template is filled with: `code`, and for how many `minutes` it holds. */
export type SmsParameter = 'code' | 'minutes';

/** What a provider of approved templates is told of us. */
export interface TemplateSettings {
  /** Origin of the provider. */
  readonly url: string;
  readonly keyId: string;
  readonly keySecret: string;
  /** 签名, as it was approved. */
  readonly signName: string;
  readonly template: string;
  /** What the template is filled with: the names of its variables, or the order of its places. */
  readonly parameters: readonly SmsParameter[];
}

export interface CodeMessage {
  /** 11 digits of the mainland, without a country code. */
  readonly phone: string;
  readonly values: Readonly<Record<SmsParameter, string>>;
  readonly nowMs: number;
  /** 32 hex digits, new for each message. */
  readonly nonce: string;
}

export interface SmsReading {
  readonly sent: CodeSent;
  /** The provider's own word for why not, for the log; `unreadable` where it said nothing that could be understood. */
  readonly code: string | null;
}

export interface SmsProtocol {
  request(message: CodeMessage): OutboundRequest;
  read(response: OutboundResponse): SmsReading;
}

/** What signing takes. */
export type SigningTools = Pick<Vault, 'sha256Hex' | 'hmacSha256'>;

/** A provider's code as it may stand in a log: what looks like anything else may be somebody's data. */
export function logged(code: unknown): string {
  return typeof code === 'string' && /^[A-Za-z][\w.-]{0,79}$/.test(code) ? code : 'unreadable';
}
