/** The fields of a variant. What the desk finds wrong stands beside the field it is about. */
import { Checkbox, Flex, Form, Input, InputNumber, Select } from 'antd';
import type { ReactNode } from 'react';
import type { PageVariant } from '../../../../domain/page-variant.ts';
import { percent, useLanguage, useTexts } from '../../language.tsx';
import { useNames } from '../../parts/names.ts';
import { fieldAt } from '../../policy/fields.ts';
import type { Proposing } from '../../policy/use-proposal.ts';
import { LANGS, WORD_NAMES, WORDS, type VariantValues } from './form-values.ts';
import { shareOf } from './share.ts';
import { StepsField } from './steps-field.tsx';
import { texts } from './texts.ts';

type FaultAt = Proposing['faultAt'];
const KIND = 'page_variant';
const SUM = { min: 100, max: 10_000_000, suffix: '¥' } as const;
const MONTHS = { min: 1, max: 120, precision: 0 } as const;
/** Fields stay in line where one of them has something wrong said under it. */
const ALIGNED = { alignItems: 'start' } as const;

/** What a field of the record is called, by its pointer. */
function useLabel(): (pointer: string) => string {
  const { lang } = useLanguage();
  return (pointer) => fieldAt(KIND, pointer)!.field.words[lang];
}

export function GeneralFields({ isNew, all, faultAt }: { isNew: boolean; all: readonly PageVariant[]; faultAt: FaultAt }): ReactNode {
  const t = useTexts(texts);
  const { lang } = useLanguage();
  const label = useLabel();
  const channels = useNames('channel');
  const taken = async (_: unknown, id: string): Promise<void> => {
    if (isNew && all.some((one) => one.id === id)) throw new Error(t('taken'));
  };
  return (
    <>
      <Form.Item name="id" label={label('/id')} extra={t('idMeans')} rules={[{ required: true }, { validator: taken }]} {...faultAt('/id')}>
        <Input {...(isNew ? {} : { disabled: true })} maxLength={40} />
      </Form.Item>
      <Form.Item name="name" label={label('/name')} rules={[{ required: true }]} {...faultAt('/name')}>
        <Input maxLength={80} />
      </Form.Item>
      <Form.Item name="channel" label={label('/channel')} rules={[{ required: true }]} {...faultAt('/channel')}>
        <Select showSearch={{ optionFilterProp: 'label' }} options={[...channels].map(([value, name]) => ({ value, label: name }))} />
      </Form.Item>
      <Flex gap={12} wrap>
        <Form.Item name="status" label={label('/status')} style={{ flex: '1 1 120px' }} {...faultAt('/status')}>
          <Select options={Object.entries(fieldAt(KIND, '/status')!.field.values!).map(([value, words]) => ({ value, label: words[lang] }))} />
        </Form.Item>
        <Form.Item
          name="weight"
          label={label('/weight')}
          extra={<Share all={all} />}
          style={{ flex: '3 1 220px' }}
          rules={[{ required: true }]}
          {...faultAt('/weight')}
        >
          <InputNumber min={0} max={1_000} precision={0} style={{ width: 150 }} />
        </Form.Item>
      </Flex>
    </>
  );
}

/** What the weight comes to beside those that are live now. */
function Share({ all }: { all: readonly PageVariant[] }): ReactNode {
  const t = useTexts(texts);
  // Nothing yet when it is first drawn, and no weight while another is typed.
  const now = Form.useWatch([], Form.useFormInstance()) as Partial<VariantValues> | undefined;
  const share = shareOf({ id: now?.id ?? '', channel: now?.channel ?? '', status: now?.status ?? 'paused', weight: now?.weight ?? 0 }, all);
  return <span role="status">{share === null ? t('getsNone') : t('gets', { share: percent(share) })}</span>;
}

export function WordFields({ faultAt }: { faultAt: FaultAt }): ReactNode {
  const t = useTexts(texts);
  const label = useLabel();
  return (
    <>
      <h3>{t('words')}</h3>
      <p className="quiet">{t('wordsMean')}</p>
      {LANGS.map((lang) =>
        WORD_NAMES.map((name) => {
          const pointer = `/texts/${lang}/${name}`;
          return (
            <Form.Item key={pointer} name={['texts', lang, name]} label={label(pointer)} {...faultAt(pointer)}>
              <Input maxLength={WORDS[name][lang]} showCount lang={lang} />
            </Form.Item>
          );
        }),
      )}
    </>
  );
}

export function StepFields({ faultAt }: { faultAt: FaultAt }): ReactNode {
  const t = useTexts(texts);
  return (
    <fieldset className="rows">
      <legend>{t('steps')}</legend>
      <p className="quiet">{t('stepsMean')}</p>
      <Form.Item name="steps" {...faultAt('/steps')}>
        <StepsField />
      </Form.Item>
    </fieldset>
  );
}

export function LimitFields({ faultAt }: { faultAt: FaultAt }): ReactNode {
  const t = useTexts(texts);
  const label = useLabel();
  const narrowAmount = Form.useWatch('narrowAmount') as boolean | undefined;
  const narrowTerms = Form.useWatch('narrowTerms') as boolean | undefined;
  const number = (name: readonly [string, string], more: typeof SUM | (typeof MONTHS & { readonly suffix: string })): ReactNode => {
    const pointer = `/${name.join('/')}`;
    return (
      <Form.Item key={pointer} name={[...name]} label={label(pointer)} rules={[{ required: true }]} {...faultAt(pointer)}>
        <InputNumber {...more} style={{ width: 150 }} />
      </Form.Item>
    );
  };
  return (
    <fieldset className="rows">
      <legend>{t('limits')}</legend>
      <Form.Item name="narrowAmount" valuePropName="checked">
        <Checkbox>{t('narrowAmount')}</Checkbox>
      </Form.Item>
      {narrowAmount === true ? (
        <div className="bar" style={ALIGNED}>
          {(['min_fen', 'max_fen', 'preset_fen'] as const).map((name) => number(['amount', name], SUM))}
        </div>
      ) : null}
      <Form.Item name="narrowTerms" valuePropName="checked">
        <Checkbox>{t('narrowTerms')}</Checkbox>
      </Form.Item>
      {narrowTerms === true ? (
        <div className="bar" style={ALIGNED}>
          <Form.Item
            name={['terms', 'months']}
            label={`${label('/terms/months')} (${t('months')})`}
            rules={[{ required: true }]}
            {...faultAt('/terms/months')}
          >
            <Select mode="tags" open={false} tokenSeparators={[',', '，', ' ']} style={{ minWidth: 200 }} />
          </Form.Item>
          {number(['terms', 'preset'], { ...MONTHS, suffix: t('months') })}
        </div>
      ) : null}
    </fieldset>
  );
}
