/** @jsxImportSource preact */
/** The consent sheet: one card for each recipient, each with its own switch, off until it is tapped; the whole text one tap away. */
import type { FieldName } from '../../../domain/applicant.ts';
import { useLanguage, useSay, type Pair } from '../language.tsx';
import type { Recipient } from '../types.ts';
import { Button } from './button.tsx';

/** By recipient: when they agreed; missing: not. */
export type Agreed = Readonly<Record<string, string>>;

const FIELDS: Readonly<Record<FieldName, Pair>> = {
  name: ['姓名', 'name'],
  phone: ['手机号', 'phone'],
  id_number: ['身份证号', 'ID number'],
  age: ['年龄', 'age'],
  region: ['户籍地区', 'region'],
  monthly_income_fen: ['月收入', 'income'],
  employment: ['职业情况', 'employment'],
  employer_type: ['单位性质', 'employer'],
  years_employed: ['工作年限', 'years employed'],
  education: ['学历', 'education'],
  assets: ['资产情况', 'assets'],
  amount_fen: ['借款金额', 'amount'],
  term_months: ['期限', 'term'],
  purpose: ['用途', 'purpose'],
  id_photos: ['身份证照片', 'ID photos'],
  device_id: ['设备编号', 'device'],
  ip: ['网络地址', 'network address'],
  bank_card: ['银行卡', 'bank card'],
};
const PURPOSES: Readonly<Record<string, Pair>> = {
  application: ['处理这次申请', 'to handle this application'],
  credit_decision: ['决定是否借给您', 'to decide whether to lend to you'],
};

interface Of {
  readonly recipients: readonly Recipient[];
  readonly agreed: Agreed;
  readonly onAgreed: (agreed: Agreed) => void;
}

export function ConsentCards({ recipients, agreed, onAgreed }: Of) {
  const say = useSay();
  const set = (which: readonly Recipient[], on: boolean): void => {
    const now = new Date().toISOString();
    const rest = Object.fromEntries(Object.entries(agreed).filter(([id]) => !which.some(({ recipient }) => recipient === id)));
    onAgreed(on ? { ...rest, ...Object.fromEntries(which.map(({ recipient }) => [recipient, agreed[recipient] ?? now])) } : rest);
  };
  return (
    <>
      {recipients.map((each) => (
        <ConsentCard key={each.recipient} of={each} on={each.recipient in agreed} onSwitch={(on) => set([each], on)} />
      ))}
      {recipients.length > 1 ? (
        <Button look="quiet" name="agree-all" onTap={() => set(recipients, true)}>
          {say(['同意以上全部 {n} 家', 'Agree to all {n}'], { n: recipients.length })}
        </Button>
      ) : null}
    </>
  );
}

function ConsentCard({ of, on, onSwitch }: { readonly of: Recipient; readonly on: boolean; readonly onSwitch: (on: boolean) => void }) {
  const { lang } = useLanguage();
  const say = useSay();
  const name = of.recipient === 'platform' ? say(['本平台', 'This platform']) : of.name;
  const fields = of.fields.map((field) => say(FIELDS[field as FieldName] ?? [field, field])).join(lang === 'zh' ? '、' : ', ');
  return (
    <section class="card">
      <label class="switch">
        <span>{name}</span>
        <input
          type="checkbox"
          role="switch"
          checked={on}
          name={`consent-${of.recipient}`}
          onChange={(event) => onSwitch(event.currentTarget.checked)}
        />
        <i aria-hidden="true" />
      </label>
      <dl class="facts left">
        {of.recipient === 'platform' ? null : (
          <>
            <dt>{say(['机构', 'Company'])}</dt>
            <dd>{of.legal_entity}</dd>
          </>
        )}
        <dt>{say(['用来', 'For'])}</dt>
        <dd>{say(PURPOSES[of.purpose] ?? [of.purpose, of.purpose])}</dd>
        <dt>{say(['得到', 'Gets'])}</dt>
        <dd>{fields}</dd>
        <dt>{say(['多久', 'Until'])}</dt>
        <dd>{say(['这次申请结束或您撤回为止', 'this application ends or you withdraw'])}</dd>
      </dl>
      <details>
        <summary>{say(['看授权全文', 'Read the whole text'])}</summary>
        <p class="soft">{of.text}</p>
        <p class="soft">{say(['版本 {v}', 'Version {v}'], { v: of.text_version })}</p>
      </details>
    </section>
  );
}

/** As the service takes them. */
export function consentsOf(recipients: readonly Recipient[], agreed: Agreed): object[] {
  return recipients.flatMap(({ recipient, purpose, text_version }) => {
    const at = agreed[recipient];
    return at === undefined ? [] : [{ recipient, purpose, text_version, agreed_at: at }];
  });
}
