/** What every step of the form has in common: where it is, and how it is saved. */
import type { PageStep } from '../../domain/page-variant.ts';
import { ask } from './api.ts';
import { useJourney } from './journey.ts';
import { useSay } from './language.tsx';
import type { Trying } from './parts/trouble.tsx';
import type { View } from './types.ts';

/** `3` of `5`, in the bar and in words. */
export function useAt(step: PageStep): { readonly at: readonly [number, number]; readonly atWords: string } {
  const { config } = useJourney();
  const say = useSay();
  const at = [Math.max(0, config.steps.indexOf(step)) + 1, config.steps.length] as const;
  return { at, atWords: say(['第 {n} 步，共 {of} 步', 'Step {n} of {of}'], { n: at[0], of: at[1] }) };
}

/** Saves answers to the draft and goes on. */
export function useSaving(step: PageStep, trying: Trying): (body: object) => void {
  const { kept, next } = useJourney();
  return (body) =>
    void trying.attempt(async () => {
      next(await ask<View>('PATCH', `/v1/applications/${kept?.id ?? ''}`, { json: body }), step);
    });
}
