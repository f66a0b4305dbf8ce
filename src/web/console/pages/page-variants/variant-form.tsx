/** A variant as a form, proposed whole to a second person; for those who may not propose, the same to read. */
import { Button, Drawer, Form } from 'antd';
import type { ReactNode } from 'react';
import type { PageVariant } from '../../../../domain/page-variant.ts';
import { useTexts } from '../../language.tsx';
import { ProposalRefused, Proposed } from '../../policy/proposal-end.tsx';
import { NO_PROPOSAL, ProposalFields, proposalOf, type ProposalValues } from '../../policy/proposal-fields.tsx';
import { useProposal } from '../../policy/use-proposal.ts';
import { freshValues, recordOf, valuesOf, type VariantValues } from './form-values.ts';
import { texts } from './texts.ts';
import { GeneralFields, LimitFields, StepFields, WordFields } from './variant-fields.tsx';

interface Props {
  /** Null: a new one. */
  readonly variant: PageVariant | null;
  /** Of a new one, where there is but one to choose. */
  readonly channel: string | undefined;
  /** Those in force: their ids are taken, and they share the visitors. */
  readonly all: readonly PageVariant[];
  readonly may: boolean;
  readonly onClose: () => void;
}

export function VariantForm({ variant, channel, all, may, onClose }: Props): ReactNode {
  const t = useTexts(texts);
  const { busy, made, wrong, propose, faultAt } = useProposal();
  const submit = ({ note, when, time, ...values }: VariantValues & ProposalValues): void => {
    const why = proposalOf({ note, when, ...(time === undefined ? {} : { time }) });
    void propose({ kind: 'page_variant', id: values.id, body: recordOf(values), ...why });
  };
  const title = variant === null ? t('newTitle') : may ? t('formTitle', { name: variant.name }) : variant.name;
  return (
    <Drawer open size={640} title={title} onClose={onClose}>
      {made === null ? (
        <Form
          name="variant"
          layout="vertical"
          size="small"
          disabled={!may}
          // Nothing in it takes the focus then, and what scrolls needs it.
          {...(may ? {} : { tabIndex: 0, 'aria-label': title })}
          scrollToFirstError
          initialValues={{ ...(variant === null ? freshValues(channel) : valuesOf(variant)), ...NO_PROPOSAL }}
          onFinish={submit}
        >
          <GeneralFields isNew={variant === null} all={all} faultAt={faultAt} />
          <WordFields faultAt={faultAt} />
          <StepFields faultAt={faultAt} />
          <LimitFields faultAt={faultAt} />
          {may ? (
            <>
              <ProposalFields />
              <ProposalRefused problem={wrong} />
              <Button type="primary" htmlType="submit" loading={busy}>
                {t('propose')}
              </Button>
            </>
          ) : null}
        </Form>
      ) : (
        <Proposed changes={[made]} />
      )}
    </Drawer>
  );
}
