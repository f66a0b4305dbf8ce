/** Makes an endpoint. Its secrets are shown once, then nobody can read them again. */
import { useQueryClient } from '@tanstack/react-query';
import { App, Form, Input, Modal } from 'antd';
import { useState, type ReactNode } from 'react';
import { ask, problemOf } from '../../api.ts';
import { useTexts } from '../../language.tsx';
import { newKey } from '../../policy/use-proposal.ts';
import { showSecrets, type Secrets } from './secrets.tsx';
import { texts } from './texts.ts';

interface Fields {
  readonly url: string;
  readonly types: string;
  readonly channel_id?: string;
}

export function NewEndpoint({ open, onClose }: { open: boolean; onClose: () => void }): ReactNode {
  const t = useTexts(texts);
  const queries = useQueryClient();
  const { modal, message } = App.useApp();
  const [form] = Form.useForm<Fields>();
  const [busy, setBusy] = useState(false);
  const save = async (fields: Fields): Promise<void> => {
    setBusy(true);
    const types = fields.types.split(/[\s,，]+/).filter((one) => one !== '');
    const channel = fields.channel_id?.trim() ?? '';
    try {
      const made = await ask<Secrets>(
        'POST',
        '/v1/webhook-endpoints',
        { url: fields.url.trim(), types, ...(channel === '' ? {} : { channel_id: channel }) },
        {
          key: newKey(),
        },
      );
      form.resetFields();
      onClose();
      await queries.invalidateQueries({ queryKey: ['endpoints'] });
      showSecrets(modal, t, made);
    } catch (error) {
      const { title, errors } = problemOf(error);
      if (errors === undefined) message.error(title);
      // A fault of one of the types (`/types/0`) belongs to the field they are typed into.
      else form.setFields(errors.map(({ pointer, message: said }) => ({ name: pointer.split('/')[1] as keyof Fields, errors: [said] })));
    } finally {
      setBusy(false);
    }
  };
  return (
    <Modal open={open} title={t('add')} onCancel={onClose} onOk={() => form.submit()} okText={t('save')} confirmLoading={busy}>
      <Form form={form} layout="vertical" initialValues={{ types: '*' }} onFinish={(fields: Fields) => void save(fields)}>
        <Form.Item name="url" label={t('url')} rules={[{ required: true }]}>
          <Input inputMode="url" placeholder="https://" />
        </Form.Item>
        <Form.Item name="types" label={t('types')} extra={t('typesHint')} rules={[{ required: true }]}>
          <Input />
        </Form.Item>
        <Form.Item name="channel_id" label={t('channel')}>
          <Input placeholder={t('anyChannel')} />
        </Form.Item>
      </Form>
    </Modal>
  );
}
