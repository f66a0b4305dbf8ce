/** The variants of one channel beside each other: state, share of the visitors, and how far these came. */
import { Link } from '@tanstack/react-router';
import { Button, Card, Flex, Grid, Table, Tag, Typography, type TableColumnType } from 'antd';
import type { ReactNode } from 'react';
import type { PageVariant } from '../../../../domain/page-variant.ts';
import { percent, useLanguage, useTexts } from '../../language.tsx';
import { Figure } from '../../parts/figure.tsx';
import { intervalText } from '../../parts/shares.ts';
import type { Search } from '../../parts/search.ts';
import { fieldAt } from '../../policy/fields.ts';
import type { RecordRow } from '../../policy/records.ts';
import '../funnel/funnel.css';
import { stageOf, type Funnel } from '../funnel/model.ts';
import { shareOf } from './share.ts';
import { texts } from './texts.ts';

export const STAGES = ['visited', 'phone_verified', 'started', 'submitted'] as const;
type Stage = (typeof STAGES)[number];

interface Props {
  readonly channel: string;
  readonly name: string;
  readonly records: readonly RecordRow<PageVariant>[];
  readonly funnel: Funnel | undefined;
  /** The days of the figures, as the address has them. */
  readonly span: Search;
  readonly may: boolean;
  readonly onOpen: (variant: PageVariant) => void;
}

export function ChannelVariants({ channel, name, span, ...rest }: Props): ReactNode {
  const t = useTexts(texts);
  const columns = useColumns(rest);
  return (
    <Card
      size="small"
      style={{ marginBottom: 16 }}
      title={<h2 className="card-title">{name}</h2>}
      extra={
        <Link to="/funnel" search={{ ...span, channel, by: 'variant' } as never}>
          {t('compare')}
        </Link>
      }
    >
      <div className="wide-table">
        <Table<RecordRow<PageVariant>> size="small" rowKey="id" pagination={false} dataSource={rest.records} columns={columns} />
      </div>
    </Card>
  );
}

function useColumns({ records, funnel, may, onOpen }: Omit<Props, 'channel' | 'name' | 'span'>): TableColumnType<RecordRow<PageVariant>>[] {
  const t = useTexts(texts);
  const { lang } = useLanguage();
  // On a phone what can be done stands under the name, not at the far end of the row.
  const isNarrow = Grid.useBreakpoint().md === false;
  const all = records.map(({ body }) => body);
  const states = fieldAt('page_variant', '/status')!.field.values!;
  const deeds = (variant: PageVariant): ReactNode => <Deeds variant={variant} may={may} onOpen={onOpen} />;
  return [
    {
      key: 'variant',
      title: t('variant'),
      render: (_, { body, version }) => (
        <>
          <div>{body.name}</div>
          <div className="quiet">{`${body.id} · ${t('version', { n: version })}`}</div>
          {isNarrow ? deeds(body) : null}
        </>
      ),
    },
    {
      key: 'status',
      title: t('status'),
      render: (_, { body }) => <Tag color={body.status === 'live' ? 'green' : 'default'}>{states[body.status]![lang]}</Tag>,
    },
    { key: 'share', title: t('share'), align: 'right', render: (_, { body }) => <ShareCell variant={body} all={all} /> },
    ...STAGES.map((stage): TableColumnType<RecordRow<PageVariant>> => ({
      key: stage,
      title: <Figure id={stage} />,
      align: 'right',
      render: (_, { id }) => <StageCell count={countOf(funnel, id, stage)} visited={countOf(funnel, id, 'visited')} stage={stage} />,
    })),
    ...(isNarrow
      ? []
      : [{ key: 'deeds', title: '', align: 'right' as const, render: (_: unknown, { body }: RecordRow<PageVariant>) => deeds(body) }]),
  ];
}

/** Null while nothing has been read. */
export function countOf(funnel: Funnel | undefined, id: string, stage: Stage): number | null {
  if (funnel === undefined) return null;
  const group = funnel.groups.find(({ key }) => key === id);
  return group === undefined ? 0 : (stageOf(group, stage)?.count ?? 0);
}

function ShareCell({ variant, all }: { variant: PageVariant; all: readonly PageVariant[] }): ReactNode {
  const t = useTexts(texts);
  const share = shareOf(variant, all);
  return (
    <>
      <div>{share === null ? (variant.status === 'live' ? percent(0) : '–') : percent(share)}</div>
      <div className="quiet">{t('weight', { n: variant.weight })}</div>
    </>
  );
}

function StageCell({ count, visited, stage }: { count: number | null; visited: number | null; stage: Stage }): ReactNode {
  if (count === null || visited === null) return '–';
  const interval = intervalText(count, visited);
  return (
    <>
      <div>{count.toLocaleString('en-US')}</div>
      {/* Applications by API were never on the page: of its visits they are no share. */}
      {stage === 'visited' || visited === 0 || count > visited ? null : (
        <div className="quiet">{`${percent(count / visited)}${interval === '' ? '' : ` (${interval})`}`}</div>
      )}
    </>
  );
}

function Deeds({ variant, may, onOpen }: { variant: PageVariant; may: boolean; onOpen: Props['onOpen'] }): ReactNode {
  const t = useTexts(texts);
  const deed = t(may ? 'edit' : 'see');
  return (
    <Flex gap={12} align="center" style={{ display: 'inline-flex' }}>
      {variant.status === 'live' ? (
        <Typography.Link
          href={`/apply/${variant.channel}?preview=${variant.id}`}
          target="_blank"
          rel="noopener"
          aria-label={t('lookAt', { name: variant.name })}
        >
          {t('look')}
        </Typography.Link>
      ) : null}
      {/* What is said must have what is seen in it, to the letter. */}
      <Button size="small" autoInsertSpace={false} aria-label={`${deed} ${variant.name}`} onClick={() => onOpen(variant)}>
        {deed}
      </Button>
    </Flex>
  );
}
