/** Finds the applications of a phone. The number goes into the body of a request and stays in no address. */
import { App, Input, Tooltip } from 'antd';
import { useState, type ReactNode } from 'react';
import { ask, problemOf } from '../../api.ts';
import { useTexts } from '../../language.tsx';
import { useMay } from '../../session.ts';
import type { Application } from './application.ts';
import { texts } from './texts.ts';

export function PhoneSearch({ onFound }: { onFound: (found: { readonly phone: string; readonly data: readonly Application[] }) => void }): ReactNode {
  const t = useTexts(texts);
  const { message } = App.useApp();
  const [busy, setBusy] = useState(false);
  if (!useMay('operator', 'risk')) return null;
  const search = async (phone: string): Promise<void> => {
    if (phone.trim() === '') return;
    setBusy(true);
    try {
      const { data } = await ask<{ data: readonly Application[] }>('POST', '/v1/desk/application-searches', { phone });
      onFound({ phone: `…${phone.trim().slice(-4)}`, data });
    } catch (error) {
      message.error(problemOf(error).errors?.[0]?.message ?? problemOf(error).title);
    } finally {
      setBusy(false);
    }
  };
  return (
    <Tooltip title={t('phoneHint')}>
      <Input.Search
        aria-label={t('phone')}
        placeholder={t('phone')}
        inputMode="numeric"
        autoComplete="off"
        loading={busy}
        enterButton={t('search')}
        style={{ width: 240 }}
        onSearch={(value) => void search(value)}
      />
    </Tooltip>
  );
}
