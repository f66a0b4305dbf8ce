/** @jsxImportSource preact */
/** One step of the form. Each saves what it asked before the next comes. */
import { useEffect, useState } from 'preact/hooks';
import type { PageStep } from '../../../domain/page-variant.ts';
import { AssetsStep } from './assets.tsx';
import { IdentityStep } from './identity.tsx';
import { fetchLater, LazyPhotos } from './lazy.tsx';
import { PurposeStep } from './purpose.tsx';
import { WorkStep } from './work.tsx';

export function FormStep({ step }: { readonly step: PageStep }) {
  const [first] = useState(step);
  useEffect(fetchLater, []);
  switch (first) {
    case 'identity':
      return <IdentityStep />;
    case 'work':
      return <WorkStep />;
    case 'assets':
      return <AssetsStep />;
    case 'purpose':
      return <PurposeStep />;
    case 'photos':
      return <LazyPhotos />;
  }
}
