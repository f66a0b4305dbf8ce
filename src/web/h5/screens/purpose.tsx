/** @jsxImportSource preact */
/** What the money is for. */
import type { PURPOSE } from '../../../domain/applicant.ts';
import { useAnswers } from '../answers.ts';
import { useSay, type Pair } from '../language.tsx';
import { Chips } from '../parts/chips.tsx';
import { Next } from '../parts/next.tsx';
import { Screen } from '../parts/screen.tsx';
import { focusWrong, useTrying } from '../parts/trouble.tsx';
import { useAt, useSaving } from '../step.ts';

const PURPOSES: readonly (readonly [(typeof PURPOSE)[number], Pair])[] = [
  ['consumption', ['日常消费', 'Everyday spending']],
  ['renovation', ['装修', 'Renovation']],
  ['education', ['教育', 'Education']],
  ['medical', ['医疗', 'Medical']],
  ['travel', ['旅行', 'Travel']],
  ['business', ['经营', 'Business']],
  ['other', ['其他', 'Other']],
];
const POINTER = '/request/purpose';

export function PurposeStep() {
  const say = useSay();
  const [{ purpose }, change] = useAnswers('purpose', { purpose: null as string | null });
  const trying = useTrying([POINTER]);
  const save = useSaving('purpose', trying);
  return (
    <Screen
      {...useAt('purpose')}
      title={say(['钱用来做什么', 'What the money is for'])}
      lead={say(['不能用于买房、投资、还其他贷款。', 'It may not go into property, investments or other loans.'])}
      onSubmit={() => {
        if (purpose !== null) return save({ request: { purpose } });
        trying.set({ [POINTER]: say(['请选一项。', 'Please choose one.']) });
        return focusWrong();
      }}
      action={<Next of={trying} />}
    >
      <Chips
        label={say(['用途', 'Purpose'])}
        name="purpose"
        options={PURPOSES.map(([value, words]) => [value, say(words)])}
        value={purpose}
        onValue={(value) => {
          change({ purpose: value });
          trying.clear(POINTER);
        }}
        error={trying.errorAt(POINTER)}
      />
    </Screen>
  );
}
