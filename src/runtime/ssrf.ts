/**
 * Targets given by others (webhook receivers, partner links): which may be dialled.
 * Two checks, both needed. `checkTarget` looks at the URL, where an address may be written in many ways; the WHATWG parser reduces
 * `127.1`, `2130706433`, `0x7f000001`, octal and full-width digits to one form first. `checkAddress` looks at what a name resolved
 * to, and must be asked inside the connection's own look-up, so that the address dialled is the address checked. A custom look-up is
 * never asked for an IP literal: without the first check the second is no protection at all.
 */
import ipaddr from 'ipaddr.js';

export interface TargetPolicy {
  /** Sandbox and tests: loopback addresses and `localhost` are allowed. Nothing else is loosened. */
  readonly allowLoopback: boolean;
}

export type TargetVerdict =
  | { readonly ok: true; readonly url: URL }
  | { readonly ok: false; readonly why: 'bad_url' | 'blocked_target'; readonly detail: TargetFault };
export type TargetFault = 'malformed' | 'scheme' | 'credentials' | 'port' | 'local_name' | 'address';

/** What every target must be, trusted ones too: an http(s) URL without credentials. */
export function parseTarget(text: string): TargetVerdict {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url === null || url.hostname === '') return { ok: false, why: 'bad_url', detail: 'malformed' };
  if (url.protocol !== 'https:' && url.protocol !== 'http:') return { ok: false, why: 'bad_url', detail: 'scheme' };
  // Credentials are how `https://trusted.example@10.0.0.1/` is made to look like something else.
  if (url.username !== '' || url.password !== '') return { ok: false, why: 'bad_url', detail: 'credentials' };
  return { ok: true, url };
}

/** Judges a guarded URL by what is written in it. A name that passes must still be checked when it is resolved. */
export function checkTarget(text: string, policy: TargetPolicy): TargetVerdict {
  const parsed = parseTarget(text);
  if (!parsed.ok) return parsed;
  const { url } = parsed;
  if (!allowedPort(url)) return { ok: false, why: 'blocked_target', detail: 'port' };
  const literal = literalOf(url.hostname);
  if (literal !== null) return checkAddress(literal, policy) ? { ok: true, url } : { ok: false, why: 'blocked_target', detail: 'address' };
  return localName(url.hostname, policy) ? { ok: false, why: 'blocked_target', detail: 'local_name' } : { ok: true, url };
}

/** True when this resolved address may be dialled: global unicast, whatever it is wrapped in. An unreadable one may not. */
export function checkAddress(address: string, policy: TargetPolicy): boolean {
  if (!ipaddr.isValid(address)) return false;
  const parsed = unwrap(ipaddr.parse(address));
  const range: string = parsed.range();
  if (range === 'loopback') return policy.allowLoopback;
  if (range !== 'unicast') return false;
  if (parsed instanceof ipaddr.IPv4) return !CLOUD_INTERNAL.has(parsed.toString());
  // ipaddr.js calls unassigned space `unicast`, ::a.b.c.d among it; IANA has assigned 2000::/3 and nothing else.
  return parsed.match(GLOBAL_UNICAST);
}

const GLOBAL_UNICAST: [ipaddr.IPv6, number] = ipaddr.IPv6.parseCIDR('2000::/3');
const NAT64: [ipaddr.IPv6, number] = ipaddr.IPv6.parseCIDR('64:ff9b::/96');
const SIX_TO_FOUR: [ipaddr.IPv6, number] = ipaddr.IPv6.parseCIDR('2002::/16');
/** Azure's host agent answers at an address that is formally public. */
const CLOUD_INTERNAL: ReadonlySet<string> = new Set(['168.63.129.16']);

/** An IPv6 address that stands for an IPv4 one is judged as that one. NAT64 is what a DNS64 resolver gives for any IPv4-only name. */
function unwrap(address: ipaddr.IPv4 | ipaddr.IPv6): ipaddr.IPv4 | ipaddr.IPv6 {
  if (address instanceof ipaddr.IPv4) return address;
  if (address.isIPv4MappedAddress()) return address.toIPv4Address();
  const bytes = address.toByteArray();
  if (address.match(NAT64)) return new ipaddr.IPv4(bytes.slice(12, 16));
  if (address.match(SIX_TO_FOUR)) return new ipaddr.IPv4(bytes.slice(2, 6));
  return address;
}

/** The address in a URL's host, or null when it is a name. The URL parser has already made IPv4 canonical and put IPv6 in brackets. */
function literalOf(hostname: string): string | null {
  if (hostname.startsWith('[')) return hostname.slice(1, -1);
  const bare = hostname.replace(/\.$/, '');
  return ipaddr.IPv4.isValidFourPartDecimal(bare) ? bare : null;
}

/** Names that only ever mean the own machine or network; a name without a dot is one of a search domain or a container network. */
function localName(hostname: string, policy: TargetPolicy): boolean {
  const name = hostname.replace(/\.$/, '').toLowerCase();
  if (name === 'localhost' || name.endsWith('.localhost')) return !policy.allowLoopback;
  return !name.includes('.') || /\.(local|internal|intranet|lan|home\.arpa)$/.test(name);
}

/** Services that take commands over a text protocol or over HTTP without asking who speaks. */
const REFUSED_PORTS: ReadonlySet<number> = new Set([
  1719, 1720, 1723, 2049, 2375, 2376, 2379, 2380, 3306, 3659, 4045, 4190, 5060, 5061, 5432, 5984, 6000, 6379, 6566, 6665, 6666, 6667, 6668, 6669,
  6679, 6697, 8500, 9200, 9300, 10080, 10250, 11211, 27017,
]);

/** 80, 443, and from 1024 on whatever is not the usual port of such a service. */
function allowedPort(url: URL): boolean {
  if (url.port === '') return true;
  const port = Number(url.port);
  return port === 80 || port === 443 || (port >= 1_024 && !REFUSED_PORTS.has(port));
}
