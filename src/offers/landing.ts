/** Where a click leads. */

export type Landing =
  | { readonly ok: true; readonly url: string }
  | { readonly ok: false; readonly why: 'malformed' | 'not_https' | 'credentials' | 'placeholder_in_host' };

const PLACEHOLDER = '{click_id}';

/**
 * Fills `{click_id}` (URL-encoded, everywhere it stands after the host) into an offer's address. Only https, unless `allowHttp`
 * (sandbox mode). Used when the offer is saved, with a sample id, and again at each click.
 */
export function landingUrl(template: string, clickId: string, options: { readonly allowHttp: boolean } = { allowHttp: false }): Landing {
  const authority = /^[a-z][a-z0-9+.-]*:\/\/[^/?#]*/i.exec(template)?.[0] ?? '';
  if (authority.includes('{') || authority.includes('}')) return { ok: false, why: 'placeholder_in_host' };
  const filled = template.replaceAll(PLACEHOLDER, encodeURIComponent(clickId));
  const url = URL.canParse(filled) ? new URL(filled) : null;
  if (url === null || url.hostname === '') return { ok: false, why: 'malformed' };
  if (url.protocol !== 'https:' && !(options.allowHttp && url.protocol === 'http:')) return { ok: false, why: 'not_https' };
  if (url.username !== '' || url.password !== '') return { ok: false, why: 'credentials' };
  return { ok: true, url: url.href };
}
