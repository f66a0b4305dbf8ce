/** Of every proposal: why, and when it shall come into force. To be put into a form of antd. */
import { Form, Input, Radio } from 'antd';
import type { ReactNode } from 'react';
import { useTexts, type Texts } from '../language.tsx';

const texts = {
  zh: {
    note: '为什么要改（给审批人）',
    place: '例如：长河近两周批准率上升，给它多一些',
    when: '何时生效',
    once: '批准后立即',
    atTime: '在指定时间',
    time: '时间（北京时间）',
    timeNeeded: '请选择时间',
    noteNeeded: '请写一句理由',
  },
  en: {
    note: 'Why (for the approver)',
    place: 'e.g. approvals at River have risen for two weeks; give it more',
    when: 'When it comes into force',
    once: 'as soon as it is approved',
    atTime: 'at a time',
    time: 'Time (China)',
    timeNeeded: 'choose a time',
    noteNeeded: 'write a sentence why',
  },
} satisfies Texts;

export interface ProposalValues {
  readonly note: string;
  readonly when: 'once' | 'time';
  /** As typed: China's clock. */
  readonly time?: string;
}
export const NO_PROPOSAL: ProposalValues = { note: '', when: 'once' };

export function ProposalFields(): ReactNode {
  const t = useTexts(texts);
  const when = Form.useWatch('when') as ProposalValues['when'] | undefined;
  return (
    <>
      <Form.Item name="note" label={t('note')} rules={[{ required: true, whitespace: true, message: t('noteNeeded') }]}>
        <Input.TextArea autoSize={{ minRows: 2 }} maxLength={500} placeholder={t('place')} />
      </Form.Item>
      <Form.Item name="when" label={t('when')}>
        <Radio.Group
          options={[
            { value: 'once', label: t('once') },
            { value: 'time', label: t('atTime') },
          ]}
        />
      </Form.Item>
      {when === 'time' ? (
        <Form.Item name="time" label={t('time')} rules={[{ required: true, message: t('timeNeeded') }]}>
          <Input type="datetime-local" style={{ width: 220 }} />
        </Form.Item>
      ) : null}
    </>
  );
}

/** The part of a request that they come to. RFC 3339 in China's time. */
export function proposalOf({ note, when, time }: ProposalValues): { readonly note: string; readonly publish_at?: string } {
  return { note, ...(when === 'time' && time !== undefined ? { publish_at: `${time.length === 16 ? `${time}:00` : time}+08:00` } : {}) };
}
