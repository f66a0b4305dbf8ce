/** @jsxImportSource preact */
/** From the submission on: what is shown follows what the service says, live. */
import { useEffect } from 'preact/hooks';
import { ENDED } from '../../shared/progress.ts';
import { useJourney } from '../journey.ts';
import { useLanguage } from '../language.tsx';
import { follow } from '../live.ts';
import { LazyAfter } from './lazy.tsx';
import { Loading } from './waiting.tsx';

export function StatusScreen() {
  const { kept, view, take } = useJourney();
  const { lang } = useLanguage();
  const id = kept?.id;
  const over = view !== null && ENDED.has(view.status);
  useEffect(() => {
    if (id === undefined || over) return undefined;
    const stop = new AbortController();
    void follow(id, (seen) => take(seen), stop.signal);
    return () => stop.abort();
  }, [id, over, lang]);
  return view === null ? <Loading /> : <LazyAfter view={view} />;
}
