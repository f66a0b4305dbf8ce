/**
 * The phones for which every funder behaves as written (api.md's table), recognised in whatever form a protocol sends a phone: plain, as a hash,
 * or as the mask 138****0001 (which an ordinary phone may share, once in ten thousand of its prefix).
 */
import { createHash } from 'node:crypto';

export const MAGIC_NAMES = ['approves', 'least_strict_only', 'declines', 'drops', 'out_of_order', 'garbage', 'hangs', 'forged_first'] as const;
export type Magic = (typeof MAGIC_NAMES)[number];

const byPhone = new Map(MAGIC_NAMES.map((name, index) => [`1380000000${index + 1}`, name]));
const byHash = new Map(
  ['md5', 'sha256', 'sm3'].flatMap((digest) => [...byPhone].map(([phone, name]) => [createHash(digest).update(phone).digest('hex'), name] as const)),
);
const byMask = new Map([...byPhone].map(([phone, name]) => [`${phone.slice(0, 3)}****${phone.slice(-4)}`, name]));

/** The behaviour a phone asks for, or null for an ordinary one. */
export function magicOf(phone: string): Magic | null {
  return byPhone.get(phone) ?? byHash.get(phone.toLowerCase()) ?? byMask.get(phone) ?? null;
}
