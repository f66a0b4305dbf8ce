/** @jsxImportSource preact */
/** What a funder wants of the borrower before it goes on: a page to open, a card, a code. */
import { useState } from 'preact/hooks';
import { ask } from '../api.ts';
import { useJourney } from '../journey.ts';
import { useSay } from '../language.tsx';
import { Button } from '../parts/button.tsx';
import { Field } from '../parts/field.tsx';
import { Trouble, focusWrong, useTrying, type Trying } from '../parts/trouble.tsx';
import type { Need, View } from '../types.ts';

type StepNeed = Extract<Need, { readonly step: string }>;

export function StepNeeds({ view }: { readonly view: View }) {
  return <>{view.needs.map((need) => ('step' in need ? <OneNeed key={need.step} need={need} view={view} /> : null))}</>;
}

function OneNeed({ need, view }: { readonly need: StepNeed; readonly view: View }) {
  const { take } = useJourney();
  const say = useSay();
  const trying = useTrying(['/card_number', '/bank_phone', '/code']);
  const send = (json: object, name: string): void =>
    void trying.attempt(async () =>
      take(await ask<View>('POST', `/v1/applications/${view.id}/steps/${need.step}`, { json, intent: `${name}.${need.step}` })),
    );
  const { name } = need.funder;
  return (
    <section class="card" data-need={need.kind}>
      {need.kind === 'open_link' ? (
        <>
          <h2>{say(['{name}要您在它的页面上完成一步', '{name} wants you to do something on its page'], { name })}</h2>
          <p class="soft">
            {say(['会在新页面打开，做完回到这里，我们会自己发现。', 'It opens in a new page; come back here when done, we will notice.'])}
          </p>
          <a class="button primary" href={need.url} target="_blank" rel="noreferrer">
            {say(['去完成', 'Go there'])}
          </a>
        </>
      ) : need.kind === 'bind_card' ? (
        <BindCard need={need} trying={trying} send={send} />
      ) : (
        <EnterCode need={need} trying={trying} send={send} />
      )}
      <Trouble of={trying} />
      {view.status === 'accepted' ? null : (
        <Button look="link" busy={trying.busy} onTap={() => send({ skip: true }, 'skip')}>
          {say(['跳过这一家', 'Leave this funder out'])}
        </Button>
      )}
    </section>
  );
}

interface Part<N> {
  readonly need: N;
  readonly trying: Trying;
  readonly send: (json: object, name: string) => void;
}

function BindCard({ need, trying, send }: Part<Extract<StepNeed, { readonly kind: 'bind_card' }>>) {
  const say = useSay();
  const [number, setNumber] = useState('');
  const [phone, setPhone] = useState('');
  return (
    <form
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        if (number.replace(/\D/g, '').length >= 12) return send({ card_number: number, bank_phone: phone }, 'card');
        trying.set({ '/card_number': say(['请填银行卡号。', 'Please give the card number.']) });
        return focusWrong();
      }}
    >
      <h2>{say(['{name}要绑定收款的银行卡', '{name} wants the bank card to pay to'], { name: need.funder.name })}</h2>
      <p class="soft">{say(['卡号只转给它一次，我们不保存。', 'The number is handed to it once and not kept by us.'])}</p>
      {need.cards.map(({ ref, bank, tail }) => (
        <Button key={ref} look="quiet" busy={trying.busy} onTap={() => send({ card_ref: ref }, 'card')}>
          {say(['用 {bank} 尾号 {tail}', 'Use {bank} ending {tail}'], { bank, tail })}
        </Button>
      ))}
      <Field
        label={say(['银行卡号', 'Card number'])}
        name="card_number"
        mode="numeric"
        maxLength={24}
        value={number}
        onValue={(value) => {
          setNumber(value);
          trying.clear('/card_number');
        }}
        error={trying.errorAt('/card_number')}
      />
      <Field
        label={say(['银行预留手机号', 'Phone the bank knows'])}
        name="bank_phone"
        mode="numeric"
        maxLength={16}
        value={phone}
        onValue={(value) => {
          setPhone(value);
          trying.clear('/bank_phone');
        }}
        error={trying.errorAt('/bank_phone')}
      />
      <Button submit busy={trying.busy}>
        {say(['绑定', 'Bind it'])}
      </Button>
    </form>
  );
}

function EnterCode({ need, trying, send }: Part<Extract<StepNeed, { readonly kind: 'enter_code' }>>) {
  const say = useSay();
  const [code, setCode] = useState('');
  return (
    <form
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        if (/^\d{4,8}$/.test(code)) return send({ code }, 'code');
        trying.set({ '/code': say(['请填短信里的数字。', 'Please give the digits from the message.']) });
        return focusWrong();
      }}
    >
      <h2>{say(['填写银行发来的验证码', 'The code your bank has sent'])}</h2>
      <p class="soft">{say(['{name}绑卡要用。', '{name} needs it to bind the card.'], { name: need.funder.name })}</p>
      <Field
        label={say(['验证码', 'Code'])}
        name="bank_code"
        mode="numeric"
        autocomplete="one-time-code"
        maxLength={8}
        value={code}
        onValue={(value) => {
          setCode(value.replace(/\D/g, ''));
          trying.clear('/code');
        }}
        error={trying.errorAt('/code')}
      />
      <Button submit busy={trying.busy}>
        {say(['确定', 'Confirm'])}
      </Button>
    </form>
  );
}
