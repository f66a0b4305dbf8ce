/** Names of what the desk knows by id: channels, funders, policies, segments. */
import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { reading } from '../api.ts';

export type NamedKind = 'channel' | 'funder' | 'policy' | 'segment';
interface Records {
  readonly data: readonly { readonly id: string; readonly retired: boolean; readonly body: unknown }[];
}

/** By id, in the order of the desk; those taken out of use are there too, since figures of the past name them. */
export function useNames(kind: NamedKind): ReadonlyMap<string, string> {
  const { data } = useQuery({ queryKey: ['records', kind], queryFn: reading<Records>(`/v1/desk/records/${kind}`), staleTime: 60_000 });
  return useMemo(() => new Map(data?.data.map(({ id, body }) => [id, nameIn(body) ?? id]) ?? []), [data]);
}

function nameIn(body: unknown): string | null {
  const name: unknown = typeof body === 'object' && body !== null && 'name' in body ? body.name : null;
  return typeof name === 'string' && name !== '' ? name : null;
}
