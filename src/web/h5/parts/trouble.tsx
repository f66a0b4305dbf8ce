/** @jsxImportSource preact */
/** What went wrong with what was just tried: beside its field when it has one, else above the button. */
import { useState } from 'preact/hooks';
import { Offline, Refused } from '../api.ts';
import { useSay, type Pair } from '../language.tsx';

const OFFLINE: Pair = [
  '网络不通。内容都在，稍后再点一次即可，不会重复提交。',
  'No connection. Nothing is lost: try again in a while, it will not be sent twice.',
];
const BROKEN: Pair = ['出了点问题，请再试一次。', 'Something went wrong. Please try again.'];

export interface Trying {
  readonly busy: boolean;
  /** The sentence for the field that this pointer names. */
  readonly errorAt: (pointer: string) => string | undefined;
  /** What belongs to no field shown; null when all is well. */
  readonly trouble: string | null;
  /** Runs it once at a time. Resolves to false when it failed; the reason is then shown. */
  readonly attempt: (run: () => Promise<unknown>) => Promise<boolean>;
  readonly clear: (pointer?: string) => void;
  readonly set: (errors: Readonly<Record<string, string>>) => void;
}

/** `fields`: the pointers that have a field on this screen. */
export function useTrying(fields: readonly string[] = []): Trying {
  const say = useSay();
  const [busy, setBusy] = useState(false);
  const [errors, setErrors] = useState<Readonly<Record<string, string>>>({});
  const [trouble, setTrouble] = useState<string | null>(null);
  return {
    busy,
    trouble,
    errorAt: (pointer) => errors[pointer],
    set: setErrors,
    clear: (pointer) => {
      if (pointer === undefined) setErrors({});
      else if (pointer in errors) setErrors(Object.fromEntries(Object.entries(errors).filter(([each]) => each !== pointer)));
      setTrouble(null);
    },
    attempt: async (run) => {
      if (busy) return false;
      setBusy(true);
      setTrouble(null);
      setErrors({});
      try {
        await run();
        return true;
      } catch (error) {
        if (error instanceof Refused) {
          const own = error.errors.filter(({ pointer }) => fields.includes(pointer));
          const other = error.errors.filter(({ pointer }) => !fields.includes(pointer));
          setErrors(Object.fromEntries(own.map(({ pointer, message }) => [pointer, message])));
          if (own.length === 0 || other.length > 0) setTrouble(other[0]?.message ?? error.message);
          focusWrong();
        } else setTrouble(say(error instanceof Offline ? OFFLINE : BROKEN));
        return false;
      } finally {
        setBusy(false);
      }
    },
  };
}

export function Trouble({ of }: { readonly of: Pick<Trying, 'trouble'> }) {
  return (
    <p class="trouble" role="alert">
      {of.trouble ?? ''}
    </p>
  );
}

/** To the first field that is wrong, once it is drawn. */
export function focusWrong(): void {
  requestAnimationFrame(() => document.querySelector<HTMLElement>('.wrong input')?.focus());
}
