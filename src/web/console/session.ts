/** Who is signed in. */
import { queryOptions, useQuery, type QueryClient } from '@tanstack/react-query';
import { ask, Refused } from './api.ts';

export type Role = 'viewer' | 'operator' | 'risk' | 'approver' | 'finance' | 'admin';
export interface Session {
  readonly operator: { readonly id: string; readonly email: string; readonly name: string; readonly role: Role };
  readonly expires_at: string;
}
export interface Methods {
  readonly mode: 'sandbox' | 'live';
  readonly sso: { readonly name: string } | null;
  readonly first_run: boolean;
}

/** Null when nobody is. */
export const sessionQuery = queryOptions({
  queryKey: ['session'],
  queryFn: async ({ signal }): Promise<Session | null> => {
    try {
      return await ask<Session>('GET', '/v1/session', undefined, { signal });
    } catch (error) {
      if (error instanceof Refused && error.problem.status === 401) return null;
      throw error;
    }
  },
  staleTime: 60_000,
});

export const methodsQuery = queryOptions({
  queryKey: ['session', 'methods'],
  queryFn: ({ signal }) => ask<Methods>('GET', '/v1/session/methods', undefined, { signal }),
  staleTime: Number.POSITIVE_INFINITY,
});

/** Takes a new session over. What was read for whoever had this page before, and was let see more perhaps, is forgotten. */
export function takeOver(queries: QueryClient, { operator, expires_at }: Session): void {
  queries.removeQueries({ predicate: ({ queryKey: [of] }) => of !== 'session' && of !== 'invitation' });
  const session: Session = { operator, expires_at };
  queries.setQueryData(sessionQuery.queryKey, session);
}

/** Whether the person who is signed in has one of these roles; an admin has all. */
export function useMay(...roles: readonly Role[]): boolean {
  const role = useQuery(sessionQuery).data?.operator.role;
  return role !== undefined && (role === 'admin' || roles.includes(role));
}
