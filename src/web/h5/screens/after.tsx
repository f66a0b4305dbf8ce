/** @jsxImportSource preact */
/** What comes after the submission, by the state of the application. */
import { ENDED } from '../../shared/progress.ts';
import { useJourney } from '../journey.ts';
import type { View } from '../types.ts';
import { AskConsents } from './ask-consents.tsx';
import { EndedScreen } from './ended.tsx';
import { LoanScreen } from './loan.tsx';
import { OffersScreen } from './offers.tsx';
import { ProgressScreen } from './progress.tsx';

export function After({ view }: { readonly view: View }) {
  const { kept } = useJourney();
  if (kept === null) return null;
  switch (view.status) {
    case 'needs_consent':
      return <AskConsents key="consents" view={view} />;
    case 'offered':
      return <OffersScreen key="offers" view={view} />;
    case 'accepted':
    case 'disbursed':
      return <LoanScreen key="loan" view={view} />;
    default:
      return ENDED.has(view.status) ? <EndedScreen key="ended" view={view} /> : <ProgressScreen key="progress" view={view} />;
  }
}
