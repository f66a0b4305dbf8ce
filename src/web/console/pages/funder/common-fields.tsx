/** The fields of a funder's record that are changed often. */
import { Form, Input, InputNumber, Radio, Select } from 'antd';
import type { ReactNode } from 'react';
import { useLanguage, useTexts } from '../../language.tsx';
import { fieldAt } from '../../policy/fields.ts';
import type { Proposing } from '../../policy/use-proposal.ts';
import { texts } from './form-texts.ts';
import type { FormValues } from './form-values.ts';
import { VolumeFields } from './volume-fields.tsx';

interface Shape {
  readonly name: keyof FormValues;
  /** Of the record: gives the field its name and its faults. */
  readonly pointer: string;
  readonly min?: number;
  readonly max?: number;
  readonly suffix?: string;
}
const NUMBERS: Readonly<Record<'general' | 'product' | 'money', readonly Shape[]>> = {
  general: [{ name: 'tier', pointer: '/tier', min: 1, max: 9 }],
  product: [
    { name: 'min_amount', pointer: '/product/min_amount_fen', min: 0, suffix: '¥' },
    { name: 'max_amount', pointer: '/product/max_amount_fen', min: 0, suffix: '¥' },
    { name: 'min_income', pointer: '/product/min_income_fen', min: 0, suffix: '¥' },
    { name: 'min_age', pointer: '/product/min_age', min: 18, max: 80 },
    { name: 'max_age', pointer: '/product/max_age', min: 18, max: 80 },
    { name: 'quoted_apr', pointer: '/product/quoted_apr_bps', min: 0, suffix: '%' },
  ],
  money: [
    { name: 'cpa', pointer: '/terms/cpa_fen', min: 0, suffix: '¥' },
    { name: 'cps', pointer: '/terms/cps_bps', min: 0, suffix: '%' },
    { name: 'attempt_cost', pointer: '/terms/attempt_cost_fen', min: 0, suffix: '¥' },
  ],
};

export function CommonFields({ faultAt }: Pick<Proposing, 'faultAt'>): ReactNode {
  const t = useTexts(texts);
  const { lang } = useLanguage();
  const label = (pointer: string): string => fieldAt('funder', pointer)!.field.words[lang];
  const numbers = (group: keyof typeof NUMBERS): ReactNode =>
    NUMBERS[group].map(({ name, pointer, suffix, ...range }) => (
      <Form.Item key={name} name={name} label={label(pointer)} rules={[{ required: true }]} {...faultAt(pointer)}>
        <InputNumber {...range} {...(suffix === undefined ? {} : { suffix })} style={{ width: 150 }} />
      </Form.Item>
    ));
  return (
    <>
      <h3>{t('general')}</h3>
      <div className="bar fields">
        <Form.Item name="name" label={label('/name')} rules={[{ required: true }]} {...faultAt('/name')}>
          <Input maxLength={60} />
        </Form.Item>
        <Form.Item name="status" label={label('/status')} {...faultAt('/status')}>
          <Radio.Group
            options={(['live', 'paused'] as const).map((value) => ({ value, label: fieldAt('funder', '/status')!.field.values![value]![lang] }))}
          />
        </Form.Item>
        {numbers('general')}
        <Form.Item name="opens" label={`${label('/hours')} · ${t('from')}`} {...faultAt('/hours')}>
          <InputNumber min={0} max={23} precision={0} style={{ width: 90 }} />
        </Form.Item>
        <Form.Item name="closes" label={`${label('/hours')} · ${t('to')}`}>
          <InputNumber min={1} max={24} precision={0} style={{ width: 90 }} />
        </Form.Item>
        <Form.Item name="evidence" label={label('/whitelist/evidence')} rules={[{ required: true }]} {...faultAt('/whitelist/evidence')}>
          <Input maxLength={200} style={{ width: 320 }} />
        </Form.Item>
        <Form.Item name="valid_from" label={label('/whitelist/valid_from')} {...faultAt('/whitelist/valid_from')}>
          <Input type="date" />
        </Form.Item>
        <Form.Item name="valid_to" label={label('/whitelist/valid_to')} {...faultAt('/whitelist/valid_to')}>
          <Input type="date" />
        </Form.Item>
      </div>
      <h3>{t('product')}</h3>
      <div className="bar fields">
        {numbers('product')}
        <Form.Item name="terms_months" label={label('/product/terms_months')} rules={[{ required: true }]} {...faultAt('/product/terms_months')}>
          <Select mode="tags" style={{ minWidth: 200 }} open={false} />
        </Form.Item>
        <Form.Item name="excluded_regions" label={label('/product/excluded_regions')} {...faultAt('/product/excluded_regions')}>
          <Select mode="tags" style={{ minWidth: 200 }} open={false} />
        </Form.Item>
      </div>
      <h3>{t('money')}</h3>
      <div className="bar fields">{numbers('money')}</div>
      <h3>{t('volume')}</h3>
      <VolumeFields name="caps" label={label('/caps')} amount="limit" windows={['hour', 'day', 'total']} />
      <VolumeFields name="promises" label={label('/promises')} amount="volume" windows={['hour', 'day']} />
    </>
  );
}
