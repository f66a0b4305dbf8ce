/** An operator's own rules: conditions over the facts, and what follows when they hold. */
import { Button, Flex, Input, Modal, Select, Skeleton } from 'antd';
import { lazy, Suspense, useState, type ReactNode } from 'react';
import type { Rule } from '../../../../domain/policy.ts';
import { useLanguage, useTexts } from '../../language.tsx';
import { ruleWords } from '../../policy/rule-words.ts';
import { texts } from './texts.ts';

const RuleBuilder = lazy(() => import('../../parts/rule-builder.tsx'));

export function Rules({ rules, onChange }: { rules: readonly Rule[]; onChange: (rules: Rule[]) => void }): ReactNode {
  const t = useTexts(texts);
  const { lang } = useLanguage();
  const [open, setOpen] = useState<number | null>(null);
  const put = (at: number, more: Partial<Rule>): void => onChange(rules.map((rule, index) => (index === at ? { ...rule, ...more } : rule)));
  const add = (): void => {
    onChange([...rules, { id: `rule_${crypto.randomUUID().slice(0, 8)}`, when: true, action: 'quarantine', note: '' }]);
    setOpen(rules.length);
  };
  return (
    <section aria-label={t('rules')} style={{ marginBottom: 16 }}>
      <h3>{t('rules')}</h3>
      {rules.length === 0 ? <p>{t('noRules')}</p> : null}
      {rules.map((rule, index) => (
        <Flex key={rule.id} gap={8} align="center" style={{ marginBottom: 8 }}>
          <Select
            aria-label={`${t('rules')} ${index + 1}`}
            style={{ width: 96 }}
            value={rule.action}
            onChange={(action) => put(index, { action })}
            options={(['refuse', 'quarantine'] as const).map((value) => ({ value, label: t(value) }))}
          />
          <span style={{ flex: 1 }}>{ruleWords(rule.when, lang)}</span>
          <Input
            aria-label={t('ruleNote')}
            placeholder={t('ruleNote')}
            style={{ width: 200 }}
            value={rule.note}
            onChange={({ target }) => put(index, { note: target.value })}
          />
          <Button size="small" onClick={() => setOpen(index)}>
            {t('edit')}
          </Button>
          <Button size="small" onClick={() => onChange(rules.filter((_, at) => at !== index))}>
            {t('remove')}
          </Button>
        </Flex>
      ))}
      <Button size="small" onClick={add}>
        {t('addRule')}
      </Button>
      <Modal open={open !== null} width={760} title={t('edit')} onCancel={() => setOpen(null)} onOk={() => setOpen(null)} destroyOnHidden>
        {open === null || rules[open] === undefined ? null : (
          <Suspense fallback={<Skeleton active />}>
            <RuleBuilder rule={rules[open].when} onChange={(when) => put(open, { when })} />
          </Suspense>
        )}
      </Modal>
    </section>
  );
}
