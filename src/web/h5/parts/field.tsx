/** @jsxImportSource preact */
/** A labelled box for one answer, with its hint and, when something is wrong, the reason right beside it. */
import type { ComponentChildren } from 'preact';
import { useId } from 'preact/hooks';

interface Of {
  readonly label: string;
  readonly value: string;
  readonly onValue: (value: string) => void;
  readonly hint?: ComponentChildren;
  /** Said at once by screen readers. */
  readonly error?: string | undefined;
  /** Said quietly: what was understood. */
  readonly good?: string | undefined;
  readonly mode?: 'numeric' | 'decimal' | 'text';
  readonly autocomplete?: 'off' | 'name' | 'tel-national' | 'one-time-code';
  readonly maxLength?: number;
  readonly suffix?: string;
  readonly name: string;
  readonly children?: ComponentChildren;
}

export function Field(of: Of) {
  const id = useId();
  const { error, hint, good } = of;
  const described = [hint === undefined ? '' : `${id}h`, error === undefined ? '' : `${id}e`].filter((part) => part !== '').join(' ');
  return (
    <div class={`field${error === undefined ? '' : ' wrong'}`}>
      <label for={id}>{of.label}</label>
      <div class="box">
        <input
          id={id}
          name={of.name}
          type="text"
          inputMode={of.mode ?? 'text'}
          autocomplete={of.autocomplete ?? 'off'}
          autocapitalize="off"
          spellcheck={false}
          value={of.value}
          {...(of.maxLength === undefined ? {} : { maxLength: of.maxLength })}
          aria-invalid={error !== undefined}
          aria-describedby={described === '' ? undefined : described}
          onInput={(event) => of.onValue(event.currentTarget.value)}
        />
        {of.suffix === undefined ? null : <span class="suffix">{of.suffix}</span>}
        {of.children}
      </div>
      {hint === undefined ? null : (
        <p class="hint" id={`${id}h`}>
          {hint}
        </p>
      )}
      <p class="good" aria-live="polite">
        {good ?? ''}
      </p>
      <FieldError id={`${id}e`} error={error} />
    </div>
  );
}

export function FieldError({ id, error }: { readonly id: string; readonly error: string | undefined }) {
  return (
    <p class="error" id={id} role="alert">
      {error ?? ''}
    </p>
  );
}
