/** The frame around every page: where one is, where one can go, who one is. */
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Link, Outlet, useNavigate, useRouterState } from '@tanstack/react-router';
import { Button, Dropdown, Layout, Menu } from 'antd';
import type { ReactNode } from 'react';
import { ask } from '../api.ts';
import { useLanguage, useTexts } from '../language.tsx';
import { methodsQuery, sessionQuery, useMay } from '../session.ts';
import { useMode } from '../theme.tsx';
import { texts } from './texts.ts';

const PAGES = [
  ['overview', '/'],
  ['funnel', '/funnel'],
  ['applications', '/applications'],
  ['funders', '/funders'],
  ['routing', '/routing'],
  ['changes', '/changes'],
  ['channels', '/channels'],
  ['page-variants', '/page-variants'],
  ['prescreen', '/prescreen'],
  ['partner-offers', '/partner-offers'],
  ['webhooks', '/webhooks'],
] as const;

export function Shell(): ReactNode {
  const t = useTexts(texts);
  const admin = useMay();
  const path = useRouterState({ select: (state) => state.location.pathname.replace(/^\/console/, '') || '/' });
  const sandbox = useQuery(methodsQuery).data?.mode === 'sandbox';
  const audits = useMay('risk', 'approver', 'finance');
  const pages = [...PAGES, ...(audits ? [['audit', '/audit'] as const] : []), ...(admin ? [['team', '/team'] as const] : [])];
  const open = pages.findLast(([, to]) => (to === '/' ? path === '/' : path.startsWith(to)));
  return (
    <>
      {sandbox ? (
        <div className="sandbox" role="status">
          {t('sandbox')}
        </div>
      ) : null}
      <Layout style={{ minHeight: '100vh' }}>
        <Layout.Sider theme="light" breakpoint="lg" collapsedWidth={0} width={176}>
          <div style={{ padding: '14px 20px', fontWeight: 700, letterSpacing: 0.5 }}>Millrace</div>
          <nav aria-label={t('menu')}>
            <Menu
              mode="inline"
              selectedKeys={open === undefined ? [] : [open[0]]}
              items={pages.map(([name, to]) => ({ key: name, label: <Link to={to}>{t(name)}</Link> }))}
            />
          </nav>
        </Layout.Sider>
        <Layout>
          <Top />
          <Layout.Content style={{ padding: 16 }}>
            <main>
              <Outlet />
            </main>
          </Layout.Content>
        </Layout>
      </Layout>
    </>
  );
}

function Top(): ReactNode {
  const t = useTexts(texts);
  const { lang, turn } = useLanguage();
  const { mode, turn: turnMode } = useMode();
  const session = useQuery(sessionQuery).data;
  const queries = useQueryClient();
  const navigate = useNavigate();
  const signOut = async (): Promise<void> => {
    await ask('DELETE', '/v1/session');
    queries.clear();
    await navigate({ to: '/sign-in' });
  };
  return (
    <Layout.Header
      style={{ display: 'flex', justifyContent: 'flex-end', gap: 8, alignItems: 'center', height: 48, background: 'transparent', padding: '0 16px' }}
    >
      <Button type="text" onClick={() => turn(lang === 'zh' ? 'en' : 'zh')}>
        {t('other')}
      </Button>
      <Button type="text" onClick={() => turnMode(mode === 'dark' ? 'light' : 'dark')}>
        {t(mode === 'dark' ? 'light' : 'dark')}
      </Button>
      <Dropdown trigger={['click']} menu={{ items: [{ key: 'out', label: t('signOut'), onClick: () => void signOut() }] }}>
        <Button type="text">
          {session?.operator.name ?? ''} · {session?.operator.role ?? ''}
        </Button>
      </Dropdown>
    </Layout.Header>
  );
}
