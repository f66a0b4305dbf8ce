/** @jsxImportSource preact */
/** A number to be slid or typed; the two are one value. */
import { useEffect, useId, useState } from 'preact/hooks';

interface Of {
  readonly label: string;
  readonly name: string;
  /** What may be chosen, ascending. */
  readonly values: readonly number[];
  readonly value: number;
  readonly onValue: (value: number) => void;
  readonly suffix: string;
  readonly words: (value: number) => string;
}

export function Slider({ label, name, values, value, onValue, suffix, words }: Of) {
  const id = useId();
  const [typed, setTyped] = useState<string | null>(null);
  const at = Math.max(0, values.indexOf(nearest(values, value)));
  useEffect(() => setTyped(null), [value]);
  const take = (): void => {
    const number = Number((typed ?? '').replace(/[^\d.]/g, ''));
    if (typed !== null && number > 0) onValue(nearest(values, number));
    setTyped(null);
  };
  return (
    <div class="field slide">
      <div class="slidehead">
        <label for={id}>{label}</label>
        <span class="box small">
          <input
            id={id}
            name={name}
            inputMode="numeric"
            autocomplete="off"
            value={typed ?? words(value)}
            onFocus={(event) => event.currentTarget.select()}
            onInput={(event) => setTyped(event.currentTarget.value)}
            onBlur={take}
            onKeyDown={(event) => (event.key === 'Enter' ? take() : undefined)}
          />
          <span class="suffix">{suffix}</span>
        </span>
      </div>
      <input
        type="range"
        aria-label={label}
        aria-valuetext={`${words(value)} ${suffix}`}
        min={0}
        max={values.length - 1}
        step={1}
        value={at}
        onInput={(event) => onValue(values[Number(event.currentTarget.value)]!)}
      />
      <p class="ends soft" aria-hidden="true">
        <span>{words(values[0]!)}</span>
        <span>{words(values[values.length - 1]!)}</span>
      </p>
    </div>
  );
}

function nearest(values: readonly number[], wanted: number): number {
  return values.reduce((near, each) => (Math.abs(each - wanted) < Math.abs(near - wanted) ? each : near));
}
