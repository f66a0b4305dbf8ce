/** Reasons of prescreen, the most frequent first. */
import { Card } from 'antd';
import type { ReactNode } from 'react';
import { useTexts } from '../../language.tsx';
import { useReasons } from '../../parts/reasons.ts';
import { texts } from './texts.ts';

const MOST = 12;

export function Refusals({ refused }: { refused: Readonly<Record<string, number>> }): ReactNode {
  const t = useTexts(texts);
  const reason = useReasons();
  const rows = Object.entries(refused).slice(0, MOST);
  if (rows.length === 0) return null;
  const most = Math.max(...rows.map(([, n]) => n));
  return (
    <Card size="small" title={t('refused')}>
      <div className="way" style={{ gridTemplateColumns: 'minmax(96px, max-content) 1fr max-content' }}>
        {rows.map(([code, n]) => (
          <div key={code} style={{ display: 'contents' }}>
            <span title={code}>{reason(code)}</span>
            <span className="way-bar" style={{ width: `${(n / most) * 100}%`, backgroundColor: '#8c8577' }} />
            <span className="number">{n.toLocaleString('en-US')}</span>
          </div>
        ))}
      </div>
    </Card>
  );
}
