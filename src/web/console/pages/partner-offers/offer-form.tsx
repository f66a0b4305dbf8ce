/** A partner offer as a form. It is proposed whole; faults that the desk finds stand beside their fields. */
import { Button, Drawer, Flex, Form, Input, InputNumber, Select } from 'antd';
import type { ReactNode } from 'react';
import type { PartnerOffer } from '../../../../domain/desk.ts';
import { useTexts } from '../../language.tsx';
import { ProposalRefused, Proposed } from '../../policy/proposal-end.tsx';
import { NO_PROPOSAL, ProposalFields, proposalOf, type ProposalValues } from '../../policy/proposal-fields.tsx';
import { useProposal, type Proposing } from '../../policy/use-proposal.ts';
import { texts } from './texts.ts';

const CLASSES = ['loan_product', 'insurance', 'credit_card', 'financial_product'] as const;
const FRESH = {
  status: 'paused',
  class: 'insurance',
  rule: true,
  payouts: { click_fen: 0, lead_fen: 0, sale_fen: 0 },
  prior: { click: 0.05, lead: 0.1, sale: 0.1 },
  frequency: { max: 3, window_days: 7 },
} as const;
type Fields = PartnerOffer & ProposalValues;

export function OfferForm({ offer, onClose }: { offer: PartnerOffer | null; onClose: () => void }): ReactNode {
  const t = useTexts(texts);
  const { busy, made, wrong, propose, faultAt } = useProposal();
  const submit = ({ note, when, time, ...fields }: Fields): void => {
    const body = { ...FRESH, ...offer, ...fields };
    const why = proposalOf({ note, when, ...(time === undefined ? {} : { time }) });
    void propose({ kind: 'partner_offer', id: body.id, body, ...why });
  };
  return (
    <Drawer open size={640} title={offer === null ? t('add') : offer.id} onClose={onClose}>
      {made === null ? (
        <Form layout="vertical" size="small" initialValues={{ ...(offer ?? FRESH), ...NO_PROPOSAL }} onFinish={submit}>
          <OfferFields known={offer !== null} faultAt={faultAt} />
          <ProposalFields />
          <ProposalRefused problem={wrong} />
          <Button type="primary" htmlType="submit" loading={busy}>
            {t('propose')}
          </Button>
        </Form>
      ) : (
        <Proposed changes={[made]} />
      )}
    </Drawer>
  );
}

function OfferFields({ known, faultAt }: { known: boolean; faultAt: Proposing['faultAt'] }): ReactNode {
  const t = useTexts(texts);
  const number = (name: readonly [string, string], label: string, most: number, step = 1): ReactNode => (
    <Form.Item name={[...name]} label={label} style={{ flex: 1 }} rules={[{ required: true }]} {...faultAt(`/${name.join('/')}`)}>
      <InputNumber min={0} max={most} step={step} style={{ width: '100%' }} />
    </Form.Item>
  );
  const text = (name: readonly string[], label: string, more: { readonly disabled?: boolean } = {}): ReactNode => (
    <Form.Item name={[...name]} label={label} rules={[{ required: true }]} {...faultAt(`/${name.join('/')}`)}>
      <Input {...more} />
    </Form.Item>
  );
  return (
    <>
      {text(['id'], t('id'), { disabled: known })}
      {text(['partner_id'], t('partnerId'))}
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
      {text(['url'], t('url'))}
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
    </>
  );
}
