/** @jsxImportSource preact */
/** One of several, to be tapped: a group of radio buttons that looks like chips. */
import { useId } from 'preact/hooks';
import { FieldError } from './field.tsx';

interface Of {
  readonly label: string;
  readonly name: string;
  readonly options: readonly (readonly [value: string, label: string])[];
  readonly value: string | null;
  readonly onValue: (value: string) => void;
  readonly error?: string | undefined;
}

export function Chips({ label, name, options, value, onValue, error }: Of) {
  const id = useId();
  return (
    <fieldset class={`field${error === undefined ? '' : ' wrong'}`} aria-describedby={error === undefined ? undefined : `${id}e`}>
      <legend>{label}</legend>
      <div class="chips">
        {options.map(([each, words]) => (
          <label class="chip" key={each}>
            <input type="radio" name={name} value={each} checked={each === value} onChange={() => onValue(each)} />
            <span>{words}</span>
          </label>
        ))}
      </div>
      <FieldError id={`${id}e`} error={error} />
    </fieldset>
  );
}
