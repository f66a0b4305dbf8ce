/** antd with a calm theme of our own: one quiet blue-green, warm greys, dense. Dark and light by choice, at first by the system. */
import { App, ConfigProvider, theme } from 'antd';
import enGB from 'antd/locale/en_GB';
import zhCN from 'antd/locale/zh_CN';
import { createContext, useContext, useEffect, useMemo, useState, type ReactNode } from 'react';
import { useLanguage } from './language.tsx';

export type Mode = 'light' | 'dark';
const KEY = 'millrace.theme';
const Chosen = createContext<{ mode: Mode; turn: (mode: Mode) => void }>({ mode: 'light', turn: () => undefined });

export function useMode(): { mode: Mode; turn: (mode: Mode) => void } {
  return useContext(Chosen);
}

function firstMode(): Mode {
  const kept = localStorage.getItem(KEY);
  if (kept === 'light' || kept === 'dark') return kept;
  return matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light';
}

/** Given to the page by the server with each reply; style elements without it are not taken. */
const nonce = document.querySelector<HTMLMetaElement>('meta[property="csp-nonce"]')?.nonce ?? '';

// Some of antd's parts make style elements that do not take the nonce from its settings.
const create = document.createElement;
document.createElement = function createWithNonce(this: Document, ...given: Parameters<typeof create>) {
  const element = create.apply(this, given);
  if (element instanceof HTMLStyleElement) element.nonce = nonce;
  return element;
} as typeof create;

export function ThemeProvider({ children }: { children: ReactNode }): ReactNode {
  const { lang } = useLanguage();
  const [mode, setMode] = useState(firstMode);
  useEffect(() => {
    document.documentElement.dataset['theme'] = mode;
    document.documentElement.style.colorScheme = mode;
  }, [mode]);
  const value = useMemo(() => ({ mode, turn: (next: Mode) => (localStorage.setItem(KEY, next), setMode(next)) }), [mode]);
  return (
    <Chosen value={value}>
      <ConfigProvider
        locale={lang === 'zh' ? zhCN : enGB}
        csp={{ nonce }}
        theme={{
          algorithm: mode === 'dark' ? [theme.darkAlgorithm, theme.compactAlgorithm] : [theme.compactAlgorithm],
          token: {
            colorPrimary: mode === 'dark' ? '#45a9a9' : '#18696b',
            colorInfo: mode === 'dark' ? '#45a9a9' : '#18696b',
            colorLink: mode === 'dark' ? '#6cc4c4' : '#176666',
            colorLinkHover: mode === 'dark' ? '#8fd6d6' : '#0f4d4d',
            colorPrimaryBg: mode === 'dark' ? '#173433' : '#e2f0ef',
            colorPrimaryBgHover: mode === 'dark' ? '#1d4241' : '#cfe6e4',
            controlItemBgActive: mode === 'dark' ? '#173433' : '#e2f0ef',
            colorSuccess: '#3f8f5f',
            colorWarning: '#b7791f',
            colorError: '#c0392b',
            // Labels of descriptions and hints: antd's own are too pale to be read.
            colorTextTertiary: mode === 'dark' ? 'rgb(255 255 255 / 65%)' : 'rgb(0 0 0 / 62%)',
            colorBgLayout: mode === 'dark' ? '#16181a' : '#f6f5f2',
            // What is derived is too grey to sit on, and too pale to read.
            ...(mode === 'dark' ? {} : { colorInfoBg: '#e9f3f2', colorInfoBgHover: '#dcecea' }),
            colorTextDescription: mode === 'dark' ? 'rgba(255, 255, 255, 0.65)' : 'rgba(0, 0, 0, 0.62)',
            colorTextPlaceholder: mode === 'dark' ? 'rgba(255, 255, 255, 0.55)' : 'rgba(0, 0, 0, 0.56)',
            borderRadius: 6,
            fontSize: 14,
            fontFamily: 'system-ui, "PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", sans-serif',
          },
          components: { Menu: { itemSelectedColor: mode === 'dark' ? '#6cc4c4' : '#176666' } },
        }}
      >
        <App component={false}>{children}</App>
      </ConfigProvider>
    </Chosen>
  );
}
