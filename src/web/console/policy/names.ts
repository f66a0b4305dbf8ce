/** Names of funders and policies by their ids. */
import { useQuery } from '@tanstack/react-query';
import { useCallback } from 'react';
import type { Funder } from '../../../domain/funder.ts';
import { reading } from '../api.ts';
import type { NameOf } from './difference-words.ts';
import type { FunderRecords, Policies } from './records.ts';

export const fundersQuery = { queryKey: ['records', 'funder'], queryFn: reading<FunderRecords>('/v1/desk/records/funder') };
export const policiesQuery = { queryKey: ['policies'], queryFn: reading<Policies>('/v1/desk/policies') };

/** Funders in force. */
export function useFunders(): readonly Funder[] | undefined {
  return useQuery(fundersQuery).data?.data.flatMap((row) => (row.retired ? [] : [row.body]));
}

export function useNames(): NameOf {
  const funders = useQuery(fundersQuery).data;
  const policies = useQuery(policiesQuery).data;
  return useCallback(
    (id: string) => funders?.data.find((row) => row.id === id)?.body.name ?? policies?.policies.find((policy) => policy.id === id)?.name ?? id,
    [funders, policies],
  );
}
