import { Alert, App, Button, Form, Input } from 'antd';
import type { ReactNode } from 'react';
import { useLanguage, useTexts } from '../../language.tsx';
import type { Faults } from '../../parts/faults.ts';
import { roleMeanings, roleTexts } from '../../parts/roles.ts';
import type { Invitation } from './page.tsx';
import { Qr } from './qr.tsx';
import { texts } from './texts.ts';

export interface Chosen {
  readonly name: string;
  readonly email?: string;
  readonly password: string;
  readonly code: string;
}

export function WelcomeForm({
  invitation,
  faults,
  pending,
  onDone,
}: {
  invitation: Invitation;
  faults: Faults;
  pending: boolean;
  onDone: (chosen: Chosen) => void;
}): ReactNode {
  const t = useTexts(texts);
  const { lang } = useLanguage();
  const required = [{ required: true, message: '' }];
  const under = (pointer: string) => (faults.fields[pointer] === undefined ? {} : { validateStatus: 'error' as const, help: faults.fields[pointer] });
  return (
    <>
      <p style={{ marginTop: 0 }}>
        {t('role', { role: '' })}
        <strong>{roleTexts[lang][invitation.role]}</strong> ·{roleMeanings[lang][invitation.role]}
      </p>
      {faults.title === null ? null : <Alert type="error" role="alert" title={faults.title} style={{ marginBottom: 16 }} />}
      <Form<Chosen> layout="vertical" requiredMark={false} onFinish={onDone}>
        <Form.Item name="name" label={t('name')} extra={t('nameHint')} rules={required} {...under('/name')}>
          <Input autoComplete="name" autoFocus maxLength={80} />
        </Form.Item>
        {invitation.email === null ? (
          <Form.Item name="email" label={t('email')} extra={t('emailHint')} rules={required} {...under('/email')}>
            <Input type="email" autoComplete="username" />
          </Form.Item>
        ) : (
          <Form.Item label={t('email')} htmlFor="invited-email">
            <Input id="invited-email" type="email" autoComplete="username" value={invitation.email} readOnly />
          </Form.Item>
        )}
        <Form.Item name="password" label={t('password')} extra={t('passwordHint')} rules={required} {...under('/password')}>
          <Input.Password autoComplete="new-password" />
        </Form.Item>
        <h2 style={{ fontSize: 15, margin: '8px 0' }}>{t('totp')}</h2>
        <p style={{ marginTop: 0 }}>{t('totpHint')}</p>
        <Secret invitation={invitation} />
        <Form.Item name="code" label={t('code')} rules={required} {...under('/code')}>
          <Input className="door-code" autoComplete="one-time-code" inputMode="numeric" maxLength={7} style={{ maxWidth: 200 }} />
        </Form.Item>
        <Button type="primary" htmlType="submit" size="large" block loading={pending}>
          {t('enter')}
        </Button>
      </Form>
    </>
  );
}

function Secret({ invitation: { totp } }: { invitation: Invitation }): ReactNode {
  const t = useTexts(texts);
  const { message } = App.useApp();
  const copy = async (): Promise<void> => {
    await navigator.clipboard.writeText(totp.secret);
    message.success(t('copied'));
  };
  return (
    <div className="door-secret">
      <Qr text={totp.uri} label={t('qr')} />
      <div style={{ flex: '1 1 200px' }}>
        <span>{t('typed')}</span>
        <code>{totp.secret.replaceAll(/(.{4})(?=.)/g, '$1 ')}</code>
        <Button size="small" onClick={() => void copy()}>
          {t('copy')}
        </Button>
      </div>
    </div>
  );
}
