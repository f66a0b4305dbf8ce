/** A partner offer as a form. It is proposed whole; faults that the desk finds stand beside their fields. */
import { useQueryClient } from '@tanstack/react-query';
import { App, Flex, Form, Input, InputNumber, Modal, Select } from 'antd';
import { useState, type ReactNode } from 'react';
import { ask, Refused } from '../../api.ts';
import { useTexts } from '../../language.tsx';
import { CLASSES, type PartnerOffer } from './offer.ts';
import { texts } from './texts.ts';

const FRESH = {
  status: 'paused',
  class: 'insurance',
  rule: true,
  payouts: { click_fen: 0, lead_fen: 0, sale_fen: 0 },
  prior: { click: 0.05, lead: 0.1, sale: 0.1 },
  frequency: { max: 3, window_days: 7 },
} as const;
type Fields = PartnerOffer & { readonly note: string };

export function OfferForm({ offer, onClose }: { offer: PartnerOffer | null; onClose: () => void }): ReactNode {
  const t = useTexts(texts);
  const queries = useQueryClient();
  const { message } = App.useApp();
  const [form] = Form.useForm<Fields>();
  const [busy, setBusy] = useState(false);
  const propose = async ({ note, ...fields }: Fields): Promise<void> => {
    setBusy(true);
    const body = { ...FRESH, ...offer, ...fields };
    try {
      await ask('POST', '/v1/desk/changes', { kind: 'partner_offer', id: body.id, body, note }, { key: crypto.randomUUID() });
      message.success(t('proposed'));
      await queries.invalidateQueries({ queryKey: ['changes'] });
      onClose();
    } catch (error) {
      if (!(error instanceof Refused)) message.error(t('wrong'));
      else if (error.problem.errors === undefined) message.error(error.problem.title);
      else form.setFields(error.problem.errors.map(({ pointer, message: said }) => ({ name: fieldOf(pointer) as never, errors: [said] })));
    } finally {
      setBusy(false);
    }
  };
  return (
    <Modal
      open
      width={640}
      title={offer === null ? t('add') : offer.id}
      onCancel={onClose}
      onOk={() => form.submit()}
      okText={t('propose')}
      confirmLoading={busy}
    >
      <Form form={form} layout="vertical" size="small" initialValues={offer ?? FRESH} onFinish={(fields: Fields) => void propose(fields)}>
        <OfferFields known={offer !== null} />
      </Form>
    </Modal>
  );
}

function OfferFields({ known }: { known: boolean }): ReactNode {
  const t = useTexts(texts);
  const number = (name: readonly [string, string], label: string, most: number, step = 1): ReactNode => (
    <Form.Item name={[...name]} label={label} style={{ flex: 1 }} rules={[{ required: true }]}>
      <InputNumber min={0} max={most} step={step} style={{ width: '100%' }} />
    </Form.Item>
  );
  const text = (name: string | readonly [string, string], label: string, more: { readonly disabled?: boolean } = {}): ReactNode => (
    <Form.Item name={typeof name === 'string' ? name : [...name]} label={label} rules={[{ required: true }]}>
      <Input {...more} />
    </Form.Item>
  );
  return (
    <>
      {text('id', t('id'), { disabled: known })}
      {text('partner_id', t('partnerId'))}
      <Flex gap={12}>
        <Form.Item name="class" label={t('class')} style={{ flex: 1 }}>
          <Select options={CLASSES.map((value) => ({ value, label: t(value) }))} />
        </Form.Item>
        <Form.Item name="status" label={t('status')} style={{ flex: 1 }}>
          <Select options={(['live', 'paused'] as const).map((value) => ({ value, label: t(value) }))} />
        </Form.Item>
      </Flex>
      {text(['title', 'zh'], t('zhTitle'))}
      {text(['title', 'en'], t('enTitle'))}
      {text(['text', 'zh'], t('zhText'))}
      {text(['text', 'en'], t('enText'))}
      {text('url', t('url'))}
      <Flex gap={12}>
        {number(['payouts', 'click_fen'], t('clickFen'), 10_000_000)}
        {number(['payouts', 'lead_fen'], t('leadFen'), 10_000_000)}
        {number(['payouts', 'sale_fen'], t('saleFen'), 10_000_000)}
      </Flex>
      <Flex gap={12}>
        {number(['prior', 'click'], t('clickRate'), 1, 0.01)}
        {number(['prior', 'lead'], t('leadRate'), 1, 0.01)}
        {number(['prior', 'sale'], t('saleRate'), 1, 0.01)}
      </Flex>
      <Flex gap={12}>
        {number(['frequency', 'max'], t('max'), 100)}
        {number(['frequency', 'window_days'], t('days'), 365)}
      </Flex>
      {text('note', t('why'))}
    </>
  );
}

/** `/body/payouts/click_fen` is the form's `['payouts', 'click_fen']`; what has no field of its own is said at the note. */
function fieldOf(pointer: string): string[] {
  const path = pointer.split('/').slice(1);
  if (path[0] === 'body') path.shift();
  return path.length === 0 ? ['note'] : path;
}
