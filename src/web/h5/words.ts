/** Sums, rates and days as people read them. */
import type { Lang } from './language.tsx';

/** ¥20,000; with fen only where there are some. */
export function yuan(fen: number): string {
  const [whole = '0', part = '00'] = (Math.round(fen) / 100).toFixed(2).split('.');
  const text = whole.replace(/\B(?=(\d{3})+$)/g, ',');
  return `¥${text}${part === '00' ? '' : `.${part}`}`;
}

/** ¥1,766, for what is about right. */
export function about(fen: number): string {
  return yuan(Math.round(fen / 100) * 100);
}

export function percent(bps: number): string {
  return `${(bps / 100).toFixed(2).replace(/\.?0+$/, '')}%`;
}

/** 11月21日, Nov 21. */
export function day(iso: string | number, lang: Lang): string {
  return new Intl.DateTimeFormat(lang === 'zh' ? 'zh-CN' : 'en-US', {
    month: lang === 'zh' ? 'long' : 'short',
    day: 'numeric',
    timeZone: 'Asia/Shanghai',
  }).format(new Date(iso));
}

export function months(count: number, lang: Lang): string {
  return lang === 'zh' ? `${count} 个月` : `${count} month${count === 1 ? '' : 's'}`;
}
