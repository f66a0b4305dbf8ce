/** @jsxImportSource preact */
/** The one thing to do. While it is being done it says so and takes no second tap. */
import type { ComponentChildren } from 'preact';

interface Of {
  readonly children: ComponentChildren;
  readonly onTap?: () => void;
  readonly submit?: boolean;
  readonly busy?: boolean;
  readonly disabled?: boolean;
  readonly look?: 'primary' | 'quiet' | 'link' | 'danger';
  readonly name?: string;
}

export function Button({ children, onTap, submit = false, busy = false, disabled = false, look = 'primary', name }: Of) {
  return (
    <button
      type={submit ? 'submit' : 'button'}
      class={`button ${look}${busy ? ' busy' : ''}`}
      aria-busy={busy}
      aria-disabled={busy || disabled}
      name={name}
      onClick={(event) => {
        if (busy || disabled) return event.preventDefault();
        return onTap?.();
      }}
    >
      {children}
    </button>
  );
}
