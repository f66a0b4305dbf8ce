/**
 * The publishable key of our own page for a channel. Derived, so that it is stored nowhere and is the same in every cell; it opens what any publishable
 * key of the channel opens, from our own origin or those the channel allows, and no longer than the channel is live.
 */
import type { ApiKey } from '../domain/desk.ts';
import type { Deps } from './deps.ts';

const KEY = /^pk_(?:test_)?page_([A-Za-z0-9_-]{22})_([a-z0-9][a-z0-9_-]{0,39})$/;

export function pageKeyOf({ vault, mode }: Pick<Deps, 'vault' | 'mode'>, channelId: string): string {
  return `pk_${mode === 'sandbox' ? 'test_' : ''}page_${vault.tag('page_key', channelId)}_${channelId}`;
}

/** Whose key it is, or null when it was not made here. */
export function readPageKey(deps: Pick<Deps, 'vault' | 'mode'>, text: string): ApiKey | null {
  const channelId = KEY.exec(text)?.[2];
  if (channelId === undefined || !deps.vault.equal(pageKeyOf(deps, channelId), text)) return null;
  return { id: `page_${channelId}`, kind: 'publishable', channelId, role: null, operatorId: null, name: 'page' };
}
