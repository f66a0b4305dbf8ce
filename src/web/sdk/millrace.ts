/**
 * The embed: one script that gives a landing page of any origin `init`, `apply` and `status`. It keeps applications from being made twice, tries again
 * when the line was lost, and brings along where the visitor came from. It draws nothing; the page stays the page's own.
 */
import { follow, type Application } from './progress.ts';
import { place } from './kept.ts';
import { createSender } from './sending.ts';
import { readVisit } from './visit.ts';

export interface Options {
  /** The channel's publishable key, `pk_…`. */
  readonly key: string;
  /** Origin of the service; without it the one this script came from. */
  readonly api?: string;
  readonly lang?: 'zh' | 'en';
  /** Which variant of the landing page this is. */
  readonly variant?: string;
}

/** What was agreed to, and when: as it goes into `consents`. */
export interface Consent {
  readonly recipient: string;
  readonly purpose: string;
  readonly text_version: string;
  readonly agreed_at: string;
}
export interface ConsentText extends Omit<Consent, 'agreed_at'> {
  readonly name: string;
  readonly legal_entity: string;
  readonly fields: readonly string[];
  readonly text: string;
}

export interface Embed {
  /** Sends the SMS code. The promise of every call is rejected with a `Refused`, or with the browser's own error when there is no line. */
  sendCode(phone: string): Promise<{ readonly id: string; readonly expires_at: string }>;
  confirmCode(id: string, code: string): Promise<unknown>;
  /** A photo: `quality.problems` says in words what is wrong with it. */
  upload(kind: 'id_front' | 'id_back', photo: Blob): Promise<{ readonly id: string; readonly quality: { readonly ok: boolean } }>;
  /** The texts to be agreed to, by recipient: `platform` and funders. */
  texts(recipients: readonly string[]): Promise<readonly ConsentText[]>;
  /** For the moment in which a person agreed to a text. */
  agree(text: ConsentText): Consent;
  /**
   * Makes the application, once: tried again after a lost line, a closed tab or a tap too many, it is the same one. Waits while the browser is offline.
   * `body` is that of `POST /v1/applications`; `visit` is added to it.
   */
  apply(body: Readonly<Record<string, unknown>>): Promise<Application>;
  /** The application made on this device last; null when there is none. With `onChange`, follows it until it has ended or `stop` is called. */
  status(onChange?: (application: Application) => void): Promise<{ readonly application: Application; readonly stop: () => void } | null>;
  /** Forgets on this device which application was made. */
  forget(): void;
}

export type { Application };

const OWN_ORIGIN = originOf(document.currentScript);

export function init(options: Options): Embed {
  const api = options.api ?? OWN_ORIGIN;
  const send = createSender({ api, key: options.key, lang: options.lang ?? 'zh' });
  const kept = place(`millrace.application.${options.key}`);
  const visit = readVisit(options.variant);
  const ask = async <T>(method: string, path: string, body?: unknown, headers: Readonly<Record<string, string>> = {}): Promise<T> =>
    (await send(method, path, body, headers)).value as T;

  return {
    sendCode: (phone) => ask('POST', '/v1/phone-verifications', { phone }),
    confirmCode: (id, code) => ask('POST', `/v1/phone-verifications/${encodeURIComponent(id)}/confirm`, { code }),
    upload(kind, photo) {
      const form = new FormData();
      form.append('kind', kind);
      form.append('file', photo);
      return ask('POST', '/v1/documents', form);
    },
    texts: async (recipients) =>
      (await ask<{ data: ConsentText[] }>('GET', `/v1/consent-texts?recipients=${encodeURIComponent(recipients.join(','))}`)).data,
    agree: ({ recipient, purpose, text_version }) => ({ recipient, purpose, text_version, agreed_at: new Date().toISOString() }),
    async apply(body) {
      const { value } = await send.once('/v1/applications', { ...body, visit: { ...visit, ...(body['visit'] as object | undefined) } });
      const application = value as Application;
      kept.write({ id: application.id, token: application.client_token });
      return application;
    },
    async status(onChange) {
      const known = kept.read() as { id: string; token: string } | null;
      if (known === null) return null;
      const headers = { 'client-token': known.token };
      const path = `/v1/applications/${encodeURIComponent(known.id)}`;
      const application = await ask<Application>('GET', path, undefined, headers);
      const stop = onChange === undefined ? () => undefined : follow(send, path, headers, onChange);
      return { application, stop };
    },
    forget: () => kept.write(null),
  };
}

function originOf(script: HTMLOrSVGScriptElement | null): string {
  return script !== null && 'src' in script && script.src !== '' ? new URL(script.src).origin : location.origin;
}
