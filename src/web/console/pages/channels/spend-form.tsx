/** Entering or correcting what a channel cost in a day. */
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Alert, App, Form, Input, Modal, Select } from 'antd';
import type { ReactNode } from 'react';
import { ask } from '../../api.ts';
import { useTexts, yuan } from '../../language.tsx';
import { faultsOf } from '../../parts/faults.ts';
import { useNames } from '../../parts/names.ts';
import { dayOf } from '../../parts/range.tsx';
import type { SpendEntry } from './channel.ts';
import { texts } from './texts.ts';

interface Given {
  readonly channel: string;
  readonly day: string;
  readonly yuan: string;
}
const AMOUNT = /^\d{1,9}(\.\d{1,2})?$/;

export function SpendForm({ channel, onClose }: { channel: string | null; onClose: () => void }): ReactNode {
  const t = useTexts(texts);
  const { message } = App.useApp();
  const names = useNames('channel');
  const queries = useQueryClient();
  const [form] = Form.useForm<Given>();
  const save = useMutation({
    mutationFn: (given: Given) =>
      ask<SpendEntry>('PUT', `/v1/desk/channels/${encodeURIComponent(given.channel)}/spend/${given.day}`, { spend_fen: fenOf(given.yuan) }),
    onSuccess: ({ channel: id, day, spend_fen: fen }) => {
      message.success(t('saved', { channel: names.get(id) ?? id, day, sum: yuan(fen) }));
      for (const key of ['channels', 'spend']) void queries.invalidateQueries({ queryKey: [key] });
      onClose();
    },
  });
  const faults = faultsOf(save.error, []);
  return (
    <Modal
      open={channel !== null}
      title={t('enterTitle')}
      okText={t('save')}
      cancelText={t('cancel')}
      confirmLoading={save.isPending}
      onCancel={onClose}
      onOk={() => form.submit()}
      destroyOnHidden
    >
      {faults.title === null ? null : <Alert type="error" role="alert" title={faults.title} style={{ marginBottom: 12 }} />}
      <Form<Given>
        form={form}
        layout="vertical"
        requiredMark={false}
        initialValues={{ channel: channel === '' ? undefined : channel, day: dayOf(Date.now() - 86_400_000) }}
        preserve={false}
        onFinish={(given) => save.mutate(given)}
      >
        <Form.Item name="channel" label={t('channel')} rules={[{ required: true, message: '' }]}>
          <Select options={[...names].map(([value, label]) => ({ value, label }))} />
        </Form.Item>
        <Form.Item name="day" label={t('day')} rules={[{ required: true, message: '' }]}>
          <Input type="date" max={dayOf(Date.now())} />
        </Form.Item>
        <Form.Item name="yuan" label={t('yuan')} rules={[{ required: true, pattern: AMOUNT, message: t('negative') }]}>
          <Input prefix="¥" inputMode="decimal" className="number" />
        </Form.Item>
      </Form>
    </Modal>
  );
}

/** By the digits: a product of fractions is not exact. */
function fenOf(text: string): number {
  const [whole = '0', part = ''] = text.split('.');
  return Number(whole) * 100 + Number(part.padEnd(2, '0'));
}
