/** @jsxImportSource preact */
/** The bottom of a step: what went wrong, and on to the next. */
import { useSay } from '../language.tsx';
import { Button } from './button.tsx';
import { Trouble, type Trying } from './trouble.tsx';

export function Next({ of, words }: { readonly of: Trying; readonly words?: string }) {
  const say = useSay();
  return (
    <>
      <Trouble of={of} />
      <Button submit busy={of.busy}>
        {words ?? say(['下一步', 'Next'])}
      </Button>
    </>
  );
}
