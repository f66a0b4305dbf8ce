/** Who applies, masked. One field at a time can be seen in plain by those who may, with a reason that stays in the audit trail. */
import { App, Button, Card, Descriptions, Input } from 'antd';
import { useState, type ReactNode } from 'react';
import { ask, problemOf } from '../../api.ts';
import type { Lang } from '../../language-kept.ts';
import { useLanguage, useTexts, yuan } from '../../language.tsx';
import { factOf } from '../../policy/facts.ts';
import { useMay } from '../../session.ts';
import type { Detail } from './detail.ts';
import { texts } from './texts.ts';

const MASKED = ['name', 'phone', 'id_number'] as const;

export function Facts({ detail }: { detail: Detail }): ReactNode {
  const t = useTexts(texts);
  const { lang } = useLanguage();
  const { applicant, facts } = detail;
  if (applicant === null || facts === null)
    return (
      <Card size="small" title={t('facts')}>
        {t('erased')}
      </Card>
    );
  const items = [
    ...MASKED.map((field) => ({ key: field, label: t(field), children: <Masked id={detail.id} field={field} masked={applicant[field]} /> })),
    { key: 'age', label: t('age'), children: [facts.age ?? '–', facts.sex === null ? '' : t(facts.sex)].join(' ') },
    { key: 'province', label: t('province'), children: facts.province?.[lang] ?? '–' },
    { key: 'income', label: t('income'), children: facts.monthly_income_fen === null ? '–' : yuan(facts.monthly_income_fen) },
    { key: 'employment', label: t('employment'), children: said('employment', facts.employment, lang) },
    { key: 'assets', label: t('assets'), children: Object.entries(facts.assets).map(([name, value]) => <div key={name}>{`${name}: ${value}`}</div>) },
    { key: 'purpose', label: t('purpose'), children: said('purpose', facts.purpose, lang) },
    {
      key: 'asked',
      label: t('asked'),
      children: `${detail.amount_fen === null ? '–' : yuan(detail.amount_fen)} · ${detail.term_months === null ? '–' : t('months', { n: detail.term_months })}`,
    },
    { key: 'channel', label: t('channel'), children: [detail.channel, detail.variant].filter(Boolean).join(' / ') },
    { key: 'policy', label: t('policy'), children: [detail.policy_id, detail.segment_id, detail.arm].filter(Boolean).join(' / ') || '–' },
    {
      key: 'documents',
      label: t('documents'),
      children: (
        <Lines
          of={detail.documents.map((one) => `${one.kind === 'id_front' ? t('front') : t('back')}: ${one.ok ? t('ok') : one.problems.join(', ')}`)}
        />
      ),
    },
  ];
  return (
    <Card size="small" title={t('facts')}>
      <Descriptions column={1} size="small" items={items} />
    </Card>
  );
}

/** A value of a fact in words; the value itself when nobody has put it in words. */
function said(name: string, value: string | null, lang: Lang): string {
  return value === null ? '–' : (factOf(name)?.values?.[value]?.[lang] ?? value);
}

function Lines({ of }: { of: readonly string[] }): ReactNode {
  return (
    <div>
      {of.map((line) => (
        <div key={line}>{line}</div>
      ))}
    </div>
  );
}

function Masked({ id, field, masked }: { id: string; field: (typeof MASKED)[number]; masked: string | null }): ReactNode {
  const t = useTexts(texts);
  const { modal, message } = App.useApp();
  const [plain, setPlain] = useState<string | null>(null);
  const may = useMay('operator', 'risk');
  if (masked === null) return '–';
  const show = (): void => {
    let reason = '';
    modal.confirm({
      title: `${t('show')}: ${t(field)}`,
      content: <Input aria-label={t('why')} placeholder={t('why')} maxLength={200} onChange={({ target }) => (reason = target.value)} />,
      icon: null,
      onOk: async () => {
        try {
          setPlain((await ask<{ value: string }>('POST', `/v1/desk/applications/${id}/unmask`, { field, reason })).value);
        } catch (error) {
          message.error(problemOf(error).errors?.[0]?.message ?? problemOf(error).title);
          throw error;
        }
      },
    });
  };
  return (
    <span>
      {plain ?? masked}{' '}
      {may && plain === null ? (
        <Button type="link" size="small" onClick={show} aria-label={`${t('show')}: ${t(field)}`}>
          {t('show')}
        </Button>
      ) : null}
    </span>
  );
}
