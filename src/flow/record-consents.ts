/** Enters consents into the ledger: each names its recipient's legal entity, the fields, and the hash of the text that was shown. */
import { AGREED_AT_SKEW_MS } from '../compliance/consent.ts';
import { renderConsentText } from '../compliance/consent-text.ts';
import type { FieldName } from '../domain/applicant.ts';
import { FIELD_NAMES } from '../domain/applicant.ts';
import { saysNo } from '../domain/consent-line.ts';
import { fault, type Fault } from '../domain/failures.ts';
import type { ApplicationRow } from '../store/index.ts';
import { fieldsFor } from './advance.ts';
import type { Deps } from './deps.ts';
import { funderInterface } from './funder-interface.ts';
import type { ConsentInput } from './intake-input.ts';
import type { Work } from './work.ts';

/** The platform as a recipient of data: it may hold every field for the purpose of the application. */
export const PLATFORM = { recipient: 'platform', name: 'Millrace', legalEntity: 'platform', contact: 'privacy@millrace.example' } as const;
/** A consent older than this when it reaches us was not given for this application. */
const OLDEST_MS = 30 * 86_400_000;

export interface Recipient {
  readonly recipient: string;
  readonly name: string;
  readonly legalEntity: string;
  readonly contact: string;
  readonly fields: readonly FieldName[];
}

/** Who a consent may name: the platform, or a funder with the fields its adapter needs. */
export function recipientOf(deps: Pick<Deps, 'desk' | 'adapters'>, recipient: string): Recipient | null {
  if (recipient === PLATFORM.recipient) return { ...PLATFORM, fields: FIELD_NAMES };
  const at = funderInterface(deps, recipient);
  if (at === null) return null;
  const { funder, adapter } = at;
  return { recipient: funder.id, name: funder.name, legalEntity: funder.legal_entity, contact: funder.contact, fields: fieldsFor(adapter) };
}

/** Every fault of the consents of a request; `at` is the pointer of the list. */
export function checkConsents(deps: Pick<Deps, 'desk' | 'adapters' | 'clock'>, consents: readonly ConsentInput[], at = '/consents'): Fault[] {
  const texts = deps.desk.snapshot().consentTexts;
  const nowMs = deps.clock.nowMs();
  return consents.flatMap((consent, index) => {
    const pointer = `${at}/${index}`;
    const text = texts.get(consent.purpose);
    if (recipientOf(deps, consent.recipient) === null)
      return [fault(`${pointer}/recipient`, 'unknown_recipient', '没有这个接收方', 'there is no such recipient')];
    if (text === undefined || text.version !== consent.text_version) {
      const current = text?.version ?? '-';
      return [
        fault(
          `${pointer}/text_version`,
          'text_version',
          `授权文本版本不符，当前版本为 ${current}`,
          `this is not the version of the text in force, which is ${current}`,
        ),
      ];
    }
    if (consent.agreedAtMs > nowMs + AGREED_AT_SKEW_MS)
      return [fault(`${pointer}/agreed_at`, 'in_future', '同意时间在未来', 'the time of agreement lies in the future')];
    if (consent.agreedAtMs < nowMs - OLDEST_MS)
      return [fault(`${pointer}/agreed_at`, 'too_old', '同意时间过早，请重新确认', 'the agreement is too old; ask again')];
    return [];
  });
}

/** Writes checked consents. One that is live already is not written twice; one that was given before it was taken back is a late copy and no new yes. */
export function recordConsents(work: Work, application: ApplicationRow, consents: readonly ConsentInput[], lang: 'zh' | 'en'): void {
  for (const consent of consents) {
    const recipient = recipientOf(work.deps, consent.recipient);
    const text = work.desk.consentTexts.get(consent.purpose);
    if (recipient === null || text === undefined) continue;
    const settled = work
      .consentsOf(application.id)
      .some(
        (row) =>
          row.recipient === consent.recipient &&
          (row.purpose === consent.purpose || saysNo(row)) &&
          (row.withdrawnAtMs === null || row.withdrawnAtMs >= consent.agreedAtMs),
      );
    if (settled) continue;
    work.addConsent({
      id: work.newId('cns'),
      borrowerId: application.borrowerId,
      applicationId: application.id,
      recipient: consent.recipient,
      legalEntity: recipient.legalEntity,
      purpose: consent.purpose,
      fields: recipient.fields,
      textVersion: consent.text_version,
      textHash: hashOf(work.deps, recipient, consent.purpose, lang),
      agreedAtMs: consent.agreedAtMs,
      recordedAtMs: work.nowMs,
      withdrawnAtMs: null,
    });
  }
}

/** The text for one recipient as it is shown. */
export function consentText(
  deps: Pick<Deps, 'desk' | 'vault'>,
  recipient: Recipient,
  purpose: ConsentInput['purpose'],
  lang: 'zh' | 'en',
): { readonly text: string; readonly version: string } {
  const text = deps.desk.snapshot().consentTexts.get(purpose)!;
  const parties = {
    recipientName: recipient.name,
    legalEntity: recipient.legalEntity,
    contact: recipient.contact,
    purpose,
    fields: recipient.fields,
  };
  return { text: renderConsentText(text, parties, lang, (value) => deps.vault.sha256Hex(value)).text, version: text.version };
}

const hashes = new Map<string, string>();

/** The same text is shown to everybody, so its hash is worked out once per snapshot. */
function hashOf(deps: Deps, recipient: Recipient, purpose: ConsentInput['purpose'], lang: 'zh' | 'en'): string {
  const key = `${deps.desk.snapshot().version}/${recipient.recipient}/${purpose}/${lang}`;
  let hash = hashes.get(key);
  if (hash === undefined) {
    if (hashes.size > 2_000) hashes.clear();
    hash = deps.vault.sha256Hex(consentText(deps, recipient, purpose, lang).text);
    hashes.set(key, hash);
  }
  return hash;
}
