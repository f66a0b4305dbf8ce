/** The steps of the form in their order, moved by buttons; those that may be left out can be. For an item of antd's form. */
import { Button, Flex } from 'antd';
import { useEffect, useRef, useState, type ReactNode } from 'react';
import type { PageStep } from '../../../../domain/page-variant.ts';
import { useLanguage, useTexts } from '../../language.tsx';
import { fieldAt } from '../../policy/fields.ts';
import { OPTIONAL_STEPS } from './form-values.ts';
import { texts } from './texts.ts';

interface Props {
  readonly value?: readonly PageStep[];
  readonly onChange?: (steps: readonly PageStep[]) => void;
}
type Deed = 'up' | 'down' | 'leaveOut' | 'ask';

export function StepsField({ value = [], onChange }: Props): ReactNode {
  const t = useTexts(texts);
  const { lang } = useLanguage();
  const [said, setSaid] = useState('');
  const { box, followed } = useFocusThatFollows(value);
  const nameOf = (step: PageStep): string => fieldAt('page_variant', '/steps')!.field.values![step]![lang];
  const put = (step: PageStep, deed: Deed, next: readonly PageStep[]): void => {
    followed.current = { step, deed };
    setSaid(next.includes(step) ? t('movedTo', { step: nameOf(step), n: next.indexOf(step) + 1 }) : `${nameOf(step)}: ${t('leaveOut')}`);
    onChange?.(next);
  };
  const button = (step: PageStep, deed: Deed, next: readonly PageStep[], disabled = false): ReactNode => (
    <Button
      size="small"
      autoInsertSpace={false}
      data-deed={deed}
      aria-label={deed === 'ask' ? undefined : `${nameOf(step)}: ${t(deed)}`}
      {...(disabled ? { disabled } : {})}
      onClick={() => put(step, deed, next)}
    >
      {deed === 'ask' ? t('ask', { step: nameOf(step) }) : t(deed)}
    </Button>
  );
  return (
    <div ref={box}>
      <ol className="steps">
        {value.map((step, at) => (
          <li key={step} data-step={step}>
            <Flex gap={8} wrap align="center">
              <span style={{ minWidth: 72 }}>{nameOf(step)}</span>
              {button(step, 'up', value.with(at, value[at - 1] ?? step).with(Math.max(0, at - 1), step), at === 0)}
              {button(step, 'down', value.with(at, value[at + 1] ?? step).with(Math.min(value.length - 1, at + 1), step), at === value.length - 1)}
              {OPTIONAL_STEPS.includes(step) ? button(step, 'leaveOut', value.toSpliced(at, 1)) : null}
            </Flex>
          </li>
        ))}
      </ol>
      <Flex gap={8} wrap>
        {OPTIONAL_STEPS.filter((step) => !value.includes(step)).map((step) => (
          <span key={step} data-step={step}>
            {button(step, 'ask', [...value, step])}
          </span>
        ))}
      </Flex>
      <span className="unseen" role="status">
        {said}
      </span>
    </div>
  );
}

/** What was moved is moved in the document too, and would lose the focus of the keyboard. */
function useFocusThatFollows(value: readonly PageStep[]) {
  const box = useRef<HTMLDivElement>(null);
  const followed = useRef<{ readonly step: PageStep; readonly deed: Deed } | null>(null);
  useEffect(() => {
    if (followed.current === null) return;
    const { step, deed } = followed.current;
    followed.current = null;
    const open = [...(box.current?.querySelectorAll<HTMLButtonElement>(`[data-step=${step}] button:enabled`) ?? [])];
    (open.find((one) => one.dataset['deed'] === deed) ?? open[0])?.focus();
  }, [value]);
  return { box, followed };
}
