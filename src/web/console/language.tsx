/**
 * Words in two languages. Each page has a `texts.ts` beside it, `{ zh: {…}, en: {…} }` with equal keys, and says `const t = useTexts(texts)`;
 * `t('key', { n: 3 })` puts values into `{{n}}`. Names of figures and reasons come from the API in both languages.
 */
import i18next from 'i18next';
import { createContext, useContext, useMemo, useState, type ReactNode } from 'react';
import { keepLanguage, language, type Lang } from './language-kept.ts';

/** Every key of zh is there in en too: a missing word is a fault of types. */
export type Texts<K extends string = string> = { readonly zh: Readonly<Record<K, string>>; readonly en: Readonly<Record<K, string>> };
export type Say<K extends string = string> = (key: K, values?: Readonly<Record<string, string | number>>) => string;

const Language = createContext<{ lang: Lang; turn: (lang: Lang) => void }>({ lang: 'zh', turn: () => undefined });

export function LanguageProvider({ children }: { children: ReactNode }): ReactNode {
  const [lang, setLang] = useState(language);
  document.documentElement.lang = lang === 'zh' ? 'zh-CN' : 'en';
  const value = useMemo(() => ({ lang, turn: (next: Lang) => (keepLanguage(next), setLang(next)) }), [lang]);
  return <Language value={value}>{children}</Language>;
}

export function useLanguage(): { lang: Lang; turn: (lang: Lang) => void } {
  return useContext(Language);
}

const words = i18next.createInstance();
void words.init({ lng: 'zh', fallbackLng: false, resources: {}, interpolation: { escapeValue: false }, initAsync: false });
const names = new WeakMap<object, string>();
let count = 0;

export function useTexts<K extends string>(texts: Texts<K>): Say<K> {
  const { lang } = useLanguage();
  return useMemo(() => {
    let name = names.get(texts);
    if (name === undefined) {
      names.set(texts, (name = `page${(count += 1)}`));
      words.addResourceBundle('zh', name, texts.zh);
      words.addResourceBundle('en', name, texts.en);
    }
    const t = words.getFixedT(lang, name);
    // Keys are ours and have no dots or colons to be taken for paths.
    return (key, values) => String(t(key, { ...values, nsSeparator: '\u0000', keySeparator: '\u0000' } as never));
  }, [texts, lang]);
}

/** A sum as `¥20,000.00`, from fen. */
export function yuan(fen: number): string {
  return `¥${(fen / 100).toLocaleString('en-US', { minimumFractionDigits: fen % 100 === 0 ? 0 : 2, maximumFractionDigits: 2 })}`;
}

/** A share as `12.3%`; a dash where there is none. */
export function percent(share: number | null, digits = 1): string {
  return share === null || !Number.isFinite(share) ? '–' : `${(share * 100).toFixed(digits)}%`;
}

/** A moment by China's clock, to the minute or the second. */
export function moment(at: string | number, lang: Lang, seconds = false): string {
  return new Intl.DateTimeFormat(lang === 'zh' ? 'zh-CN' : 'en-GB', {
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    ...(seconds ? { second: '2-digit' } : {}),
    hourCycle: 'h23',
    timeZone: 'Asia/Shanghai',
  }).format(new Date(at));
}
