/** A policy as it was, version by version, and the way back to one. */
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Alert, Badge, Button, Card, Form, Input, Modal, Select, Tag } from 'antd';
import { useState, type ReactNode } from 'react';
import { ask, problemOf, reading } from '../../api.ts';
import { moment, useLanguage, useTexts } from '../../language.tsx';
import { Answered } from '../../parts/answered.tsx';
import { DifferenceList } from '../../policy/difference-list.tsx';
import { policiesQuery, useNames } from '../../policy/names.ts';
import type { Change, PolicyVersion } from '../../policy/records.ts';
import { useMay } from '../../session.ts';
import { texts } from './texts.ts';

export function Versions({ policyId, onPolicy }: { policyId: string | undefined; onPolicy: (id: string) => void }): ReactNode {
  const t = useTexts(texts);
  const policies = useQuery(policiesQuery);
  return (
    <Answered query={policies}>
      {(found) => {
        const chosen = found.policies.find(({ id }) => id === policyId) ?? found.policies.find(({ general }) => general) ?? found.policies[0];
        if (chosen === undefined) return null;
        return (
          <>
            <div className="bar">
              <label>
                {t('policy')}{' '}
                <Select
                  aria-label={t('policy')}
                  value={chosen.id}
                  onChange={onPolicy}
                  options={found.policies.map((policy) => ({ value: policy.id, label: policy.name }))}
                  style={{ minWidth: 200 }}
                />
              </label>
            </div>
            <History id={chosen.id} inForce={chosen.version} />
          </>
        );
      }}
    </Answered>
  );
}

function History({ id, inForce }: { id: string; inForce: number }): ReactNode {
  const t = useTexts(texts);
  const { lang } = useLanguage();
  const nameOf = useNames();
  const may = useMay('approver');
  const [to, setTo] = useState<number | null>(null);
  const [done, setDone] = useState<number | null>(null);
  const versions = useQuery({
    queryKey: ['policy', id, 'versions', inForce],
    queryFn: reading<{ data: readonly PolicyVersion[] }>(`/v1/desk/policies/${id}/versions`),
  });
  return (
    <Answered query={versions}>
      {({ data }) => (
        <>
          {done === null ? null : <Alert type="success" title={t('rolledBack', { n: done })} style={{ marginBottom: 12 }} />}
          {data.map((version, at) => (
            <Card
              key={version.version}
              size="small"
              style={{ marginBottom: 8 }}
              title={
                <>
                  {t('version')} {version.version} {at === 0 && !version.retired ? <Badge status="success" text={t('inForce')} /> : null}
                  {version.retired ? <Tag>{t('retired')}</Tag> : null}
                </>
              }
              extra={
                at === 0 || version.retired ? null : (
                  <Button size="small" disabled={!may} onClick={() => setTo(version.version)}>
                    {t('rollBackTo', { n: version.version })}
                  </Button>
                )
              }
            >
              <p className="quiet" style={{ marginTop: 0 }}>
                {moment(version.at, lang)} ·{' '}
                {version.approver === null || version.approver === version.author
                  ? t('byOne', { author: version.author })
                  : t('by', { author: version.author, approver: version.approver })}
                {at === data.length - 1 ? null : ` · ${t('differs')}`}
              </p>
              <DifferenceList kind="policy" diff={version.diff} nameOf={nameOf} empty={at === data.length - 1 ? t('first') : t('sameContent')} />
            </Card>
          ))}
          {to === null ? null : (
            <RollBack
              id={id}
              to={to}
              onEnd={(isDone) => {
                if (isDone) setDone(to);
                setTo(null);
              }}
            />
          )}
        </>
      )}
    </Answered>
  );
}

function RollBack({ id, to, onEnd }: { id: string; to: number; onEnd: (isDone: boolean) => void }): ReactNode {
  const t = useTexts(texts);
  const queries = useQueryClient();
  const [form] = Form.useForm<{ note: string }>();
  const [wrong, setWrong] = useState<string | null>(null);
  const act = async ({ note }: { note: string }): Promise<void> => {
    try {
      await ask<Change>('POST', `/v1/desk/policies/${id}/roll-back`, { to_version: to, note });
      await queries.invalidateQueries();
      onEnd(true);
    } catch (error) {
      setWrong(problemOf(error).title);
    }
  };
  return (
    <Modal
      open
      title={t('rollBackTo', { n: to })}
      okText={t('rollBackTo', { n: to })}
      cancelText={t('cancel')}
      onOk={() => form.submit()}
      onCancel={() => onEnd(false)}
    >
      <p>{t('rollBackWhat')}</p>
      {wrong === null ? null : <Alert type="error" title={wrong} />}
      <Form form={form} layout="vertical" onFinish={(values) => void act(values)}>
        <Form.Item name="note" label={t('rollBackWhy')} rules={[{ required: true, whitespace: true, message: t('whyNeeded') }]}>
          <Input.TextArea autoSize={{ minRows: 2 }} maxLength={500} autoFocus />
        </Form.Item>
      </Form>
    </Modal>
  );
}
