/** From the first visit to the next loan: where people are lost, by whatever it is asked for. */
import { useQuery } from '@tanstack/react-query';
import { Button, Card, Empty, Space, Tag } from 'antd';
import type { ReactNode } from 'react';
import { reading } from '../../api.ts';
import { useTexts } from '../../language.tsx';
import { queryOf, useFilters } from '../../parts/search.ts';
import { Answered } from '../../parts/answered.tsx';
import { useNames } from '../../parts/names.ts';
import { PageHead } from '../../parts/page-head.tsx';
import { rangeOf, spanOf } from '../../parts/range.tsx';
import { BY, FILTERS, Filters, type By } from './filters.tsx';
import { ChannelsToOutcomes } from './flows.tsx';
import './funnel.css';
import { Groups } from './groups.tsx';
import type { Funnel } from './model.ts';
import { OverTime } from './over-time.tsx';
import { Refusals } from './refusals.tsx';
import { texts } from './texts.ts';
import { Branches, Way } from './way.tsx';

export default function Page(): ReactNode {
  const t = useTexts(texts);
  const [search, put] = useFilters();
  const channels = useNames('channel');
  const funders = useNames('funder');
  const range = rangeOf(search, '7', Date.now());
  const step = range.days <= 2 ? 'hour' : 'day';
  const chosen = BY.find((each) => each === search['by']) ?? 'channel';
  const by: By = chosen === 'day' ? step : chosen;
  const filters = Object.fromEntries(FILTERS.map((name) => [name, search[name]]));
  const narrowed = { ...spanOf(range), ...filters };
  const path = { ...narrowed, basis: search['basis'] === 'activity' ? 'activity' : undefined };
  const url = `/v1/desk/funnel${queryOf({ ...path, by })}`;
  const query = useQuery({ queryKey: ['funnel', url], queryFn: reading<Funnel>(url), placeholderData: (before) => before });
  const byText = t(by);
  const name = (key: string | null): string => {
    if (key === null) return t('none');
    return (by === 'channel' ? channels : by === 'funder' ? funders : new Map<string, string>()).get(key) ?? key;
  };
  return (
    <>
      <PageHead title={t('title')} />
      <Filters range={range} by={by} />
      <Answered query={query}>
        {(funnel) =>
          funnel.total.stages.every(({ count }) => count === 0) ? (
            <Card>
              <Empty description={t('empty')}>
                <p>{t('emptyHint')}</p>
                <Button onClick={() => put(Object.fromEntries(FILTERS.map((each) => [each, undefined])))}>{t('clear')}</Button>
              </Empty>
            </Card>
          ) : (
            <>
              <Notes funnel={funnel} />
              <div className="cards">
                <Way funnel={funnel} />
                <Branches funnel={funnel} />
                <div className="wide">
                  <OverTime path={path} step={step} />
                </div>
                <div className="wide">
                  <Groups funnel={funnel} byText={byText} name={name} />
                </div>
                <div className="wide">
                  <ChannelsToOutcomes path={narrowed} channels={channels} funders={funders} />
                </div>
                <Refusals refused={funnel.refused_by} />
              </div>
            </>
          )
        }
      </Answered>
    </>
  );
}

function Notes({ funnel }: { funnel: Funnel }): ReactNode {
  const t = useTexts(texts);
  if (funnel.behind === 0 && funnel.counts === 'application') return null;
  return (
    <Space wrap style={{ marginBottom: 12 }}>
      {funnel.behind > 0 ? <Tag color="gold">{t('behind', { n: funnel.behind })}</Tag> : null}
      {funnel.counts === 'attempt' ? <span>{t('attempts')}</span> : null}
    </Space>
  );
}
