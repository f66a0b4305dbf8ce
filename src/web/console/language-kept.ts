/** The operator's language, kept on this machine. */
export type Lang = 'zh' | 'en';

const KEY = 'millrace.language';

export function language(): Lang {
  const kept = localStorage.getItem(KEY);
  if (kept === 'zh' || kept === 'en') return kept;
  return navigator.language.startsWith('en') ? 'en' : 'zh';
}

export function keepLanguage(lang: Lang): void {
  localStorage.setItem(KEY, lang);
}
