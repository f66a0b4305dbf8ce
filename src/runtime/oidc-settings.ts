/** The environment's word on who vouches for operators: MILLRACE_OIDC_ISSUER, _CLIENT_ID and _CLIENT_SECRET together or none of them; _NAME if one likes. */
import type { Fault } from './master-keys.ts';
import type { OidcSettings } from './oidc-sso.ts';

const NEEDED = ['MILLRACE_OIDC_ISSUER', 'MILLRACE_OIDC_CLIENT_ID', 'MILLRACE_OIDC_CLIENT_SECRET'] as const;
export const OIDC_VARIABLES = [...NEEDED, 'MILLRACE_OIDC_NAME'] as const;
const LONGEST_NAME = 40;

export function readOidc(
  env: Readonly<Record<string, string | undefined>>,
  live: boolean,
): { readonly oidc: OidcSettings | null; readonly faults: Fault[] } {
  const [issuer, clientId, clientSecret] = NEEDED.map((name) => env[name] || undefined);
  if (issuer === undefined || clientId === undefined || clientSecret === undefined) {
    const given = OIDC_VARIABLES.some((name) => (env[name] ?? '') !== '');
    const missing = given ? NEEDED.filter((name) => (env[name] ?? '') === '') : [];
    return { oidc: null, faults: missing.map((variable) => ({ variable, reason: 'is needed beside the other MILLRACE_OIDC variables' })) };
  }
  const url = URL.parse(issuer);
  const faults: Fault[] = [];
  if (url === null || !['https:', 'http:'].includes(url.protocol) || url.search !== '' || url.hash !== '')
    faults.push({ variable: NEEDED[0], reason: 'must be the http or https URL of the provider, without a query' });
  else if (live && url.protocol !== 'https:') faults.push({ variable: NEEDED[0], reason: 'must be https in live mode' });
  const name = (env['MILLRACE_OIDC_NAME'] || url?.hostname) ?? '';
  if (name.length > LONGEST_NAME) faults.push({ variable: 'MILLRACE_OIDC_NAME', reason: `must have at most ${LONGEST_NAME} characters` });
  return { oidc: { issuer, clientId, clientSecret, name }, faults };
}
