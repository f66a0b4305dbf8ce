/** Names of what the desk knows by id: channels, funders, policies, segments. */
import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import type { DeskRecordKind } from '../../../domain/desk.ts';
import { reading } from '../api.ts';
import type { Records } from '../policy/records.ts';

export type NamedKind = 'channel' | 'funder' | 'policy' | 'segment';

/** All records of a kind, kept under one key for all who want them. */
export function recordsQuery<Body>(kind: DeskRecordKind) {
  return { queryKey: ['records', kind], queryFn: reading<Records<Body>>(`/v1/desk/records/${kind}`) };
}

/** By id, in the order of the desk; those taken out of use are there too, since figures of the past name them. */
export function useNames(kind: NamedKind): ReadonlyMap<string, string> {
  const { data } = useQuery({ ...recordsQuery<unknown>(kind), staleTime: 60_000 });
  return useMemo(() => new Map(data?.data.map(({ id, body }) => [id, nameIn(body) ?? id]) ?? []), [data]);
}

function nameIn(body: unknown): string | null {
  const name: unknown = typeof body === 'object' && body !== null && 'name' in body ? body.name : null;
  return typeof name === 'string' && name !== '' ? name : null;
}
