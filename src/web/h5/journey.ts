/** Where somebody is on their way: what the page knows, and what it does when they go on. One of it for the whole page. */
import { createContext } from 'preact';
import { useContext } from 'preact/hooks';
import type { PageStep } from '../../domain/page-variant.ts';
import type { KeptApplication } from './kept.ts';
import type { PageConfig, View } from './types.ts';

/** `start` and `phone`, the steps of the form, the platform's consent, and from then on `status`. */
export type Place = 'start' | 'phone' | PageStep | 'agree' | 'status';

export interface Journey {
  readonly config: PageConfig;
  readonly view: View | null;
  readonly kept: KeptApplication | null;
  readonly place: Place;
  /** What is asked for, before there is an application. */
  readonly wish: { readonly amountFen: number; readonly months: number };
  readonly setWish: (wish: Journey['wish']) => void;
  /** `hash`: what the address then ends with. */
  readonly go: (place: Place, hash?: string) => void;
  /** Takes in what the service said of the application; `done` marks a step of the form. */
  readonly take: (view: View, done?: readonly PageStep[]) => void;
  /** After a step of the form: to the next that is not done. */
  readonly next: (view: View, done: PageStep) => void;
  /** Reads the application anew. */
  readonly reload: () => Promise<void>;
  /** Lets go of the application on this device and begins again. */
  readonly leave: () => void;
}

export const JourneyContext = createContext<Journey | null>(null);

export function useJourney(): Journey {
  const journey = useContext(JourneyContext);
  if (journey === null) throw new Error('outside of the page');
  return journey;
}

/** Of a draft: the steps whose answers the service has. One that may be left empty counts as done when a later one is. */
export function doneOf(steps: readonly PageStep[], view: View, known: readonly PageStep[]): readonly PageStep[] {
  const lacks = new Set<PageStep>();
  for (const need of view.needs) {
    if (need.kind === 'fields') for (const pointer of need.fields) lacks.add(stepOf(pointer));
    if (need.kind === 'documents') lacks.add('photos');
  }
  const sure = steps.map((step) => !lacks.has(step) && (step === 'assets' ? known.includes('assets') : true));
  const last = sure.reduce((at, done, index) => (done && steps[index] !== 'assets' && steps[index] !== 'photos' ? index : at), -1);
  return steps.filter((step, index) => sure[index] === true || (step === 'assets' && index < last));
}

function stepOf(pointer: string): PageStep {
  if (pointer === '/applicant/name' || pointer === '/applicant/id_number') return 'identity';
  return pointer === '/request/purpose' ? 'purpose' : 'work';
}
