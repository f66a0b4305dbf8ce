/**
 * A JsonLogic rule over the facts as conditions that one picks. A rule that is written in another way than these conditions can say is shown and
 * kept as it is written. Sums are typed in yuan and kept in fen.
 */
import { QueryBuilderAntD } from '@react-querybuilder/antd';
import { Alert, Input } from 'antd';
import { useMemo, useState, type ReactNode } from 'react';
import { QueryBuilder, type Field, type RuleGroupType } from 'react-querybuilder';
import type { JsonLogic } from '../../../domain/funder.ts';
import { useLanguage } from '../language.tsx';
import { FACTS } from '../policy/facts.ts';
import { ruleWords } from '../policy/rule-words.ts';
import { fromQuery, isComplete, toQuery } from './rule-query.ts';
import { OPERATORS, TRANSLATIONS, WORDS } from './rule-texts.ts';

interface Props {
  readonly rule: JsonLogic;
  /** `isWhole`: nothing is half written; what is must not be proposed. */
  readonly onChange: (rule: JsonLogic, isWhole: boolean) => void;
}

export default function RuleBuilder({ rule, onChange }: Props): ReactNode {
  const { lang } = useLanguage();
  // What is begun as text stays text until the drawer is closed: it would jump under the hand.
  const [query, setQuery] = useState<RuleGroupType | null>(() => toQuery(rule));
  const fields = useMemo(
    (): Field[] =>
      FACTS.map((fact) => ({
        name: fact.name,
        label: fact.kind === 'fen' ? `${fact.words[lang]} (¥)` : fact.words[lang],
        inputType: fact.kind === 'number' || fact.kind === 'fen' ? 'number' : 'text',
        operators: OPERATORS[fact.kind].map((name) => ({ name, value: name, label: WORDS[name]![lang] })),
        ...(fact.values === undefined
          ? {}
          : {
              valueEditorType: (operator: string) => (operator === 'in' || operator === 'notIn' ? ('multiselect' as const) : ('select' as const)),
              values: Object.entries(fact.values).map(([name, words]) => ({ name, label: words[lang] })),
            }),
      })),
    [lang],
  );
  if (query === null) return <Written rule={rule} onChange={onChange} />;
  return (
    <div className="rule-builder">
      <QueryBuilderAntD>
        <QueryBuilder
          fields={fields}
          query={query}
          onQueryChange={(next) => {
            setQuery(next);
            onChange(fromQuery(next), isComplete(next));
          }}
          combinators={[
            { name: 'and', label: WORDS['and']![lang] },
            { name: 'or', label: WORDS['or']![lang] },
          ]}
          translations={TRANSLATIONS[lang]}
          listsAsArrays
          showNotToggle
          resetOnFieldChange
        />
      </QueryBuilderAntD>
      <p className={isComplete(query) ? 'quiet' : 'fault'}>{isComplete(query) ? ruleWords(rule, lang) : WORDS['half']![lang]}</p>
    </div>
  );
}

function Written({ rule, onChange }: Props): ReactNode {
  const { lang } = useLanguage();
  const [text, setText] = useState(() => JSON.stringify(rule, null, 2));
  const [isBroken, setIsBroken] = useState(false);
  return (
    <>
      <Alert type="info" title={WORDS['written']![lang]} style={{ marginBottom: 8 }} />
      <Input.TextArea
        aria-label="JsonLogic"
        value={text}
        autoSize={{ minRows: 4, maxRows: 16 }}
        status={isBroken ? 'error' : ''}
        style={{ fontFamily: 'monospace' }}
        onChange={(event) => {
          setText(event.target.value);
          try {
            onChange(JSON.parse(event.target.value) as JsonLogic, true);
            setIsBroken(false);
          } catch {
            onChange(rule, false);
            setIsBroken(true);
          }
        }}
      />
      {isBroken ? <div className="fault">{WORDS['broken']![lang]}</div> : null}
    </>
  );
}
