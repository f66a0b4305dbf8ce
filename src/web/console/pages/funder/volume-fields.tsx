/** Caps or promises in the form, one row each. */
import { Button, Form, Input, InputNumber, Select } from 'antd';
import type { ReactNode } from 'react';
import { useTexts } from '../../language.tsx';
import { texts } from './form-texts.ts';

interface Props {
  readonly name: 'caps' | 'promises';
  readonly label: string;
  readonly amount: 'limit' | 'volume';
  readonly windows: readonly ('hour' | 'day' | 'total')[];
}

export function VolumeFields({ name, label, amount, windows }: Props): ReactNode {
  const t = useTexts(texts);
  return (
    <Form.List name={name}>
      {(fields, { add, remove }) => (
        <fieldset className="rows">
          <legend>{label}</legend>
          {fields.map((field) => (
            <div key={field.key} className="bar">
              <Form.Item name={[field.name, 'id']} label={t('id')} rules={[{ required: true }]}>
                <Input style={{ width: 110 }} />
              </Form.Item>
              <Form.Item name={[field.name, 'unit']} label={t('unit')}>
                <Select
                  style={{ width: 130 }}
                  options={[
                    { value: 'count', label: t('count') },
                    { value: 'amount_fen', label: t('yuan') },
                  ]}
                />
              </Form.Item>
              <Form.Item name={[field.name, 'window']} label={t('window')}>
                <Select style={{ width: 100 }} options={windows.map((value) => ({ value, label: t(value) }))} />
              </Form.Item>
              <Form.Item name={[field.name, amount]} label={t(amount === 'limit' ? 'limit' : 'volumeOf')} rules={[{ required: true }]}>
                <InputNumber min={0} style={{ width: 130 }} />
              </Form.Item>
              {name === 'promises' ? (
                <Form.Item name={[field.name, 'subsidy']} label={t('subsidy')} rules={[{ required: true }]}>
                  <InputNumber min={0} style={{ width: 110 }} />
                </Form.Item>
              ) : null}
              <Button type="link" onClick={() => remove(field.name)}>
                {t('remove')}
              </Button>
            </div>
          ))}
          <Button size="small" onClick={() => add({ id: '', unit: 'count', window: 'day', ...(name === 'promises' ? { subsidy: 0 } : {}) })}>
            {t('add')}
          </Button>
        </fieldset>
      )}
    </Form.List>
  );
}
