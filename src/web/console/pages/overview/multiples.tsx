/** Each funder's approval rate in a small picture of the same scale, with a line where a change was found. */
import { Link } from '@tanstack/react-router';
import { Card, Tooltip } from 'antd';
import type { ReactNode } from 'react';
import { percent, useLanguage, useTexts } from '../../language.tsx';
import { Figure } from '../../parts/figure.tsx';
import { texts } from './texts.ts';
import type { Approvals } from './today.ts';

const WIDTH = 240;
const HEIGHT = 72;
const LATELY = 7;
type Funder = Approvals['funders'][number];

export function Multiples({ approvals }: { approvals: Approvals }): ReactNode {
  const t = useTexts(texts);
  const { funders } = approvals;
  const rates = funders.flatMap(({ points }) => points.flatMap(({ approval_rate: rate }) => rate ?? []));
  // One scale for all of them, so that heights may be compared; rounded up to a tenth.
  const most = Math.max(0.1, Math.ceil(Math.max(0, ...rates) * 10) / 10);
  return (
    <Card size="small" title={t('approvalsTitle')} extra={<Figure id="approval_rate" kind="derived" />}>
      {funders.length === 0 ? (
        t('noFunders')
      ) : (
        <>
          <p className="faint" style={{ marginTop: 0 }}>
            {t('approvalsHint')} · 0–{percent(most, 0)}
          </p>
          <div className="multiples">
            {funders.map((funder) => (
              <Multiple key={funder.id} funder={funder} most={most} approvals={approvals} />
            ))}
          </div>
        </>
      )}
    </Card>
  );
}

function Multiple({ funder, most, approvals }: { funder: Funder; most: number; approvals: Approvals }): ReactNode {
  const t = useTexts(texts);
  const { lang } = useLanguage();
  const fromMs = Date.parse(approvals.from);
  const spanMs = Date.parse(approvals.to) - fromMs;
  const x = (at: string): number => ((Date.parse(at) - fromMs) / spanMs) * WIDTH;
  const lately = funder.points.slice(-LATELY);
  const approved = lately.reduce((sum, point) => sum + point.approved, 0);
  const decided = lately.reduce((sum, point) => sum + point.approved + point.declined, 0);
  const half = WIDTH / funder.points.length / 2;
  const drawn = funder.points.flatMap(({ at, approval_rate: rate }) =>
    rate === null ? [] : [[x(at) + half, HEIGHT - (rate / most) * HEIGHT] as const],
  );
  const words = funder.changes.map((change) => change.words[lang]).join(' ');
  return (
    <Tooltip title={words === '' ? undefined : words}>
      <Link to="/funders/$id" params={{ id: funder.id }} className="multiple">
        <div style={{ display: 'flex', justifyContent: 'space-between', gap: 8 }}>
          <span>{funder.name}</span>
          <strong>{decided === 0 ? '–' : percent(approved / decided)}</strong>
        </div>
        <svg
          viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
          preserveAspectRatio="none"
          role="img"
          aria-label={`${funder.name}: ${words === '' ? t('approvalsTitle') : words}`}
        >
          <line x1={0} x2={WIDTH} y1={HEIGHT} y2={HEIGHT} stroke="currentColor" strokeOpacity={0.25} />
          {funder.changes.map((change) => (
            <line
              key={`${change.figure} ${change.since} ${change.part}`}
              x1={x(change.since)}
              x2={x(change.since)}
              y1={0}
              y2={HEIGHT}
              stroke={change.direction === 'down' ? 'var(--down)' : 'var(--up)'}
              strokeWidth={2}
              strokeDasharray="3 3"
              vectorEffect="non-scaling-stroke"
            />
          ))}
          <polyline
            points={drawn.map((point) => point.join(',')).join(' ')}
            fill="none"
            stroke="#1f8a8a"
            strokeWidth={2}
            vectorEffect="non-scaling-stroke"
          />
          {drawn.length === 1 ? <circle cx={drawn[0]![0]} cy={drawn[0]![1]} r={3} fill="#1f8a8a" /> : null}
        </svg>
        <div className="faint">
          {t('lately')} · {decided === 0 ? t('noDecisions') : t('decided', { n: decided.toLocaleString('en-US') })}
        </div>
      </Link>
    </Tooltip>
  );
}
