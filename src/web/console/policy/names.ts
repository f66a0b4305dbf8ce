/** Funders in force, and names where an id may be a funder's or a policy's. */
import { useQuery } from '@tanstack/react-query';
import { useCallback } from 'react';
import type { Funder } from '../../../domain/funder.ts';
import { reading } from '../api.ts';
import { recordsQuery, useNames as useNamesOf } from '../parts/names.ts';
import type { NameOf } from './difference-words.ts';
import type { Policies } from './records.ts';

/** Drafts and versions besides the names, so it is not the desk's plain records. */
export const policiesQuery = { queryKey: ['policies'], queryFn: reading<Policies>('/v1/desk/policies') };

/** Funders in force. */
export function useFunders(): readonly Funder[] | undefined {
  return useQuery(recordsQuery<Funder>('funder')).data?.data.flatMap((row) => (row.retired ? [] : [row.body]));
}

export function useNames(): NameOf {
  const funders = useNamesOf('funder');
  const policies = useQuery(policiesQuery).data;
  return useCallback((id: string) => funders.get(id) ?? policies?.policies.find((policy) => policy.id === id)?.name ?? id, [funders, policies]);
}
