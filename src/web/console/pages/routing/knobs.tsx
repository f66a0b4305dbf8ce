/** The policy's own numbers and switches. */
import { Radio } from 'antd';
import type { ReactNode } from 'react';
import type { Policy } from '../../../../domain/policy.ts';
import { useLanguage, useTexts } from '../../language.tsx';
import { Meaning } from '../../parts/meaning.tsx';
import { valueWords } from '../../policy/difference-words.ts';
import { fieldAt } from '../../policy/fields.ts';
import { Faults, Knob } from './knob.tsx';
import { texts } from './texts.ts';

export interface Editing {
  readonly now: Policy;
  readonly body: Policy;
  readonly disabled: boolean;
  /** What is wrong at a pointer or below it, in the operator's language. */
  readonly faultsAt: (pointer: string) => readonly string[];
  readonly edit: (change: (body: Policy) => Policy) => void;
}

type NumberName =
  | 'patience'
  | 'patience_half_life_s'
  | 'max_attempts'
  | 'max_steering'
  | 'exploration_share'
  | 'exposure_cost_fen'
  | 'partner_offer_value_fen';
interface Range {
  readonly name: NumberName;
  readonly min: number;
  readonly max: number;
  readonly step: number;
  readonly most?: number;
  /** What is shown and typed is the value times this. */
  readonly scale: number;
  readonly suffix?: string;
}
const RANGES: readonly Range[] = [
  { name: 'patience', min: 0, max: 100, step: 1, scale: 100, suffix: '%' },
  { name: 'patience_half_life_s', min: 1, max: 120, step: 1, most: 10_080, scale: 1 / 60, suffix: 'min' },
  { name: 'max_attempts', min: 1, max: 20, step: 1, most: 50, scale: 1 },
  { name: 'max_steering', min: 0, max: 100, step: 1, scale: 100, suffix: '%' },
  { name: 'exploration_share', min: 0, max: 50, step: 1, most: 100, scale: 100, suffix: '%' },
  { name: 'exposure_cost_fen', min: 0, max: 20, step: 0.1, most: 10_000, scale: 1 / 100, suffix: '¥' },
  { name: 'partner_offer_value_fen', min: 0, max: 50, step: 0.1, most: 100_000, scale: 1 / 100, suffix: '¥' },
];

export function Knobs({ editing }: { editing: Editing }): ReactNode {
  const t = useTexts(texts);
  const { lang } = useLanguage();
  const { now, body, edit, disabled, faultsAt } = editing;
  return (
    <>
      <Choice editing={editing} name="strategy" values={['waterfall', 'wave', 'rate_table']} meaning={t('strategyMeans')} />
      {body.strategy === 'wave' ? (
        <Knob
          label={fieldAt('policy', '/wave_size')!.field.words[lang]}
          value={body.wave_size}
          now={t('was', { value: now.wave_size })}
          isChanged={now.wave_size !== body.wave_size}
          min={1}
          max={10}
          most={20}
          step={1}
          faults={faultsAt('/wave_size')}
          disabled={disabled}
          onChange={(value) => edit((was) => ({ ...was, wave_size: value }))}
        />
      ) : null}
      {RANGES.map(({ name, scale, ...range }) => (
        <Knob
          key={name}
          {...range}
          label={fieldAt('policy', `/${name}`)!.field.words[lang]}
          meaning={t(`${name}Means`)}
          value={rounded(body[name] * scale)}
          now={t('was', { value: valueWords('policy', `/${name}`, now[name], String, lang) })}
          isChanged={now[name] !== body[name]}
          faults={faultsAt(`/${name}`)}
          disabled={disabled}
          onChange={(value) => edit((was) => ({ ...was, [name]: rounded(value / scale) }))}
        />
      ))}
      <Choice editing={editing} name="tier_order" values={['index', 'strict_first']} meaning={t('tierOrderMeans')} />
      <Choice editing={editing} name="choice" values={['worthwhile', 'all']} meaning={t('choiceMeans')} />
    </>
  );
}

function Choice({
  editing: { now, body, edit, disabled, faultsAt },
  name,
  values,
  meaning,
}: {
  editing: Editing;
  name: 'strategy' | 'tier_order' | 'choice';
  values: readonly string[];
  meaning: string;
}): ReactNode {
  const t = useTexts(texts);
  const { lang } = useLanguage();
  const field = fieldAt('policy', `/${name}`)!.field;
  return (
    <div className="knob choice" data-changed={now[name] !== body[name]}>
      <div className="knob-label">
        <Meaning words={meaning}>{field.words[lang]}</Meaning>
      </div>
      <span className="knob-now">{t('was', { value: valueWords('policy', `/${name}`, now[name], String, lang) })}</span>
      <Radio.Group
        size="small"
        optionType="button"
        aria-label={field.words[lang]}
        value={body[name]}
        disabled={disabled}
        onChange={(event) => edit((was) => ({ ...was, [name]: String(event.target.value) }))}
        options={values.map((value) => ({ value, label: field.values![value]![lang] }))}
      />
      <Faults faults={faultsAt(`/${name}`)} />
    </div>
  );
}

function rounded(value: number): number {
  return Math.round(value * 1e6) / 1e6;
}
