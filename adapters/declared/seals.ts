/** The envelopes that a manifest can name. The IV is the call's nonce, or all zero where a funder will have it so; CBC proves nothing. */
import type { AdapterContext } from '../contract.ts';
import type { BlockScheme } from '../kit/block-cipher.ts';
import { openBlock, sealBlock } from '../kit/block-cipher.ts';
import { secretOf, secretOrNull } from '../kit/context.ts';
import type { Json } from '../kit/read-json.ts';
import { readJson } from '../kit/read-json.ts';
import type { Seal } from './codec-schema.ts';

/** Throws when the secret is not configured or does not fit. */
export function sealText(seal: Seal, ctx: AdapterContext, plain: string): string {
  return sealBlock(schemeOf(seal), secretOf(ctx, seal.secret), plain, ctx.nonce);
}

/** The JSON that was sealed; undefined when it cannot be opened. Never throws. */
export function openSealed(seal: Seal, ctx: AdapterContext, sealed: Json | undefined): Json | undefined {
  const key = secretOrNull(ctx, seal.secret);
  const bytes = key === null || typeof sealed !== 'string' ? null : openBlock(schemeOf(seal), key, sealed);
  return bytes === null ? undefined : readJson(bytes);
}

function schemeOf({ codec, key, text, iv }: Seal): BlockScheme {
  const cipher = codec.startsWith('sm4') ? 'sm4' : codec.startsWith('aes_128') ? 'aes-128' : 'aes-256';
  return codec.endsWith('gcm') ? { cipher, key, text, mode: 'gcm', iv: 'front' } : { cipher, key, text, mode: 'cbc', iv };
}
