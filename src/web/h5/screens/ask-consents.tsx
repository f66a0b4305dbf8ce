/** @jsxImportSource preact */
/** Whom of these funders we may ask. Saying no to one is as easy as saying yes; whoever is not agreed to is not asked. */
import { useState } from 'preact/hooks';
import { ask } from '../api.ts';
import { useJourney } from '../journey.ts';
import { useSay } from '../language.tsx';
import { Button } from '../parts/button.tsx';
import { ConsentCards, consentsOf, type Agreed } from '../parts/consents.tsx';
import { Screen } from '../parts/screen.tsx';
import { Trouble, useTrying } from '../parts/trouble.tsx';
import type { Recipient, View } from '../types.ts';
import { AttemptList } from './attempts.tsx';
import { More } from './more.tsx';

export function AskConsents({ view }: { readonly view: View }) {
  const { take } = useJourney();
  const say = useSay();
  const [agreed, setAgreed] = useState<Agreed>({});
  const trying = useTrying();
  const recipients: readonly Recipient[] = view.needs.flatMap((need) => (need.kind === 'consents' ? need.recipients : []));
  const yes = recipients.filter(({ recipient }) => recipient in agreed).length;
  const answer = (): void => {
    if (yes === 0 && recipients.length > 0)
      return trying.set({ agree: say(['至少打开一家；都不愿意的话，可以撤回申请。', 'Switch on at least one; or withdraw the application below.']) });
    const refused = recipients.filter(({ recipient }) => !(recipient in agreed)).map(({ recipient }) => recipient);
    return void trying.attempt(async () => {
      const json = { consents: consentsOf(recipients, agreed), refused };
      take(await ask<View>('POST', `/v1/applications/${view.id}/consents`, { json, intent: `consents.${view.id}` }));
      setAgreed({});
    });
  };
  return (
    <Screen
      title={view.attempts.length === 0 ? say(['愿意问哪几家', 'Whom may we ask?']) : say(['要不要再问几家', 'Shall we ask more of them?'])}
      lead={say([
        '下面是按您的情况最可能通过的几家。一次只问一家，问到为止；您没打开的，一个字也不会发给它。',
        'These are the ones most likely to say yes. We ask one at a time, and stop at a yes. Those you leave off get nothing at all.',
      ])}
      onSubmit={answer}
      action={
        <>
          <p class="trouble" role="alert">
            {trying.errorAt('agree') ?? ''}
          </p>
          <Trouble of={trying} />
          <Button submit busy={trying.busy}>
            {yes === 0 ? say(['选好了', 'Done']) : say(['同意 {n} 家，开始询问', 'Agree to {n} and ask'], { n: yes })}
          </Button>
        </>
      }
    >
      {view.attempts.length === 0 ? null : <AttemptList view={view} />}
      <ConsentCards
        recipients={recipients}
        agreed={agreed}
        onAgreed={(next) => {
          trying.clear();
          setAgreed(next);
        }}
      />
      <More view={view} />
    </Screen>
  );
}
