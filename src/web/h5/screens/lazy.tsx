/** @jsxImportSource preact */
/** What is needed late is fetched late, and before it is needed: while the first steps are being filled in. */
import type { ComponentType } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { pause } from '../api.ts';
import { Loading } from './waiting.tsx';

function lazy<P extends object>(load: () => Promise<ComponentType<P>>): { readonly Shown: ComponentType<P>; readonly fetch: () => void } {
  let ready: ComponentType<P> | null = null;
  const get = async (): Promise<ComponentType<P>> => (ready ??= await load());
  const Shown = (props: P) => {
    const [Found, setFound] = useState<ComponentType<P> | null>(() => ready);
    useEffect(() => {
      let here = true;
      const seek = (): void =>
        void get().then(
          (found) => here && setFound(() => found),
          // Off the net: again when it is back.
          () => void pause(2_000).then(() => here && seek()),
        );
      if (Found === null) seek();
      return () => {
        here = false;
      };
    }, []);
    return Found === null ? <Loading /> : <Found {...props} />;
  };
  return { Shown, fetch: () => void get().catch(() => undefined) };
}

const photos = lazy(async () => (await import('./photos.tsx')).PhotosStep);
const after = lazy(async () => (await import('./after.tsx')).After);

export const LazyPhotos = photos.Shown;
export const LazyAfter = after.Shown;

export function fetchLater(): void {
  photos.fetch();
  after.fetch();
}
