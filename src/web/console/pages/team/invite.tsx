/** Inviting somebody, and the link that comes of it, shown once. */
import { useMutation } from '@tanstack/react-query';
import { Alert, App, Button, Form, Input, Modal, Radio, Space } from 'antd';
import type { ReactNode } from 'react';
import { ask } from '../../api.ts';
import { useLanguage, useTexts } from '../../language.tsx';
import { faultsOf } from '../../parts/faults.ts';
import { roleMeanings, ROLES, roleTexts } from '../../parts/roles.ts';
import type { Role } from '../../session.ts';
import type { Invitation } from './member.ts';
import { texts } from './texts.ts';

interface Wish {
  readonly email: string;
  readonly name: string;
  readonly role: Role;
}
const SHOWN = ['/email', '/name', '/role'];

export function InviteForm({ open, onClose, onInvited }: { open: boolean; onClose: () => void; onInvited: (made: Invitation) => void }): ReactNode {
  const t = useTexts(texts);
  const { lang } = useLanguage();
  const [form] = Form.useForm<Wish>();
  const invite = useMutation({
    mutationFn: (wish: Wish) => ask<Invitation>('POST', '/v1/desk/team', wish),
    onSuccess: (made) => {
      form.resetFields();
      onInvited(made);
    },
  });
  const faults = faultsOf(invite.error, SHOWN);
  const under = (pointer: string) => (faults.fields[pointer] === undefined ? {} : { validateStatus: 'error' as const, help: faults.fields[pointer] });
  const required = [{ required: true, message: '' }];
  return (
    <Modal
      open={open}
      title={t('invite')}
      okText={t('invite')}
      cancelText={t('cancel')}
      confirmLoading={invite.isPending}
      onCancel={onClose}
      onOk={() => form.submit()}
      destroyOnHidden
    >
      {faults.title === null ? null : <Alert type="error" role="alert" title={faults.title} style={{ marginBottom: 12 }} />}
      <Form<Wish> form={form} layout="vertical" requiredMark={false} initialValues={{ role: 'viewer' }} onFinish={(wish) => invite.mutate(wish)}>
        <Form.Item name="name" label={t('name')} rules={required} {...under('/name')}>
          <Input autoFocus maxLength={80} />
        </Form.Item>
        <Form.Item name="email" label={t('email')} rules={required} {...under('/email')}>
          <Input type="email" />
        </Form.Item>
        <Form.Item name="role" label={t('role')} {...under('/role')}>
          <Radio.Group>
            <Space orientation="vertical">
              {ROLES.map((role) => (
                <Radio key={role} value={role}>
                  <strong>{roleTexts[lang][role]}</strong> <span style={{ opacity: 0.75 }}>{roleMeanings[lang][role]}</span>
                </Radio>
              ))}
            </Space>
          </Radio.Group>
        </Form.Item>
      </Form>
    </Modal>
  );
}

export function LinkShown({ made, onClose }: { made: Invitation | null; onClose: () => void }): ReactNode {
  const t = useTexts(texts);
  const { message } = App.useApp();
  const copy = async (): Promise<void> => {
    await navigator.clipboard.writeText(made?.link ?? '');
    message.success(t('copied'));
  };
  return (
    <Modal
      open={made !== null}
      title={t('linkTitle', { name: made?.operator.name ?? '' })}
      closable={false}
      mask={{ closable: false }}
      footer={[
        <Button key="copy" type="primary" onClick={() => void copy()}>
          {t('copy')}
        </Button>,
        <Button key="done" onClick={onClose}>
          {t('done')}
        </Button>,
      ]}
    >
      <p>{t('linkHint')}</p>
      <Input.TextArea readOnly aria-label={t('linkTitle', { name: made?.operator.name ?? '' })} value={made?.link ?? ''} autoSize />
    </Modal>
  );
}
