/** @jsxImportSource preact */
/** What happens next: the payout, then the plan of repayment. */
import { useSay, type Pair } from '../language.tsx';
import { Plan } from '../parts/plan.tsx';
import { Screen } from '../parts/screen.tsx';
import type { View } from '../types.ts';
import { yuan } from '../words.ts';
import { ContinueElsewhere } from './elsewhere.tsx';
import { More } from './more.tsx';
import { StepNeeds } from './step-needs.tsx';

const STATES: Readonly<Record<string, readonly [title: Pair, lead: Pair]>> = {
  contracting: [
    ['已接受，正在签约', 'Accepted; the contract is next'],
    ['资金方正在准备合同和放款。需要您做什么，会显示在这里。', 'The funder is preparing contract and payout. If it needs you, it says so here.'],
  ],
  disbursing: [
    ['正在放款', 'The money is on its way'],
    [
      '资金方正在打款到您的银行卡，通常几分钟到一个工作日。',
      'The funder is paying to your bank card; it usually takes minutes, at most a working day.',
    ],
  ],
  active: [
    ['已放款', 'Paid out'],
    [
      '请在每期到期日前还款。按时还款，以后更容易借到、也更便宜。',
      'Please repay before each due date. Paying on time makes the next loan easier and cheaper.',
    ],
  ],
  overdue: [
    ['有一期已经逾期', 'A payment is late'],
    [
      '请尽快还上；有困难先联系资金方，不要找人“代理”。',
      'Please pay soon. If you cannot, talk to the funder first, and pay nobody who offers to “handle” it.',
    ],
  ],
  settled: [
    ['已全部还清', 'Paid back in full'],
    ['谢谢您按约还款。', 'Thank you for repaying as agreed.'],
  ],
};

export function LoanScreen({ view }: { readonly view: View }) {
  const say = useSay();
  const [title, lead] = STATES[view.loan?.status ?? 'contracting'] ?? STATES['contracting']!;
  const taken = view.offers.find(({ status }) => status === 'accepted');
  const { loan } = view;
  return (
    <Screen key={loan?.status} title={say(title)} lead={say(lead)}>
      <StepNeeds view={view} />
      {loan === undefined ? null : (
        <>
          <dl class="facts card">
            <dt>{say(['资金方', 'Funder'])}</dt>
            <dd>{taken?.funder.name ?? ''}</dd>
            <dt>{say(['金额', 'Amount'])}</dt>
            <dd>{yuan(loan.amount_fen)}</dd>
            <dt>{say(['还款总额', 'You repay in all'])}</dt>
            <dd>{yuan(loan.plan.reduce((sum, line) => sum + line.total_fen, 0))}</dd>
            {loan.overdue_days > 0 ? (
              <>
                <dt>{say(['已逾期', 'Late by'])}</dt>
                <dd>{say(['{n} 天', '{n} days'], { n: loan.overdue_days })}</dd>
              </>
            ) : null}
          </dl>
          <Plan lines={loan.plan} open />
        </>
      )}
      <ContinueElsewhere />
      <More view={view} />
    </Screen>
  );
}
