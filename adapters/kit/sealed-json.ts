/** JSON under a symmetric key, as the content of replies and callbacks. */
import type { AdapterContext } from '../contract.ts';
import type { BlockScheme } from './block-cipher.ts';
import { openBlock } from './block-cipher.ts';
import { secretOrNull } from './context.ts';
import type { Json } from './read-json.ts';
import { readJson } from './read-json.ts';

/** What the sealed text held; undefined when the secret is missing or it cannot be opened. Never throws. */
export function openJson(ctx: AdapterContext, scheme: BlockScheme, secretName: string, sealed: Json | undefined): Json | undefined {
  const key = secretOrNull(ctx, secretName);
  const bytes = key === null || typeof sealed !== 'string' ? null : openBlock(scheme, key, sealed);
  return bytes === null ? undefined : readJson(bytes);
}
