/** Whose a network address is, for counting what comes from it. */

/** 64 of the 128 bits: the least that a provider hands to one customer (RFC 6177), who may then come from any address in it. */
const OWN_GROUPS = 4;
const GROUPS = 8;

const NEARBY = /^(::ffff:)?(127|10|192\.168|169\.254|172\.(1[6-9]|2\d|3[01]))\.|^(::1$|f[cd][0-9a-f]{2}:|fe80:)/i;

/** Addresses of a private network are those of a proxy, behind which everybody is: to count by them would let anybody keep all others out. */
export function isNearby(ip: string): boolean {
  return NEARBY.test(ip);
}

/**
 * The address itself for IPv4, the network of 64 bits for IPv6: otherwise one line at home is more addresses than there are limits. What is no address
 * stays as it is.
 */
export function networkOf(ip: string): string {
  if (!ip.includes(':')) return ip;
  const mapped = /^::ffff:(\d{1,3}(?:\.\d{1,3}){3})$/i.exec(ip)?.[1];
  if (mapped !== undefined) return mapped;
  const [head = '', tail] = (ip.split('%')[0] ?? '').toLowerCase().split('::');
  const left = groupsOf(head);
  const right = tail === undefined ? [] : groupsOf(tail);
  const between = tail === undefined ? 0 : Math.max(0, GROUPS - left.length - right.length);
  const groups = [...left, ...Array.from({ length: between }, () => '0'), ...right];
  return `${groups.slice(0, OWN_GROUPS).join(':')}::/64`;
}

function groupsOf(text: string): string[] {
  return text === '' ? [] : text.split(':').map((group) => group.replace(/^0+(?=.)/, ''));
}
