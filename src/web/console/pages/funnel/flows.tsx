/** From channel to funder to outcome, in applications at funders. */
import { useQuery } from '@tanstack/react-query';
import { useMemo, type ReactNode } from 'react';
import { reading } from '../../api.ts';
import { useTexts } from '../../language.tsx';
import { queryOf } from '../../parts/search.ts';
import { Answered } from '../../parts/answered.tsx';
import { Chart, type ChartOption } from '../../parts/chart.tsx';
import { Figure, useDefinitions } from '../../parts/figure.tsx';
import { useMode } from '../../theme.tsx';
import type { Flows } from './model.ts';
import { texts } from './texts.ts';

const OUTCOMES = ['disbursed', 'accepted', 'approved', 'declined', 'lost', 'undecided'] as const;
const COLOURS: Readonly<Record<string, string>> = {
  disbursed: '#1f7a7a',
  accepted: '#4f8fc0',
  approved: '#6b8f3a',
  declined: '#b0554a',
  lost: '#8c8577',
  undecided: '#d08c2f',
};
type Names = ReadonlyMap<string, string>;

export function ChannelsToOutcomes({
  path,
  channels,
  funders,
}: {
  path: Readonly<Record<string, string | undefined>>;
  channels: Names;
  funders: Names;
}): ReactNode {
  const url = `/v1/desk/flows${queryOf(path)}`;
  const query = useQuery({ queryKey: ['flows', url], queryFn: reading<Flows>(url) });
  return <Answered query={query}>{(flows) => <Drawn flows={flows} channels={channels} funders={funders} />}</Answered>;
}

function Drawn({ flows, channels, funders }: { flows: Flows; channels: Names; funders: Names }): ReactNode {
  const t = useTexts(texts);
  const { mode } = useMode();
  const outcomeName = useDefinitions('derived');
  const none = t('none');
  const option = useMemo(() => {
    const words = (node: string): string => {
      const id = node.slice(2);
      if (node.startsWith('c:')) return id === '' ? none : (channels.get(id) ?? id);
      return node.startsWith('f:') ? (funders.get(id) ?? id) : outcomeName(`outcome_${id}`);
    };
    return optionOf(flows, words, mode);
  }, [flows, channels, funders, none, outcomeName, mode]);
  if (flows.flows.length === 0) return null;
  const funderCount = new Set(flows.flows.map(({ funder }) => funder)).size;
  return (
    <>
      <Chart title={t('flowsTitle')} option={option} height={Math.max(260, funderCount * 44)} />
      <div style={{ display: 'flex', flexWrap: 'wrap', gap: 16, padding: '8px 12px' }}>
        {OUTCOMES.filter((outcome) => flows.flows.some((flow) => flow.outcome === outcome)).map((outcome) => (
          <span key={outcome}>
            <span className="young-mark" style={{ background: COLOURS[outcome], borderColor: 'transparent' }} />
            <Figure id={`outcome_${outcome}`} kind="derived" />
          </span>
        ))}
      </div>
    </>
  );
}

function optionOf({ flows }: Flows, words: (node: string) => string, mode: 'dark' | 'light'): ChartOption {
  const first = (channel: string | null): string => `c:${channel ?? ''}`;
  const links = new Map<string, { source: string; target: string; value: number }>();
  const add = (source: string, target: string, value: number): void => {
    const key = `${source}\t${target}`;
    const link = links.get(key) ?? { source, target, value: 0 };
    link.value += value;
    links.set(key, link);
  };
  for (const { channel, funder, outcome, count } of flows) {
    add(first(channel), `f:${funder}`, count);
    add(`f:${funder}`, `o:${outcome}`, count);
  }
  const nodes = [...new Set([...links.values()].flatMap(({ source, target }) => [source, target]))];
  const ink = mode === 'dark' ? '#d8d8d8' : '#333';
  return {
    tooltip: {
      formatter: (params) => {
        const { data, value, name, dataType } = params as unknown as {
          data: { source?: string; target?: string };
          value: number;
          name: string;
          dataType: string;
        };
        const text = dataType === 'edge' ? `${words(data.source ?? '')} → ${words(data.target ?? '')}` : words(name);
        return `${escaped(text)}: ${value.toLocaleString('en-US')}`;
      },
    },
    series: [
      {
        type: 'sankey',
        left: 8,
        right: 150,
        top: 8,
        bottom: 8,
        nodeGap: 12,
        draggable: false,
        emphasis: { focus: 'adjacency' },
        lineStyle: { color: 'source', opacity: mode === 'dark' ? 0.35 : 0.25 },
        label: { color: ink, formatter: ({ name }) => words(name) },
        data: nodes.map((name) => ({ name, ...(name.startsWith('o:') ? { itemStyle: { color: COLOURS[name.slice(2)] ?? '#8c8577' } } : {}) })),
        links: [...links.values()],
      },
    ],
  };
}

/** The tooltip takes markup, and names are written by people. */
function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
}
