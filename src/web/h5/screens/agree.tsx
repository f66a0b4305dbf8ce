/** @jsxImportSource preact */
/** The last screen of the form: what the platform may do with what was told, then submit. Whatever the service still lacks is asked for first. */
import { useEffect, useState } from 'preact/hooks';
import { ask } from '../api.ts';
import { doneOf, useJourney } from '../journey.ts';
import { useLanguage, useSay } from '../language.tsx';
import { Button } from '../parts/button.tsx';
import { ConsentCards, consentsOf, type Agreed } from '../parts/consents.tsx';
import { Screen } from '../parts/screen.tsx';
import { Trouble, useTrying } from '../parts/trouble.tsx';
import type { Recipient, View } from '../types.ts';
import { months, yuan } from '../words.ts';
import { fetchLater } from './lazy.tsx';

export function AgreeScreen() {
  const { config, view, kept, wish, take, go } = useJourney();
  const { lang } = useLanguage();
  const say = useSay();
  const [agreed, setAgreed] = useState<Agreed>({});
  const trying = useTrying();
  useEffect(fetchLater, []);
  const recipients: readonly Recipient[] = view?.needs.flatMap((need) => (need.kind === 'consents' ? need.recipients : [])) ?? [];

  const goOn = (reply: View): void => {
    if (reply.status !== 'draft') {
      take(reply);
      return go('status');
    }
    // A draft still: the service says what it lacks.
    const done = doneOf(config.steps, reply, kept?.done ?? []);
    take(reply, done);
    const lacks = reply.needs.some((need) => need.kind === 'documents') ? ('photos' as const) : config.steps.find((step) => !done.includes(step));
    return go(lacks ?? 'agree');
  };
  const submit = (): void => {
    const consents = consentsOf(recipients, agreed);
    if (consents.length < recipients.length)
      return trying.set({
        agree: say(['要先打开上面的开关，我们才能处理您的资料。', 'Switch it on first: without it we may not handle your data.']),
      });
    return void trying.attempt(async () =>
      goOn(await ask<View>('POST', `/v1/applications/${kept?.id ?? ''}/submit`, { json: { consents }, intent: `submit.${kept?.id ?? ''}` })),
    );
  };
  return (
    <Screen
      title={say(['最后确认', 'One last look'])}
      lead={say(['申请 {amount}，{months}。', 'You ask for {amount} over {months}.'], {
        amount: yuan(wish.amountFen),
        months: months(wish.months, lang),
      })}
      onSubmit={submit}
      action={
        <>
          <p class="trouble" role="alert">
            {trying.errorAt('agree') ?? ''}
          </p>
          <Trouble of={trying} />
          <Button submit busy={trying.busy}>
            {config.texts[lang].submit ?? say(['提交申请', 'Submit'])}
          </Button>
        </>
      }
    >
      <ConsentCards
        recipients={recipients}
        agreed={agreed}
        onAgreed={(next) => {
          trying.clear();
          setAgreed(next);
        }}
      />
      <p class="notice">
        {say([
          '提交后我们先看是否符合基本条件，再请您选择愿意让哪几家资金方看到资料。现在还不会发给任何一家。',
          'We first check the basics, then ask you which funders may see your data. Nothing goes to any of them yet.',
        ])}
      </p>
    </Screen>
  );
}
