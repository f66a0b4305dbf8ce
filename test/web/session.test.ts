/** Who is signed in at the console, in one browser after another. */
import { QueryClient } from '@tanstack/react-query';
import { expect, it } from 'vitest';
import { sessionQuery, takeOver } from '../../src/web/console/session.ts';

it('whoever signs in next sees nothing that was read for the one before', () => {
  const queries = new QueryClient();
  queries.setQueryData(['application', 'app_1'], { applicant: 'as a risk officer saw it' });
  const session = { operator: { id: 'opr_2', email: 'b@millrace.test', name: 'B', role: 'viewer' as const }, expires_at: '2026-11-22T12:00:00.000Z' };
  takeOver(queries, session);
  expect(queries.getQueryData(['application', 'app_1'])).toBeUndefined();
  expect(queries.getQueryData(sessionQuery.queryKey)).toEqual(session);
  queries.clear();
});
