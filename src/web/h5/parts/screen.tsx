/** @jsxImportSource preact */
/** One question at a time: a heading that gets the focus when the screen comes, what is asked, and the one thing to do at the bottom. */
import type { ComponentChildren } from 'preact';
import { useLayoutEffect, useRef } from 'preact/hooks';

let shown = 0;

interface Of {
  readonly title: string;
  /** Where this is in the form: `[2, 5]`. */
  readonly at?: readonly [number, number] | undefined;
  readonly atWords?: string;
  readonly lead?: ComponentChildren;
  readonly children?: ComponentChildren;
  /** Stays within reach of the thumb. */
  readonly action?: ComponentChildren;
  readonly onSubmit?: (() => void) | undefined;
}

export function Screen({ title, at, atWords, lead, children, action, onSubmit }: Of) {
  const heading = useRef<HTMLHeadingElement>(null);
  // With the heading, not a moment after it: nobody is on the new screen under the old title.
  useLayoutEffect(() => {
    document.title = title;
    // The first screen is where the reader begins anyway; on every other one they must be told that it is new.
    if (shown > 0) {
      heading.current?.focus({ preventScroll: true });
      scrollTo(0, 0);
    }
    shown += 1;
  }, []);
  const inner = (
    <>
      {at === undefined ? null : (
        <p class="steps">
          <span class="bar" aria-hidden="true">
            {Array.from({ length: at[1] }, (_, index) => (
              <i class={index < at[0] ? 'on' : ''} />
            ))}
          </span>
          <span class="soft">{atWords}</span>
        </p>
      )}
      <h1 tabIndex={-1} ref={heading}>
        {title}
      </h1>
      {lead === undefined ? null : <p class="lead">{lead}</p>}
      {children}
      {action === undefined ? null : <div class="action">{action}</div>}
    </>
  );
  if (onSubmit === undefined) return <main class="screen">{inner}</main>;
  return (
    <main class="screen">
      <form
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          onSubmit();
        }}
      >
        {inner}
      </form>
    </main>
  );
}
