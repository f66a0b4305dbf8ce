/** @jsxImportSource preact */
/** The person's language: Chinese unless the browser or they say otherwise. */
import { createContext, type ComponentChildren } from 'preact';
import { useContext, useLayoutEffect, useState } from 'preact/hooks';
import { credentials } from './api.ts';
import { keep, read } from './kept.ts';

export type Lang = 'zh' | 'en';
/** Chinese, then English. */
export type Pair = readonly [zh: string, en: string];

interface Language {
  readonly lang: Lang;
  readonly choose: (lang: Lang) => void;
}
const Context = createContext<Language>({ lang: 'zh', choose: () => undefined });

export function LanguageProvider({ children }: { readonly children: ComponentChildren }) {
  const [lang, setLang] = useState<Lang>(() => read<Lang>('lang') ?? (navigator.language.startsWith('en') ? 'en' : 'zh'));
  credentials.lang = lang;
  useLayoutEffect(() => {
    document.documentElement.lang = lang === 'zh' ? 'zh-CN' : 'en';
  }, [lang]);
  const choose = (next: Lang): void => {
    keep('lang', next);
    setLang(next);
  };
  return <Context.Provider value={{ lang, choose }}>{children}</Context.Provider>;
}

export function useLanguage(): Language {
  return useContext(Context);
}

/** Says a pair in the person's language, with `{name}` filled in. */
export function useSay(): (pair: Pair, values?: Readonly<Record<string, string | number>>) => string {
  const { lang } = useLanguage();
  return (pair, values) => {
    const text = pair[lang === 'zh' ? 0 : 1];
    return values === undefined ? text : text.replace(/\{(\w+)\}/g, (_, name: string) => String(values[name] ?? ''));
  };
}
