/** Funders by the names people call them. */
import { useQuery } from '@tanstack/react-query';
import { reading } from '../api.ts';

/** The name of a funder by its id; the id while names are read, and for one that is not there. */
export function useFunderName(): (id: string) => string {
  const { data } = useQuery({
    queryKey: ['records', 'funder', 'names'],
    queryFn: reading<{ data: readonly { id: string; body: { name?: string } }[] }>('/v1/desk/records/funder'),
    staleTime: 60_000,
  });
  return (id) => data?.data.find((record) => record.id === id)?.body.name ?? id;
}
