/** The filters of a page, which stand in its address: a link shows what its sender saw. */
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useCallback } from 'react';

export type Search = Readonly<Record<string, string | undefined>>;

/** `put` changes some of them; an empty text or undefined takes one away. The page stays one step in the history. */
export function useAddress(): { readonly search: Search; readonly put: (patch: Search) => void } {
  const search = useSearch({ strict: false }) as Search;
  const navigate = useNavigate();
  const put = useCallback(
    (patch: Search) => {
      const next = Object.entries({ ...search, ...patch }).filter(([, value]) => value !== undefined && value !== '');
      void navigate({ to: '.', search: Object.fromEntries(next) as never, replace: true });
    },
    [search, navigate],
  );
  return { search, put };
}

/** A query part of the names that have a value; empty for none. */
export function queryOf(values: Search): string {
  const given = Object.entries(values).filter((entry): entry is [string, string] => entry[1] !== undefined && entry[1] !== '');
  return given.length === 0 ? '' : `?${new URLSearchParams(given).toString()}`;
}
