import type { PageVariant } from '../../../../domain/page-variant.ts';

/** The part of its channel's visitors that a variant is shown to, beside the others of the channel; null: nobody. */
export function shareOf(variant: Pick<PageVariant, 'id' | 'channel' | 'status' | 'weight'>, all: readonly PageVariant[]): number | null {
  if (variant.status !== 'live' || variant.weight === 0) return null;
  const others = all.filter(({ id, channel, status }) => id !== variant.id && channel === variant.channel && status === 'live');
  return variant.weight / others.reduce((sum, { weight }) => sum + weight, variant.weight);
}
