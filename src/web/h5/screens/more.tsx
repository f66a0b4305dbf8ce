/** @jsxImportSource preact */
/** The borrower's rights over it: take a consent back, stop the application, be forgotten. As easy as saying yes was. */
import { useState } from 'preact/hooks';
import { ENDED } from '../../shared/progress.ts';
import { ask } from '../api.ts';
import { useJourney } from '../journey.ts';
import { useLanguage, useSay } from '../language.tsx';
import { Button } from '../parts/button.tsx';
import { Trouble, useTrying } from '../parts/trouble.tsx';
import type { View } from '../types.ts';
import { day } from '../words.ts';

interface Given {
  readonly recipient: string;
  readonly name: string;
  readonly agreed_at: string;
  readonly withdrawn_at: string | null;
}
type Asked = 'withdraw' | 'erase' | null;

export function More({ view }: { readonly view: View }) {
  const { take, leave } = useJourney();
  const say = useSay();
  const [given, setGiven] = useState<readonly Given[] | null>(null);
  const [asked, setAsked] = useState<Asked>(null);
  const trying = useTrying();
  const path = `/v1/applications/${view.id}`;
  const load = async (): Promise<void> => setGiven((await ask<{ data: readonly Given[] }>('GET', `${path}/consents`)).data);
  const takeBack = (recipient: string): void =>
    void trying.attempt(async () => {
      take(await ask<View>('DELETE', `${path}/consents/${recipient}`));
      await load();
    });
  const stop = (): void =>
    void trying.attempt(async () => {
      take(await ask<View>('POST', `${path}/withdraw`, { again: true }));
      setAsked(null);
    });
  const erase = (): void =>
    void trying.attempt(async () => {
      await ask('POST', '/v1/erasures', { json: { application_id: view.id }, again: true });
      leave();
    });
  if (view.status === 'erased') return null;
  return (
    <details onToggle={(event) => void (event.currentTarget.open && given === null && trying.attempt(load))}>
      <summary>{say(['撤回授权、撤回申请、删除资料', 'Consents, withdrawal, erasure'])}</summary>
      <Trouble of={trying} />
      {(given ?? []).map((each) => (
        <GivenConsent key={each.recipient} of={each} takeBack={() => takeBack(each.recipient)} />
      ))}
      {ENDED.has(view.status) ? null : (
        <Button look="quiet" onTap={() => setAsked('withdraw')}>
          {say(['撤回申请', 'Withdraw the application'])}
        </Button>
      )}
      <Button look="danger" onTap={() => setAsked('erase')}>
        {say(['删除我的全部资料', 'Erase everything about me'])}
      </Button>
      {asked === null ? null : (
        <div class="card" role="alertdialog" aria-label={say(['请确认', 'Please confirm'])}>
          <p>
            {asked === 'withdraw'
              ? say(['撤回后不再询问任何资金方，已发出的会要回。', 'Nobody else will be asked, and what was sent is asked back.'])
              : say([
                  '删除后无法恢复：这个手机号的所有申请、照片和资料都不能再打开。',
                  'This cannot be undone: all applications, photos and data of this phone become unreadable for good.',
                ])}
          </p>
          <Button look="danger" name="confirm" busy={trying.busy} onTap={asked === 'withdraw' ? stop : erase}>
            {asked === 'withdraw' ? say(['确定撤回', 'Yes, withdraw']) : say(['确定删除', 'Yes, erase'])}
          </Button>
          <Button look="quiet" onTap={() => setAsked(null)}>
            {say(['不了', 'No'])}
          </Button>
        </div>
      )}
    </details>
  );
}

function GivenConsent({ of, takeBack }: { readonly of: Given; readonly takeBack: () => void }) {
  const { lang } = useLanguage();
  const say = useSay();
  const name = of.recipient === 'platform' ? say(['本平台', 'This platform']) : of.name;
  return (
    <div class="row">
      <span>
        {name}
        <br />
        <span class="soft">
          {of.withdrawn_at === null
            ? say(['{day}同意', 'agreed on {day}'], { day: day(of.agreed_at, lang) })
            : say(['{day}撤回', 'taken back on {day}'], { day: day(of.withdrawn_at, lang) })}
        </span>
      </span>
      {of.withdrawn_at === null ? (
        <Button look="link" onTap={takeBack}>
          {say(['撤回', 'Take back'])}
        </Button>
      ) : null}
    </div>
  );
}
