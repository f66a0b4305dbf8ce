/** An operator's own rules: conditions over the facts, and what follows when they hold. */
import { Button, Flex, Input, Modal, Select, Skeleton } from 'antd';
import { lazy, Suspense, useState, type ReactNode } from 'react';
import type { Rule } from '../../../../domain/policy.ts';
import { useLanguage, useTexts } from '../../language.tsx';
import { ruleWords } from '../../policy/rule-words.ts';
import { newKey } from '../../policy/use-proposal.ts';
import { texts } from './texts.ts';

const RuleBuilder = lazy(() => import('../../parts/rule-builder.tsx'));

interface Props {
  readonly rules: readonly Rule[];
  readonly onChange: (rules: Rule[]) => void;
}
/** The condition of one rule while it is written; `at` is behind the last for a new one. */
interface Draft {
  readonly at: number;
  readonly when: Rule['when'];
  readonly isWhole: boolean;
}

export function Rules({ rules, onChange }: Props): ReactNode {
  const t = useTexts(texts);
  const { lang } = useLanguage();
  const [draft, setDraft] = useState<Draft | null>(null);
  const put = (at: number, more: Partial<Rule>): void => onChange(rules.map((rule, index) => (index === at ? { ...rule, ...more } : rule)));
  const keep = ({ at, when }: Draft): void => {
    if (at < rules.length) put(at, { when });
    else onChange([...rules, { id: `rule_${newKey().slice(0, 8)}`, when, action: 'quarantine', note: '' }]);
    setDraft(null);
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
          <Button size="small" onClick={() => setDraft({ at: index, when: rule.when, isWhole: true })}>
            {t('edit')}
          </Button>
          <Button size="small" onClick={() => onChange(rules.filter((_, at) => at !== index))}>
            {t('remove')}
          </Button>
        </Flex>
      ))}
      <Button size="small" onClick={() => setDraft({ at: rules.length, when: true, isWhole: true })}>
        {t('addRule')}
      </Button>
      <Modal
        open={draft !== null}
        width={760}
        title={t('edit')}
        onCancel={() => setDraft(null)}
        onOk={() => draft !== null && keep(draft)}
        okButtonProps={{ disabled: draft?.isWhole !== true }}
        destroyOnHidden
      >
        {draft === null ? null : (
          <Suspense fallback={<Skeleton active />}>
            <RuleBuilder rule={draft.when} onChange={(when, isWhole) => setDraft({ at: draft.at, when, isWhole })} />
          </Suspense>
        )}
      </Modal>
    </section>
  );
}
