/** What came of a proposal: where it waits now, or why it was refused. */
import { Link } from '@tanstack/react-router';
import { Alert } from 'antd';
import type { ReactNode } from 'react';
import type { ProblemBody } from '../api.ts';
import { useTexts, type Texts } from '../language.tsx';
import type { Change } from './records.ts';

const texts = {
  zh: { proposed: '已提交，等待另一人批准', see: '查看变更' },
  en: { proposed: 'Proposed; another person has to approve it', see: 'See the change' },
} satisfies Texts;

export function Proposed({ changes, onClose }: { changes: readonly Change[]; onClose?: () => void }): ReactNode {
  const t = useTexts(texts);
  return (
    <Alert
      type="success"
      title={t('proposed')}
      {...(onClose === undefined ? {} : { closable: { onClose } })}
      description={changes.map((change) => (
        <div key={change.id}>
          <Link to="/changes" search={{ id: change.id } as never}>
            {t('see')} · {change.record_id}
          </Link>
        </div>
      ))}
    />
  );
}

export function ProposalRefused({ problem }: { problem: ProblemBody | null }): ReactNode {
  if (problem === null) return null;
  const faults = problem.errors?.map((each) => `${each.pointer.replace(/^\/body/, '')} ${each.message}`).join('；');
  return <Alert type="error" title={problem.title} {...(faults === undefined ? {} : { description: faults })} style={{ marginBottom: 8 }} />;
}
