/** @jsxImportSource preact */
/** While funders are being asked. There is nothing to do, and leaving is safe. */
import { useSay } from '../language.tsx';
import { Screen } from '../parts/screen.tsx';
import type { View } from '../types.ts';
import { AttemptList } from './attempts.tsx';
import { ContinueElsewhere } from './elsewhere.tsx';
import { More } from './more.tsx';
import { StepNeeds } from './step-needs.tsx';

export function ProgressScreen({ view }: { readonly view: View }) {
  const say = useSay();
  const reviewed = view.reasons.find(({ code }) => code === 'under_review');
  return (
    <Screen
      title={reviewed === undefined ? say(['正在替您询问', 'Asking for you']) : say(['正在人工查看', 'A person is looking at it'])}
      lead={
        reviewed?.message ??
        say([
          '一家一家地问，答复会自己出现在这里。可以放心离开，结果也会保留。',
          'One by one; answers appear here by themselves. You may leave this page: nothing is lost.',
        ])
      }
    >
      <StepNeeds view={view} />
      {view.attempts.length === 0 ? (
        <p class="soft" role="status">
          {say(['正在准备……', 'Getting ready…'])}
        </p>
      ) : (
        <AttemptList view={view} />
      )}
      <ContinueElsewhere />
      <More view={view} />
    </Screen>
  );
}
