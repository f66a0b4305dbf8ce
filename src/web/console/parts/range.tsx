/** The days a page is about, chosen in its head and kept in its address: the last so many, or from one day to another, by China's calendar. */
import { Input, Segmented, Space } from 'antd';
import type { ReactNode } from 'react';
import { useTexts, type Texts } from '../language.tsx';
import { useFilters, type Search } from './search.ts';

const DAY_MS = 86_400_000;
const CHINA_MS = 8 * 3_600_000;
const PRESETS = ['1', '7', '28', '90'] as const;
const DAY = /^\d{4}-\d{2}-\d{2}$/;

export interface Range {
  readonly fromMs: number;
  /** Exclusive; undefined: up to now. */
  readonly toMs: number | undefined;
  readonly days: number;
}

/** The range an address asks for; `usual` days when it asks for none. */
export function rangeOf(search: Search, usual: (typeof PRESETS)[number], nowMs: number): Range {
  const today = dayStart(nowMs);
  const { from, to, days } = search;
  if (from !== undefined && DAY.test(from)) {
    const fromMs = Date.parse(`${from}T00:00:00+08:00`);
    const endMs = to !== undefined && DAY.test(to) ? Date.parse(`${to}T00:00:00+08:00`) + DAY_MS : today + DAY_MS;
    if (fromMs < endMs) return { fromMs, toMs: endMs > today ? undefined : endMs, days: Math.round((endMs - fromMs) / DAY_MS) };
  }
  const preset = PRESETS.find((each) => each === days) ?? usual;
  return { fromMs: today - (Number(preset) - 1) * DAY_MS, toMs: undefined, days: Number(preset) };
}

/** `from` and `to` as the desk takes them. */
export function spanOf({ fromMs, toMs }: Range): { readonly from: string; readonly to: string | undefined } {
  return { from: new Date(fromMs).toISOString(), to: toMs === undefined ? undefined : new Date(toMs).toISOString() };
}

/** The day of China as `2026-11-22`. */
export function dayOf(atMs: number): string {
  return new Date(atMs + CHINA_MS).toISOString().slice(0, 10);
}

function dayStart(atMs: number): number {
  return Math.floor((atMs + CHINA_MS) / DAY_MS) * DAY_MS - CHINA_MS;
}

export function RangeChoice({ range, usual }: { range: Range; usual: (typeof PRESETS)[number] }): ReactNode {
  const t = useTexts(texts);
  const [search, put] = useFilters();
  const own = search['from'] !== undefined;
  const last = dayOf((range.toMs ?? Date.now() + 1) - 1);
  return (
    <Space size={4} wrap>
      <Segmented
        aria-label={t('range')}
        value={own ? 'own' : (PRESETS.find((each) => each === search['days']) ?? usual)}
        options={[...PRESETS.map((days) => ({ value: days, label: t(`d${days}`) })), { value: 'own', label: t('own') }]}
        onChange={(value) =>
          put(value === 'own' ? { from: dayOf(range.fromMs), to: last, days: undefined } : { from: undefined, to: undefined, days: value })
        }
      />
      {own ? (
        <>
          <Input type="date" aria-label={t('from')} value={search['from']} max={last} onChange={({ target }) => put({ from: target.value })} />
          <Input type="date" aria-label={t('to')} value={search['to'] ?? last} onChange={({ target }) => put({ to: target.value })} />
        </>
      ) : null}
    </Space>
  );
}

const texts = {
  zh: { range: '时间', d1: '今天', d7: '7 天', d28: '28 天', d90: '90 天', own: '自选', from: '起始日', to: '截止日' },
  en: { range: 'Time', d1: 'Today', d7: '7 days', d28: '28 days', d90: '90 days', own: 'Own', from: 'First day', to: 'Last day' },
} satisfies Texts;
