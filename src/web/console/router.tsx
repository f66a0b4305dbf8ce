/** Which page is where. Each is loaded when it is first opened; filters of a page are in the search part of its address. */
import { createRootRoute, createRoute, createRouter, lazyRouteComponent, redirect } from '@tanstack/react-router';
import { queries } from './api.ts';
import { sessionQuery } from './session.ts';
import { Shell } from './shell/shell.tsx';

const root = createRootRoute();
const signIn = createRoute({ getParentRoute: () => root, path: '/sign-in', component: lazyRouteComponent(() => import('./pages/sign-in/page.tsx')) });
const welcome = createRoute({
  getParentRoute: () => root,
  path: '/welcome',
  component: lazyRouteComponent(() => import('./pages/welcome/page.tsx')),
});

/** Everything behind the sign-in. */
const inside = createRoute({
  getParentRoute: () => root,
  id: 'inside',
  component: Shell,
  beforeLoad: async ({ location }) => {
    const session = await queries.fetchQuery(sessionQuery);
    if (session === null) redirect({ to: '/sign-in', search: { to: location.href } as never, throw: true });
  },
});

/** Any text may stand in the search part; a page reads what it knows. */
const anySearch = (search: Record<string, unknown>): Record<string, string> =>
  Object.fromEntries(Object.entries(search).map(([key, value]) => [key, String(value)]));

const page = <P extends string>(path: P, load: () => Promise<{ default: React.ComponentType }>) =>
  createRoute({ getParentRoute: () => inside, path, validateSearch: anySearch, component: lazyRouteComponent(load) });

const pages = [
  page('/', () => import('./pages/overview/page.tsx')),
  page('/funnel', () => import('./pages/funnel/page.tsx')),
  page('/applications', () => import('./pages/applications/page.tsx')),
  page('/applications/$id', () => import('./pages/application/page.tsx')),
  page('/funders', () => import('./pages/funders/page.tsx')),
  page('/funders/$id', () => import('./pages/funder/page.tsx')),
  page('/routing', () => import('./pages/routing/page.tsx')),
  page('/changes', () => import('./pages/changes/page.tsx')),
  page('/channels', () => import('./pages/channels/page.tsx')),
  page('/page-variants', () => import('./pages/page-variants/page.tsx')),
  page('/prescreen', () => import('./pages/prescreen/page.tsx')),
  page('/partner-offers', () => import('./pages/partner-offers/page.tsx')),
  page('/webhooks', () => import('./pages/webhooks/page.tsx')),
  page('/audit', () => import('./pages/audit/page.tsx')),
  page('/team', () => import('./pages/team/page.tsx')),
] as const;

export const router = createRouter({
  routeTree: root.addChildren([signIn, welcome, inside.addChildren(pages)]),
  basepath: '/console',
  defaultPreload: 'intent',
  // Filters are texts and are written as they are, so that an address can be read and typed.
  parseSearch: (text) => Object.fromEntries(new URLSearchParams(text)),
  stringifySearch: (search) => {
    const text = new URLSearchParams(
      Object.entries(search).flatMap(([key, value]) => (value === undefined ? [] : [[key, String(value)]])),
    ).toString();
    return text === '' ? '' : `?${text}`;
  },
});

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router;
  }
}
