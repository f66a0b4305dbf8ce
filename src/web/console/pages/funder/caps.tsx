/** How much of each cap and promise is used, how much should be by now, and the price that steers it. */
import { Card, Progress, Table } from 'antd';
import type { ReactNode } from 'react';
import { useLanguage, useTexts, yuan } from '../../language.tsx';
import { Meaning } from '../../parts/meaning.tsx';
import { amountWords } from '../../policy/cap-words.ts';
import type { Standing, VolumeState } from './funder-reads.ts';
import { texts } from './texts.ts';

interface Row {
  readonly key: string;
  readonly name: string;
  readonly unit: 'count' | 'amount_fen';
  readonly window: 'hour' | 'day' | 'total';
  readonly used: number;
  readonly limit: number;
  readonly paced: VolumeState | undefined;
}

export function Caps({ status }: { status: Standing }): ReactNode {
  const t = useTexts(texts);
  const { lang } = useLanguage();
  const rows = rowsOf(status, { cap: t('cap'), promise: t('promise') });
  const number = { align: 'right' as const, className: 'number' };
  return (
    <Card size="small" title={t('pacing')}>
      {rows.length === 0 ? (
        t('noCaps')
      ) : (
        <div className="wide">
          <Table
            size="small"
            pagination={false}
            rowKey="key"
            dataSource={rows}
            columns={[
              { title: t('caps'), dataIndex: 'name' },
              { title: t('window'), dataIndex: 'window', render: (window: Row['window']) => t(window) },
              {
                title: t('used'),
                key: 'used',
                width: 220,
                render: (_, row) => {
                  const words = `${amountWords(row.unit, row.used, lang)} / ${amountWords(row.unit, row.limit, lang)}`;
                  return (
                    <>
                      {words}
                      <Progress
                        aria-label={words}
                        percent={row.limit === 0 ? 100 : Math.min(100, (100 * row.used) / row.limit)}
                        showInfo={false}
                        size="small"
                      />
                    </>
                  );
                },
              },
              {
                title: <Meaning words={t('shouldMeans')}>{t('should')}</Meaning>,
                key: 'should',
                ...number,
                render: (_, { paced, unit }) => (paced === undefined ? '–' : amountWords(unit, roundedTo(unit, paced.volume * paced.progress), lang)),
              },
              {
                title: <Meaning words={t('priceMeans')}>{t('price')}</Meaning>,
                key: 'price',
                ...number,
                render: (_, { paced }) => (paced === undefined ? '–' : yuan(paced.price_fen)),
              },
            ]}
          />
        </div>
      )}
    </Card>
  );
}

/** Caps first, then promises, each with the price that keeps it to its pace. */
function rowsOf(status: Standing, words: { readonly cap: string; readonly promise: string }): Row[] {
  const pacedOf = (kind: VolumeState['kind'], id: string): VolumeState | undefined =>
    status.volume.find((each) => each.kind === kind && (each.id === id || each.id.endsWith(`/${id}`)));
  return [
    ...status.caps.map((cap) => ({ ...cap, key: `cap ${cap.id}`, name: `${words.cap} ${cap.id}`, paced: pacedOf('cap', cap.id) })),
    ...status.volume
      .filter(({ kind }) => kind === 'promise')
      .map((each) => ({
        key: `promise ${each.id}`,
        name: `${words.promise} ${each.id.split('/').at(-1)!}`,
        unit: each.unit,
        window: each.window,
        used: each.used,
        limit: each.volume,
        paced: each,
      })),
  ];
}

/** To whole approvals, or whole yuan. */
function roundedTo(unit: Row['unit'], amount: number): number {
  return unit === 'count' ? Math.round(amount) : Math.round(amount / 100) * 100;
}
