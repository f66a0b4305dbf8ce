/** @jsxImportSource preact */
/** The phone and the code sent to it; then the draft is there, or the one begun before on any device is found again. */
import { useState } from 'preact/hooks';
import { checkPhone, PHONE_FAULTS } from '../../../domain/facts.ts';
import { ENDED } from '../../shared/progress.ts';
import { ask, credentials, Refused } from '../api.ts';
import { useCountdown } from '../countdown.ts';
import { doneOf, useJourney, type Journey } from '../journey.ts';
import { useLanguage, useSay, type Pair } from '../language.tsx';
import { Button } from '../parts/button.tsx';
import { Field } from '../parts/field.tsx';
import { Next } from '../parts/next.tsx';
import { Screen } from '../parts/screen.tsx';
import { focusWrong, useTrying, type Trying } from '../parts/trouble.tsx';
import type { View } from '../types.ts';
import { visitOf } from '../visit.ts';

const TRY_THESE: Pair = [
  '测试号：13800000001 获批，13800000002 只有一家批，13800000003 被拒。',
  'To try: 13800000001 is approved, 13800000002 by one funder, 13800000003 declined.',
];
const RESEND_S = 60;
const CODE_DIGITS = 6;

export function PhoneScreen() {
  const journey = useJourney();
  const say = useSay();
  const { lang } = useLanguage();
  const [phone, setPhone] = useState('');
  const [code, setCode] = useState('');
  const [sent, setSent] = useState<{ readonly id: string; readonly phone: string } | null>(null);
  const [left, tick] = useCountdown();
  const trying = useTrying(['/phone', '/code', '/applicant/phone']);
  const returning = location.hash === '#continue';

  const send = (): void => {
    const checked = checkPhone(phone);
    if (!checked.ok) {
      trying.set({ '/phone': PHONE_FAULTS[checked.fault][lang] });
      return focusWrong();
    }
    void trying.attempt(async () => {
      const begun = await ask<{ id: string }>('POST', '/v1/phone-verifications', { json: { phone: checked.phone } });
      setSent({ id: begun.id, phone: checked.phone });
      setCode('');
      tick(RESEND_S);
      requestAnimationFrame(() => document.querySelector<HTMLElement>('input[name=code]')?.focus());
    });
  };
  const confirm = (): void => {
    if (sent === null) return send();
    if (!/^\d{6}$/.test(code)) {
      trying.set({ '/code': say(['验证码是 6 位数字。', 'The code has 6 digits.']) });
      return focusWrong();
    }
    void trying.attempt(async () => {
      const { variant } = journey.config;
      await ask('POST', `/v1/phone-verifications/${sent.id}/confirm`, {
        json: { code, ...(variant === null ? {} : { variant }) },
        again: true,
      });
      await begin(journey, sent.phone, sent.id, returning);
    });
  };
  return (
    <Screen
      title={returning ? say(['继续您的申请', 'Continue your application']) : say(['先验证手机号', 'First, your phone'])}
      lead={say([
        '用来保存进度、通知结果。不会拿去推销；发给谁都要先经过您同意。',
        'It keeps your progress and brings you the result. No marketing; nobody is given it without your agreement.',
      ])}
      onSubmit={confirm}
      action={<Next of={trying} words={sent === null ? say(['获取验证码', 'Send me a code']) : say(['下一步', 'Next'])} />}
    >
      <Field
        label={say(['手机号', 'Mobile number'])}
        name="phone"
        mode="numeric"
        autocomplete="tel-national"
        maxLength={16}
        value={phone}
        onValue={(value) => {
          setPhone(value);
          setSent(null);
          trying.clear('/phone');
        }}
        hint={journey.config.mode === 'sandbox' ? say(TRY_THESE) : undefined}
        error={trying.errorAt('/phone') ?? trying.errorAt('/applicant/phone')}
      />
      {sent === null ? null : <CodeField code={code} onCode={setCode} trying={trying} left={left} send={send} />}
    </Screen>
  );
}

interface CodeOf {
  readonly code: string;
  readonly onCode: (code: string) => void;
  readonly trying: Trying;
  /** Seconds until another may be sent. */
  readonly left: number;
  readonly send: () => void;
}

function CodeField({ code, onCode, trying, left, send }: CodeOf) {
  const { config } = useJourney();
  const say = useSay();
  return (
    <Field
      label={say(['短信验证码', 'Code from the message'])}
      name="code"
      mode="numeric"
      autocomplete="one-time-code"
      maxLength={CODE_DIGITS}
      value={code}
      onValue={(value) => {
        onCode(value.replace(/\D/g, ''));
        trying.clear('/code');
      }}
      hint={config.mode === 'sandbox' ? say(['测试环境的验证码是 000000。', 'In the sandbox the code is 000000.']) : undefined}
      error={trying.errorAt('/code')}
    >
      <Button look="link" disabled={left > 0} onTap={send}>
        {left > 0 ? say(['{n} 秒后重发', 'Again in {n} s'], { n: left }) : say(['重新发送', 'Send again'])}
      </Button>
    </Field>
  );
}

/** Finds what this phone has begun in this channel, else begins. */
async function begin(journey: Journey, phone: string, verification: string, returning: boolean): Promise<void> {
  const { config, wish, take, go } = journey;
  const request = { amount_fen: wish.amountFen, term_months: wish.months };
  const known = await ask<View>('POST', '/v1/resumptions', {
    json: { phone, phone_verification_id: verification },
    again: true,
  }).catch((error: unknown) => {
    if (error instanceof Refused && error.status === 404) return null;
    throw error;
  });
  history.replaceState(history.state, '', location.pathname + location.search);
  if (known !== null && (returning || !ENDED.has(known.status))) {
    credentials.token = known.client_token ?? '';
    if (known.status !== 'draft') {
      take(known, []);
      return go('status');
    }
    const draft = returning ? known : await ask<View>('PATCH', `/v1/applications/${known.id}`, { json: { request } });
    const done = doneOf(config.steps, draft, []);
    take({ ...draft, ...(known.client_token === undefined ? {} : { client_token: known.client_token }) }, done);
    return go(config.steps.find((step) => !done.includes(step)) ?? 'agree');
  }
  const made = await ask<View>('POST', '/v1/applications', {
    intent: 'draft',
    json: { draft: true, applicant: { phone, phone_verification_id: verification }, request, visit: visitOf(config.channel, config.variant) },
  });
  take(made, []);
  go(config.steps[0] ?? 'agree');
}
