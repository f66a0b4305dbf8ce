import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useRouter, useSearch } from '@tanstack/react-router';
import { Alert, Button, Divider, Form, Input } from 'antd';
import type { ReactNode } from 'react';
import { ask } from '../../api.ts';
import { useTexts } from '../../language.tsx';
import { faultsOf } from '../../parts/faults.ts';
import { methodsQuery, takeOver, type Session } from '../../session.ts';
import { Door } from './door.tsx';
import { texts } from './texts.ts';
import { whereTo } from './where-to.ts';

interface Given {
  readonly email: string;
  readonly password: string;
  readonly code: string;
}
const SHOWN = ['/email', '/password', '/code'];
const SSO_FAULTS = ['refused', 'unknown', 'unavailable'] as const;

export default function Page(): ReactNode {
  const t = useTexts(texts);
  const methods = useQuery(methodsQuery).data;
  const wanted = useSearch({ strict: false, select: (search) => String((search as { to?: unknown }).to ?? '') });
  const queries = useQueryClient();
  const router = useRouter();
  const signIn = useMutation({
    mutationFn: (given: Given) => ask<Session>('POST', '/v1/session', { ...given, email: given.email.trim(), code: given.code.replaceAll(' ', '') }),
    onSuccess: (session) => {
      takeOver(queries, session);
      router.history.replace(whereTo(wanted));
    },
  });
  const faults = faultsOf(signIn.error, SHOWN);
  const sso = SSO_FAULTS.find((fault) => wanted.endsWith(`sso=${fault}`));
  const under = (pointer: string) => (faults.fields[pointer] === undefined ? {} : { validateStatus: 'error' as const, help: faults.fields[pointer] });
  return (
    <Door title={t('title')}>
      {methods?.first_run === true ? <Alert type="info" title={t('firstRun')} style={{ marginBottom: 16 }} /> : null}
      {sso === undefined ? null : <Alert type="warning" title={t(`sso_${sso}`)} style={{ marginBottom: 16 }} />}
      {faults.title === null ? null : <Alert type="error" role="alert" title={faults.title} style={{ marginBottom: 16 }} />}
      <Form<Given> layout="vertical" requiredMark={false} onFinish={(given) => signIn.mutate(given)}>
        <Form.Item name="email" label={t('email')} rules={[{ required: true, message: '' }]} {...under('/email')}>
          <Input type="email" autoComplete="username" autoFocus size="large" />
        </Form.Item>
        <Form.Item name="password" label={t('password')} rules={[{ required: true, message: '' }]} {...under('/password')}>
          <Input.Password autoComplete="current-password" size="large" />
        </Form.Item>
        <Form.Item name="code" label={t('code')} extra={t('codeHint')} rules={[{ required: true, message: '' }]} {...under('/code')}>
          <Input className="door-code" autoComplete="one-time-code" inputMode="numeric" maxLength={7} size="large" />
        </Form.Item>
        <Button type="primary" htmlType="submit" size="large" block loading={signIn.isPending}>
          {t('enter')}
        </Button>
      </Form>
      {methods?.sso === null || methods === undefined ? null : (
        <>
          <Divider plain>{t('or')}</Divider>
          <Button block size="large" href="/console/sso/start">
            {t('sso', { name: methods.sso.name })}
          </Button>
        </>
      )}
      <p style={{ margin: '16px 0 0', opacity: 0.75 }}>{t('lost')}</p>
    </Door>
  );
}
