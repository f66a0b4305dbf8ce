/** What happens before any funder is asked: who waits for a person, the rules and limits, the blacklist. */
import { Tabs } from 'antd';
import type { ReactNode } from 'react';
import { useTexts } from '../../language.tsx';
import { PageHead } from '../../parts/page-head.tsx';
import { useFilters } from '../../parts/search.ts';
import { useMay } from '../../session.ts';
import { Blacklist } from './blacklist.tsx';
import { Quarantine } from './quarantine.tsx';
import { Settings } from './settings.tsx';
import { texts } from './texts.ts';

export default function Prescreen(): ReactNode {
  const t = useTexts(texts);
  const [{ tab }, change] = useFilters();
  const listed = useMay('operator', 'risk', 'approver');
  return (
    <>
      <PageHead title={t('title')} />
      <Tabs
        activeKey={tab ?? 'aside'}
        onChange={(key) => change({ tab: key })}
        items={[
          { key: 'aside', label: t('aside'), children: <Quarantine /> },
          { key: 'settings', label: t('settings'), children: <Settings /> },
          ...(listed ? [{ key: 'blacklist', label: t('blacklist'), children: <Blacklist /> }] : []),
        ]}
      />
    </>
  );
}
