/** @jsxImportSource preact */
/** What they have. Each is optional, and to have none of it is an answer too. */
import type { Assets } from '../../../domain/applicant.ts';
import { useAnswers } from '../answers.ts';
import { useSay, type Pair } from '../language.tsx';
import { Button } from '../parts/button.tsx';
import { Chips } from '../parts/chips.tsx';
import { Screen } from '../parts/screen.tsx';
import { Trouble, useTrying } from '../parts/trouble.tsx';
import { useAt, useSaving } from '../step.ts';

type Name = keyof Assets;
type Options = readonly (readonly [string, Pair])[];

const LENGTHS: Options = [
  ['none', ['没有', 'None']],
  ['under_1y', ['不到 1 年', 'Under 1 year']],
  ['1y_2y', ['1 至 2 年', '1 to 2 years']],
  ['2y_plus', ['2 年以上', 'Over 2 years']],
];
const OWNED: Options = [
  ['none', ['没有', 'None']],
  ['mortgaged', ['有，按揭中', 'Yes, mortgaged']],
  ['owned', ['有，无贷款', 'Yes, no loan']],
];
const YES: Options = [
  ['no', ['没有', 'No']],
  ['yes', ['有', 'Yes']],
];
const ZHIMA: Options = [
  ['none', ['没有', 'None']],
  ['under_600', ['600 以下', 'Under 600']],
  ['600_650', ['600–650', '600–650']],
  ['650_700', ['650–700', '650–700']],
  ['700_750', ['700–750', '700–750']],
  ['750_plus', ['750 以上', 'Over 750']],
];
const ASKED: readonly (readonly [Name, Pair, Options, none: string])[] = [
  ['social_security', ['社保', 'Social security'], LENGTHS, 'none'],
  ['housing_fund', ['公积金', 'Housing fund'], LENGTHS, 'none'],
  ['house', ['房产', 'Home'], OWNED, 'none'],
  ['car', ['车辆', 'Car'], OWNED, 'none'],
  ['credit_card', ['信用卡', 'Credit card'], YES, 'no'],
  ['policy', ['商业保单', 'Insurance policy'], YES, 'no'],
  ['zhima_band', ['芝麻分', 'Zhima score'], ZHIMA, 'none'],
];
const NONE = Object.fromEntries(ASKED.map(([name, , , none]) => [name, none]));

export function AssetsStep() {
  const say = useSay();
  const [answers, change] = useAnswers<Readonly<Partial<Record<Name, string>>>>('assets', {});
  const trying = useTrying();
  const save = useSaving('assets', trying);
  return (
    <Screen
      {...useAt('assets')}
      title={say(['您有什么', 'What you have'])}
      lead={say(['都可以不填。有的填上，通过的机会更大。', 'All of it is optional. What you have makes a yes more likely.'])}
      onSubmit={() => save({ applicant: { assets: answers } })}
      action={
        <>
          <Trouble of={trying} />
          <Button submit busy={trying.busy}>
            {say(['下一步', 'Next'])}
          </Button>
          <Button
            look="quiet"
            busy={trying.busy}
            onTap={() => {
              change(NONE);
              save({ applicant: { assets: NONE } });
            }}
          >
            {say(['以上都没有', 'None of these'])}
          </Button>
        </>
      }
    >
      {ASKED.map(([name, label, options]) => (
        <Chips
          key={name}
          label={say(label)}
          name={name}
          options={options.map(([value, words]) => [value, say(words)])}
          value={answers[name] ?? null}
          onValue={(value) => change({ [name]: value })}
        />
      ))}
    </Screen>
  );
}
