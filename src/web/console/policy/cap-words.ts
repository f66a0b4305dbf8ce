/** A cap or a promised volume as one says it: 每天 200 件, 200 a day. */
import type { Lang } from '../language-kept.ts';
import { yuan } from '../language.tsx';

export interface Volume {
  readonly unit: 'count' | 'amount_fen';
  readonly window: 'hour' | 'day' | 'total';
}

const WINDOWS = { hour: ['每小时', 'an hour'], day: ['每天', 'a day'], total: ['总共', 'in total'] } as const;

export function volumeWords({ unit, window }: Volume, amount: number, lang: Lang): string {
  const [zh, en] = WINDOWS[window];
  const much = amountWords(unit, amount, lang);
  return lang === 'zh' ? `${zh} ${much}` : `${much} ${en}`;
}

export function amountWords(unit: Volume['unit'], amount: number, lang: Lang): string {
  if (unit === 'amount_fen') return yuan(amount);
  return `${amount.toLocaleString('en-US', { maximumFractionDigits: 1 })}${lang === 'zh' ? ' 件' : ''}`;
}

/** For what comes as an unknown member of a record; null when it is neither a cap nor a promise. */
export function volumeOf(value: unknown): { readonly volume: Volume; readonly amount: number } | null {
  const { unit, window, limit, volume } = (value ?? {}) as Partial<Volume> & { limit?: unknown; volume?: unknown };
  const amount = typeof limit === 'number' ? limit : volume;
  const isOne = (unit === 'count' || unit === 'amount_fen') && window !== undefined && window in WINDOWS && typeof amount === 'number';
  return isOne ? { volume: { unit, window }, amount } : null;
}
