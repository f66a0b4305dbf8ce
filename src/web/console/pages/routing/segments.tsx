/** Which applications go by which policy, and by which of two while they are compared; with the verdict so far. */
import { useQuery } from '@tanstack/react-query';
import { Button, Card, Table } from 'antd';
import { useState, type ReactNode } from 'react';
import type { Segment } from '../../../../domain/segment.ts';
import { percent, useLanguage, useTexts } from '../../language.tsx';
import { recordsQuery } from '../../parts/names.ts';
import { useNames } from '../../policy/names.ts';
import { ruleWords } from '../../policy/rule-words.ts';
import { useMay } from '../../session.ts';
import { SegmentForm } from './segment-form.tsx';
import { texts } from './texts.ts';
import { VerdictShown } from './verdict-shown.tsx';

export function Segments({ policyId }: { policyId: string }): ReactNode {
  const t = useTexts(texts);
  const { lang } = useLanguage();
  const nameOf = useNames();
  const may = useMay('operator', 'risk', 'approver');
  const [edited, setEdited] = useState<Segment | null>(null);
  const rows = useQuery(recordsQuery<Segment>('segment')).data?.data;
  const segments = (rows ?? []).flatMap((row) => (row.retired ? [] : [row.body])).toSorted((a, b) => a.order - b.order);
  const compared = segments.filter((each) => each.challenger !== null && (each.champion === policyId || each.challenger.policy === policyId));
  return (
    <Card size="small" title={t('segments')} style={{ marginTop: 12 }}>
      <p className="quiet">{t('segmentNote')}</p>
      <Table
        size="small"
        pagination={false}
        rowKey="id"
        loading={rows === undefined}
        dataSource={segments}
        scroll={{ x: 'max-content' }}
        columns={[
          { title: t('order'), dataIndex: 'order', align: 'right', className: 'number' },
          { title: t('segment'), dataIndex: 'name' },
          { title: t('condition'), dataIndex: 'rule', render: (rule: Segment['rule']) => ruleWords(rule, lang) },
          { title: t('champion'), dataIndex: 'champion', render: nameOf },
          {
            title: t('challenger'),
            dataIndex: 'challenger',
            render: (value: Segment['challenger']) => (value === null ? t('noChallenger') : `${nameOf(value.policy)} · ${percent(value.share, 0)}`),
          },
          {
            title: '',
            key: 'edit',
            render: (_, segment) => (
              <Button
                size="small"
                autoInsertSpace={false}
                disabled={!may}
                aria-label={t('segmentEdit', { name: segment.name })}
                onClick={() => setEdited(segment)}
              >
                {t('edit')}
              </Button>
            ),
          },
        ]}
      />
      {compared.map((segment) => (
        <VerdictShown key={segment.id} segment={segment} />
      ))}
      {edited === null ? null : <SegmentForm segment={edited} onEnd={() => setEdited(null)} />}
    </Card>
  );
}
