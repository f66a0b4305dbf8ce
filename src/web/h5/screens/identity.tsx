/** @jsxImportSource preact */
/** Who it is. The number is checked as it is typed, and what it says is shown back. */
import { useState } from 'preact/hooks';
import { checkName, NAME_FAULTS } from '../../../domain/facts.ts';
import { checkIdNumber, ID_NUMBER_FAULTS, type IdNumberCheck } from '../../../domain/id-number.ts';
import { provinceOf } from '../../../domain/regions.ts';
import { useJourney } from '../journey.ts';
import { useLanguage, useSay } from '../language.tsx';
import { Field } from '../parts/field.tsx';
import { Next } from '../parts/next.tsx';
import { Screen } from '../parts/screen.tsx';
import { focusWrong, useTrying } from '../parts/trouble.tsx';
import { useAt, useSaving } from '../step.ts';

const NAME = '/applicant/name';
const NUMBER = '/applicant/id_number';
const WHOLE = 18;
/** Nobody's: the sandbox asks for one that passes its check. */
const SAMPLE_NUMBER = '110105199003072338';

export function IdentityStep() {
  const { config, kept, next, view } = useJourney();
  const { lang } = useLanguage();
  const say = useSay();
  const [name, setName] = useState('');
  const [number, setNumber] = useState('');
  const trying = useTrying([NAME, NUMBER]);
  const save = useSaving('identity', trying);
  const checked = checkIdNumber(number, Date.now());
  const done = kept?.done.includes('identity') === true;
  const said = useSaid(checked);
  const sample = config.mode === 'sandbox' && number === '' ? say(['测试可用 {id}', 'For a try: {id}'], { id: SAMPLE_NUMBER }) : undefined;
  const typed = number.replace(/\s/g, '').length;

  const submit = (): void => {
    if (done && view !== null && name === '' && number === '') return next(view, 'identity');
    const checkedName = checkName(name);
    const errors = {
      ...(checkedName.ok ? {} : { [NAME]: NAME_FAULTS[checkedName.fault][lang] }),
      ...(checked.ok ? {} : { [NUMBER]: ID_NUMBER_FAULTS[checked.fault][lang] }),
    };
    trying.set(errors);
    if (!checkedName.ok || !checked.ok) return focusWrong();
    return save({ applicant: { name: checkedName.name, id_number: checked.idNumber } });
  };
  return (
    <Screen
      {...useAt('identity')}
      title={say(['您是谁', 'Who you are'])}
      lead={done ? say(['已保存。不改就直接下一步。', 'Saved. Leave it empty to keep it.']) : say(['和身份证上一样填写。', 'As on your ID card.'])}
      onSubmit={submit}
      action={<Next of={trying} />}
    >
      <Field
        label={say(['姓名', 'Name'])}
        name="name"
        autocomplete="name"
        maxLength={60}
        value={name}
        onValue={(value) => {
          setName(value);
          trying.clear(NAME);
        }}
        error={trying.errorAt(NAME)}
      />
      <Field
        label={say(['身份证号', 'ID number'])}
        name="id_number"
        maxLength={24}
        value={number}
        onValue={(value) => {
          setNumber(value.toUpperCase());
          trying.clear(NUMBER);
        }}
        hint={typed > 0 && typed < WHOLE ? say(['还差 {n} 位', '{n} more'], { n: WHOLE - typed }) : sample}
        good={said}
        error={trying.errorAt(NUMBER) ?? (typed >= WHOLE && !checked.ok ? ID_NUMBER_FAULTS[checked.fault][lang] : undefined)}
      />
    </Screen>
  );
}

/** What the number says of its owner, for them to see that it is theirs. */
function useSaid(checked: IdNumberCheck): string | undefined {
  const { config } = useJourney();
  const { lang } = useLanguage();
  const say = useSay();
  if (!checked.ok) return undefined;
  const facts = say(['{place}，{age} 岁', '{place}, {age} years old'], { place: provinceOf(checked.region)?.[lang] ?? '', age: checked.age });
  if (checked.age >= config.min_age && checked.age <= config.max_age) return facts;
  const outside = say(['我们目前受理 {from} 至 {to} 岁的申请。', 'At present we take applications from people of {from} to {to}.'], {
    from: config.min_age,
    to: config.max_age,
  });
  return `${facts}${lang === 'zh' ? '。' : '. '}${outside}`;
}
