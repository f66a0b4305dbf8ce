/** What the parts of a declared protocol must be to each other; all faults at once. What a schema can see is in schema.ts. */
import { secretsOf } from './codec-schema.ts';
import type { ManifestFault } from './faults.ts';
import type { Protocol } from './schema.ts';
import type { Meaning } from './sources.ts';

/** Faults between the parts. Whether names in templates exist is seen when these are prepared. */
export function checkProtocol(protocol: Protocol): ManifestFault[] {
  return [...checkSecrets(protocol), ...checkProof(protocol), ...checkStates(protocol), ...checkShape(protocol)];
}

function checkSecrets({ secrets, sign, seal }: Protocol): ManifestFault[] {
  const used = [...secretsOf(sign), ...secretsOf(seal)];
  return [
    ...used.flatMap((name) => when(!secrets.includes(name), '/secrets', `a codec needs ${name}, which is not named`)),
    ...secrets.flatMap((name, index) => when(!used.includes(name), `/secrets/${index}`, 'no codec uses it')),
    ...secrets.flatMap((name, index) => when(secrets.indexOf(name) < index, `/secrets/${index}`, 'is named twice')),
  ];
}

function checkProof({ sign, seal, envelope, callback, query }: Protocol): ManifestFault[] {
  const canonical = sign.codec === 'hmac_sha256_canonical';
  const opensUnproved = sign.codec === 'none' && seal !== undefined && !seal.codec.endsWith('gcm');
  return [
    ...when(callback !== undefined && sign.codec === 'none', '/sign/codec', 'callbacks need a signature: nobody else vouches for them'),
    ...when(opensUnproved, '/seal/codec', 'CBC needs a signature beside it: alone it tells whoever asks how its padding is'),
    ...when(
      callback !== undefined && !canonical && sign.codec !== 'none' && callback.signed_at === undefined,
      '/callback/signed_at',
      'is missing: an old callback could be sent again',
    ),
    ...when(canonical && envelope?.signed === true, '/envelope/signed', 'hmac_sha256_canonical signs no replies'),
    ...when(envelope?.signed === true && sign.codec === 'none', '/envelope/signed', 'there is no codec to sign with'),
    ...when(envelope?.sealed === true && seal === undefined, '/envelope/sealed', 'there is no seal'),
    ...when(seal !== undefined && query?.method === 'GET', '/query/method', 'sealed members do not go by GET'),
  ];
}

function checkStates({ order, draw }: Protocol): ManifestFault[] {
  const meanings = new Set<Meaning>(Object.values(order.states));
  const needed: readonly Meaning[] = [
    'reviewing',
    'approved',
    'declined',
    ...(draw === undefined ? [] : (['disbursing', 'disbursed', 'failed'] as const)),
  ];
  const ofLoans = (['disbursed', 'failed', 'overdue'] as const).filter((meaning) => meanings.has(meaning));
  return [
    ...needed.flatMap((meaning) => when(!meanings.has(meaning), '/order/states', `no word means ${meaning}`)),
    ...when(ofLoans.length > 0 && order.loan === undefined, '/order/loan', `is missing: ${ofLoans.join(', ')} need it`),
    ...when(meanings.has('open_link') && order.link === undefined, '/order/link', 'is missing: open_link needs it'),
  ];
}

function checkShape({ shape, precheck, order, query, callback }: Protocol): ManifestFault[] {
  const meanings = new Set<Meaning>(Object.values(order.states));
  const read = precheck?.read;
  return [
    ...when(query === undefined && callback === undefined, '', 'needs query or callback: nothing else tells a decision that comes later'),
    ...when(shape === 'half_precheck_link' && read?.link === undefined, '/precheck/read/link', `is missing: ${shape} needs it`),
    ...when(shape === 'half_precheck_link' && !meanings.has('authorised'), '/order/states', `no word means authorised: ${shape} needs it`),
    ...when(shape === 'half_submit_link' && !meanings.has('open_link'), '/order/states', `no word means open_link: ${shape} needs it`),
    ...when(shape === 'ping_post' && read?.price === undefined, '/precheck/read/price', `is missing: ${shape} needs it`),
  ];
}

function when(wrong: boolean, path: string, rule: string): ManifestFault[] {
  return wrong ? [{ path, rule }] : [];
}
