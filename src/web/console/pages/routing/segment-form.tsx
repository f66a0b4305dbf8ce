/** A segment as it shall be: its condition, its champion, its challenger; proposed like any change. */
import { useQuery } from '@tanstack/react-query';
import { Button, Drawer, Form, Input, InputNumber, Select } from 'antd';
import { lazy, Suspense, useState, type ReactNode } from 'react';
import type { Segment } from '../../../../domain/segment.ts';
import { useTexts } from '../../language.tsx';
import { policiesQuery } from '../../policy/names.ts';
import { NO_PROPOSAL, ProposalFields, proposalOf, type ProposalValues } from '../../policy/proposal-fields.tsx';
import { ProposalRefused, Proposed } from '../../policy/proposal-end.tsx';
import { useProposal, type Proposing } from '../../policy/use-proposal.ts';
import { texts } from './texts.ts';

const RuleBuilder = lazy(() => import('../../parts/rule-builder.tsx'));

interface Values extends ProposalValues {
  readonly name: string;
  readonly order: number;
  readonly champion: string;
  /** Empty: none. */
  readonly challenger: string;
  /** Percent. */
  readonly share: number;
}

export function SegmentForm({ segment, onEnd }: { segment: Segment; onEnd: () => void }): ReactNode {
  const t = useTexts(texts);
  const proposing = useProposal();
  return (
    <Drawer open size={720} title={t('segmentEdit', { name: segment.name })} onClose={onEnd}>
      {proposing.made === null ? <Fields segment={segment} proposing={proposing} /> : <Proposed changes={[proposing.made]} />}
    </Drawer>
  );
}

function Fields({ segment, proposing: { busy, wrong, propose, faultAt } }: { segment: Segment; proposing: Proposing }): ReactNode {
  const t = useTexts(texts);
  const options = (useQuery(policiesQuery).data?.policies ?? []).map((policy) => ({ value: policy.id, label: policy.name }));
  const [form] = Form.useForm<Values>();
  const challenger = Form.useWatch('challenger', form) ?? '';
  const [rule, setRule] = useState<Segment['rule']>(segment.rule);
  const [isWhole, setIsWhole] = useState(true);
  const first: Values = { ...segment, challenger: segment.challenger?.policy ?? '', share: (segment.challenger?.share ?? 0.1) * 100, ...NO_PROPOSAL };
  const submit = ({ name, order, champion, challenger: other, share, ...why }: Values): void => {
    const body: Segment = {
      ...segment,
      name,
      order,
      champion,
      rule,
      challenger: other === '' ? null : { policy: other, share: Math.round(share * 100) / 10_000 },
    };
    void propose({ kind: 'segment', id: segment.id, body, ...proposalOf(why) });
  };
  return (
    <Form form={form} layout="vertical" initialValues={first} onFinish={submit}>
      <Form.Item name="name" label={t('segment')} rules={[{ required: true }]} {...faultAt('/name')}>
        <Input maxLength={80} />
      </Form.Item>
      <Form.Item label={t('condition')} {...faultAt('/rule')}>
        <Suspense>
          <RuleBuilder
            rule={rule}
            onChange={(next, whole) => {
              setRule(next);
              setIsWhole(whole);
            }}
          />
        </Suspense>
      </Form.Item>
      <Form.Item name="order" label={t('order')} rules={[{ required: true }]} {...faultAt('/order')}>
        <InputNumber min={0} max={1_000_000} precision={0} />
      </Form.Item>
      <Form.Item name="champion" label={t('champion')} {...faultAt('/champion')}>
        <Select options={options} />
      </Form.Item>
      <Form.Item name="challenger" label={t('challenger')} {...faultAt('/challenger')}>
        <Select options={[{ value: '', label: t('noChallenger') }, ...options]} />
      </Form.Item>
      {challenger === '' ? null : (
        <Form.Item name="share" label={t('share')} rules={[{ required: true }]}>
          <InputNumber min={0} max={100} suffix="%" />
        </Form.Item>
      )}
      <ProposalFields />
      <ProposalRefused problem={wrong} />
      <Button type="primary" htmlType="submit" loading={busy} disabled={!isWhole}>
        {t('proposeNow')}
      </Button>
    </Form>
  );
}
