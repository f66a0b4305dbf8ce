/** The name of a figure with its definition one hover (or one Tab) away, as the desk defines it. */
import { useQuery, type UseQueryResult } from '@tanstack/react-query';
import { Tooltip } from 'antd';
import { useCallback, type ReactNode } from 'react';
import { reading } from '../api.ts';
import { useLanguage } from '../language.tsx';

interface Definition {
  readonly id: string;
  readonly kind: 'funnel' | 'funder' | 'derived';
  readonly name: { readonly zh: string; readonly en: string };
  readonly meaning: { readonly zh: string; readonly en: string };
}

/** `kind` tells the count of applications from that of applications at a funder, which has the same names. */
export function Figure({ id, kind = 'funnel' }: { id: string; kind?: Definition['kind'] }): ReactNode {
  const { lang } = useLanguage();
  const found = useDefinition(id, kind);
  if (found === undefined) return id;
  return (
    <Tooltip title={found.meaning[lang]}>
      <span tabIndex={0} style={{ borderBottom: '1px dotted currentColor', cursor: 'help' }}>
        {found.name[lang]}
      </span>
    </Tooltip>
  );
}

/** Names of the figures of a kind, for charts and choices; an id stands for itself while they are read. */
export function useDefinitions(kind: Definition['kind'] = 'funnel'): (id: string) => string {
  const { lang } = useLanguage();
  const { data } = useFigures();
  return useCallback((id) => data?.data.find((one) => one.id === id && one.kind === kind)?.name[lang] ?? id, [data, kind, lang]);
}

/** A figure's name and meaning; undefined while they are read, and for one that the desk does not define. */
export function useDefinition(id: string, kind: Definition['kind'] = 'funnel'): Definition | undefined {
  const { data } = useFigures();
  return data?.data.find((one) => one.id === id && one.kind === kind);
}

function useFigures(): UseQueryResult<{ readonly data: readonly Definition[] }> {
  return useQuery({
    queryKey: ['figures'],
    queryFn: reading<{ data: readonly Definition[] }>('/v1/desk/figures'),
    staleTime: Number.POSITIVE_INFINITY,
  });
}
