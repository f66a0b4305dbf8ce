/** The frame of the pages outside the sign-in: one card in the middle, the language and the light above it, and the sandbox said aloud. */
import { useQuery } from '@tanstack/react-query';
import { Button, Card } from 'antd';
import { useEffect, type ReactNode } from 'react';
import { useLanguage, useTexts } from '../../language.tsx';
import { methodsQuery } from '../../session.ts';
import { texts as frame } from '../../shell/texts.ts';
import { useMode } from '../../theme.tsx';
import './door.css';

export function Door({ title, width = 400, children }: { title: string; width?: number; children: ReactNode }): ReactNode {
  const t = useTexts(frame);
  const { lang, turn } = useLanguage();
  const { mode, turn: turnMode } = useMode();
  const sandbox = useQuery(methodsQuery).data?.mode === 'sandbox';
  useEffect(() => {
    document.title = `${title} · Millrace`;
  }, [title]);
  return (
    <div className={`door door-${mode}`}>
      {sandbox ? (
        <div className="sandbox" role="status">
          {t('sandbox')}
        </div>
      ) : null}
      <header className="door-top">
        <strong>Millrace</strong>
        <span>
          <Button type="text" onClick={() => turn(lang === 'zh' ? 'en' : 'zh')}>
            {t('other')}
          </Button>
          <Button type="text" onClick={() => turnMode(mode === 'dark' ? 'light' : 'dark')}>
            {t(mode === 'dark' ? 'light' : 'dark')}
          </Button>
        </span>
      </header>
      <main className="door-main">
        <Card style={{ width: '100%', maxWidth: width }}>
          <h1 className="door-title">{title}</h1>
          {children}
        </Card>
      </main>
    </div>
  );
}
