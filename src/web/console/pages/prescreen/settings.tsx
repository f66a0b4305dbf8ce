/** The prescreen part of a policy as a form. It is proposed with the whole policy, and comes into force when another person approves. */
import { useQuery } from '@tanstack/react-query';
import { Button, Flex, Form, Input, InputNumber, Select } from 'antd';
import { useState, type ReactNode } from 'react';
import type { Policy, PrescreenPolicy } from '../../../../domain/policy.ts';
import { useTexts } from '../../language.tsx';
import { Answered } from '../../parts/answered.tsx';
import { recordsQuery } from '../../parts/names.ts';
import { useFilters } from '../../parts/search.ts';
import { ProposalRefused, Proposed } from '../../policy/proposal-end.tsx';
import { NO_PROPOSAL, ProposalFields, proposalOf, type ProposalValues } from '../../policy/proposal-fields.tsx';
import { useProposal } from '../../policy/use-proposal.ts';
import { useMay } from '../../session.ts';
import { Rules } from './rules.tsx';
import { texts } from './texts.ts';

const KEYS = ['phone', 'id_number', 'device', 'ip'] as const;
const FEN = 100;
const HOUR_S = 3_600;

/** As the form holds it: sums in yuan, times in hours, regions as text. */
interface Fields extends ProposalValues {
  readonly min_age: number;
  readonly max_age: number;
  readonly min_yuan: number;
  readonly max_yuan: number;
  readonly duplicate_window_days: number;
  readonly regions: string;
  readonly velocity: { readonly [K in (typeof KEYS)[number]]: { readonly max: number; readonly hours: number } };
}

export function Settings(): ReactNode {
  const t = useTexts(texts);
  const [{ policy }, change] = useFilters();
  const query = useQuery(recordsQuery<Policy>('policy'));
  return (
    <Answered query={query}>
      {({ data }) => {
        const live = data.filter(({ retired }) => !retired);
        const chosen = live.find(({ id }) => id === policy) ?? live[0];
        return chosen === undefined ? null : (
          <Flex vertical gap={12} style={{ maxWidth: 760 }}>
            <Select
              aria-label={t('policy')}
              value={chosen.id}
              onChange={(id) => change({ policy: id })}
              options={live.map(({ id, body }) => ({ value: id, label: `${body.name} (${id})` }))}
            />
            <PrescreenForm key={`${chosen.id}/${chosen.version}`} policy={chosen.body} />
          </Flex>
        );
      }}
    </Answered>
  );
}

function PrescreenForm({ policy }: { policy: Policy }): ReactNode {
  const t = useTexts(texts);
  const { busy, made, wrong, propose, faultAt } = useProposal();
  const [rules, setRules] = useState(policy.prescreen.rules);
  const may = useMay('operator', 'risk', 'approver');
  const submit = (fields: Fields): void => {
    const body = { ...policy, prescreen: { ...prescreenOf(fields, policy.prescreen), rules } };
    void propose({ kind: 'policy', id: policy.id, body, ...proposalOf(fields) });
  };
  if (made !== null) return <Proposed changes={[made]} />;
  return (
    <Form layout="vertical" disabled={!may} initialValues={{ ...fieldsOf(policy.prescreen), ...NO_PROPOSAL }} onFinish={submit}>
      <Between label={t('ages')} from="min_age" to="max_age" least={18} most={80} />
      <Between label={t('amounts')} from="min_yuan" to="max_yuan" least={0} most={10_000_000} />
      <Form.Item name="duplicate_window_days" label={t('duplicate')} {...faultAt('/prescreen/duplicate_window_days')}>
        <InputNumber min={0} max={365} />
      </Form.Item>
      <Form.Item name="regions" label={t('regions')} {...faultAt('/prescreen/blocked_regions')}>
        <Input />
      </Form.Item>
      {KEYS.map((key) => (
        <Form.Item key={key} label={`${t('velocity')} ${t(key)}`}>
          <Flex gap={8} align="center">
            {t('most')}
            <Form.Item name={['velocity', key, 'max']} noStyle>
              <InputNumber min={1} aria-label={`${t(key)} ${t('most')}`} />
            </Form.Item>
            {t('within')}
            <Form.Item name={['velocity', key, 'hours']} noStyle>
              <InputNumber min={1} aria-label={`${t(key)} ${t('hours')}`} />
            </Form.Item>
            {t('hours')}
          </Flex>
        </Form.Item>
      ))}
      <Rules rules={rules} onChange={setRules} />
      <ProposalFields />
      <ProposalRefused problem={wrong} />
      {may ? (
        <Button type="primary" htmlType="submit" loading={busy}>
          {t('propose')}
        </Button>
      ) : null}
    </Form>
  );
}

function Between({ label, from, to, least, most }: { label: string; from: string; to: string; least: number; most: number }): ReactNode {
  const t = useTexts(texts);
  return (
    <Form.Item label={label}>
      <Flex gap={8} align="center">
        <Form.Item name={from} noStyle>
          <InputNumber min={least} max={most} aria-label={`${label}: ${from}`} />
        </Form.Item>
        {t('to')}
        <Form.Item name={to} noStyle>
          <InputNumber min={least} max={most} aria-label={`${label}: ${to}`} />
        </Form.Item>
      </Flex>
    </Form.Item>
  );
}

function fieldsOf(prescreen: PrescreenPolicy): Omit<Fields, keyof ProposalValues> {
  const { velocity } = prescreen;
  const limit = (key: (typeof KEYS)[number]) => ({ max: velocity[key].max, hours: velocity[key].window_s / HOUR_S });
  return {
    min_age: prescreen.min_age,
    max_age: prescreen.max_age,
    min_yuan: prescreen.min_amount_fen / FEN,
    max_yuan: prescreen.max_amount_fen / FEN,
    duplicate_window_days: prescreen.duplicate_window_days,
    regions: prescreen.blocked_regions.join(', '),
    velocity: { phone: limit('phone'), id_number: limit('id_number'), device: limit('device'), ip: limit('ip') },
  };
}

function prescreenOf(fields: Fields, before: PrescreenPolicy): Omit<PrescreenPolicy, 'rules'> {
  const limit = (key: (typeof KEYS)[number]) => ({
    ...before.velocity[key],
    max: fields.velocity[key].max,
    window_s: Math.round(fields.velocity[key].hours * HOUR_S),
  });
  return {
    ...before,
    min_age: fields.min_age,
    max_age: fields.max_age,
    min_amount_fen: Math.round(fields.min_yuan * FEN),
    max_amount_fen: Math.round(fields.max_yuan * FEN),
    duplicate_window_days: fields.duplicate_window_days,
    blocked_regions: fields.regions.split(/[\s,，]+/).filter((one) => one !== ''),
    velocity: { phone: limit('phone'), id_number: limit('id_number'), device: limit('device'), ip: limit('ip') },
  };
}
