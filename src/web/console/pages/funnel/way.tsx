/** The way from the first stage to the last as bars under each other, with what is lost at each and how sure that is. */
import { Card, Tooltip } from 'antd';
import type { ReactNode } from 'react';
import { percent, useTexts } from '../../language.tsx';
import { Figure } from '../../parts/figure.tsx';
import { intervalText } from '../../parts/shares.ts';
import { wayOf, wholeOf, type Funnel, type Stage } from './model.ts';
import { texts } from './texts.ts';

export function Way({ funnel }: { funnel: Funnel }): ReactNode {
  const t = useTexts(texts);
  const way = wayOf(funnel.total.stages);
  return (
    <Card size="small" title={t('wayTitle')} extra={way.some(({ mature }) => !mature) ? <YoungMark /> : null}>
      <Bars funnel={funnel} stages={way} most={Math.max(1, ...way.map(({ count }) => count))} />
    </Card>
  );
}

/** The stages that branch off the way. */
export function Branches({ funnel }: { funnel: Funnel }): ReactNode {
  const t = useTexts(texts);
  const way = new Set(wayOf(funnel.total.stages).map(({ stage }) => stage));
  const stages = funnel.total.stages.filter(({ stage }) => !way.has(stage));
  return (
    <Card size="small" title={t('stagesTitle')}>
      <Bars funnel={funnel} stages={stages} most={Math.max(1, ...funnel.total.stages.map(({ count }) => count))} />
    </Card>
  );
}

function Bars({ funnel, stages, most }: { funnel: Funnel; stages: readonly Stage[]; most: number }): ReactNode {
  const t = useTexts(texts);
  const kind = funnel.counts === 'attempt' ? 'funder' : 'funnel';
  return (
    <div className="way" role="table" aria-label={t('wayTitle')}>
      {stages.map((stage) => {
        const whole = wholeOf(funnel.total, stage);
        return (
          <div role="row" key={stage.stage} style={{ display: 'contents' }} data-stage={stage.stage}>
            <span role="rowheader">
              <Figure id={stage.stage} kind={kind} />
            </span>
            <span
              role="presentation"
              className={stage.mature ? 'way-bar' : 'way-bar young'}
              style={{ width: `${(stage.count / most) * 100}%`, ...(stage.count === 0 ? { minWidth: 0 } : {}) }}
            />
            <strong role="cell" className="number" data-count={stage.count}>
              {stage.count.toLocaleString('en-US')}
            </strong>
            <span role="cell" className="number">
              {/* Applications by API were never on the page: of its visits they are no share. */}
              {stage.of === null || stage.count > whole ? '' : percent(stage.of_before)}
            </span>
            <span role="cell" className="number faint">
              {stage.of === null || stage.count > whole ? '' : intervalText(stage.count, whole)}
            </span>
          </div>
        );
      })}
    </div>
  );
}

export function YoungMark(): ReactNode {
  const t = useTexts(texts);
  return (
    <Tooltip title={t('youngHint')}>
      <span tabIndex={0} style={{ cursor: 'help' }}>
        <span className="young-mark young" />
        {t('young')}
      </span>
    </Tooltip>
  );
}
