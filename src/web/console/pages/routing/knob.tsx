/** One number that is set by hand: what it means, what it is now, a slider, a field for the exact value, and what the desk says is wrong with it. */
import { InputNumber, Slider } from 'antd';
import { useId, type ReactNode } from 'react';
import { Meaning } from '../../parts/meaning.tsx';

export interface KnobProps {
  readonly label: string;
  readonly meaning?: string;
  readonly value: number;
  /** In the policy in force, as said. */
  readonly now: string;
  readonly isChanged: boolean;
  readonly min: number;
  readonly max: number;
  readonly step: number;
  /** Most that may be typed, where the slider ends earlier. */
  readonly most?: number;
  readonly suffix?: string;
  readonly faults: readonly string[];
  readonly disabled: boolean;
  readonly onChange: (value: number) => void;
  readonly beside?: ReactNode;
}

export function Knob(props: KnobProps): ReactNode {
  const { label, meaning, value, now, isChanged, min, max, step, suffix, faults, disabled, onChange, beside } = props;
  const id = useId();
  const take = (next: number | null): void => {
    if (next !== null) onChange(next);
  };
  const aria = { 'aria-label': label, ...(faults.length > 0 ? { 'aria-describedby': id } : {}) };
  return (
    <div className="knob" data-changed={isChanged}>
      <div className="knob-label">
        {meaning === undefined ? label : <Meaning words={meaning}>{label}</Meaning>}
        {beside}
      </div>
      <span className="knob-now">{now}</span>
      <Slider
        min={min}
        max={Math.max(max, value)}
        step={step}
        value={value}
        disabled={disabled}
        onChange={take}
        tooltip={{ open: false }}
        ariaLabelForHandle={label}
        styles={{ root: { margin: '4px 8px' } }}
      />
      <InputNumber
        {...aria}
        size="small"
        value={value}
        min={min}
        max={props.most ?? max}
        step={step}
        disabled={disabled}
        onChange={take}
        status={faults.length > 0 ? 'error' : ''}
        {...(suffix === undefined ? {} : { suffix })}
        style={{ width: 96 }}
      />
      <Faults id={id} faults={faults} />
    </div>
  );
}

export function Faults({ id, faults }: { id?: string; faults: readonly string[] }): ReactNode {
  return faults.length === 0 ? null : (
    <div {...(id === undefined ? {} : { id })} className="fault" role="alert">
      {faults.join('；')}
    </div>
  );
}
