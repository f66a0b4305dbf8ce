/** Asks the funder's interface whether it does what its adapter believes. */
import { useMutation } from '@tanstack/react-query';
import { Alert, Badge, Button, Modal } from 'antd';
import { useState, type ReactNode } from 'react';
import { ask, Refused } from '../../api.ts';
import { useTexts } from '../../language.tsx';
import type { Checked } from './funder-reads.ts';
import { texts } from './texts.ts';

const BADGES = { ok: 'success', warn: 'warning', fail: 'error' } as const;
const ALERTS = { ok: 'success', warn: 'warning', fail: 'error' } as const;
const TITLES = { ok: 'checkedOk', warn: 'checkedWarn', fail: 'checkedFail' } as const;

export function InterfaceCheck({ id, disabled }: { id: string; disabled: boolean }): ReactNode {
  const t = useTexts(texts);
  const [isOpen, setIsOpen] = useState(false);
  const check = useMutation({ mutationFn: async () => ask<Checked>('POST', `/v1/desk/funders/${id}/check`) });
  const begin = (): void => {
    setIsOpen(true);
    check.mutate();
  };
  return (
    <>
      <Button disabled={disabled} onClick={begin}>
        {t('check')}
      </Button>
      <Modal open={isOpen} title={t('check')} footer={null} onCancel={() => setIsOpen(false)} width={640}>
        {check.isPending ? <p role="status">{t('checking')}</p> : null}
        {check.error instanceof Refused ? <Alert type="error" title={check.error.problem.title} /> : null}
        {check.data === undefined || check.isPending ? null : <Result checked={check.data} />}
      </Modal>
    </>
  );
}

function Result({ checked }: { checked: Checked }): ReactNode {
  const t = useTexts(texts);
  return (
    <>
      <Alert type={ALERTS[checked.verdict]} title={t(TITLES[checked.verdict])} description={t('against', { what: t(checked.against) })} />
      <ul className="differences" style={{ marginTop: 12, listStyle: 'none', padding: 0 }}>
        {checked.lines.map((line) => (
          <li key={line.what}>
            <Badge status={BADGES[line.verdict]} text={line.what} /> {line.latency_ms === null ? '' : `${line.latency_ms} ms`}{' '}
            <span className="quiet">{line.note}</span>
          </li>
        ))}
      </ul>
    </>
  );
}
