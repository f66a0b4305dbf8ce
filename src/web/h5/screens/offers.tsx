/** @jsxImportSource preact */
/** The offers, cheapest first by all they cost; and for the one chosen, its cost in full before it can be taken. */
import { useState } from 'preact/hooks';
import { useLanguage, useSay } from '../language.tsx';
import { Button } from '../parts/button.tsx';
import { Screen } from '../parts/screen.tsx';
import type { Offer, View } from '../types.ts';
import { day, months, percent, yuan } from '../words.ts';
import { AttemptList } from './attempts.tsx';
import { CostScreen } from './cost.tsx';
import { ContinueElsewhere } from './elsewhere.tsx';
import { More } from './more.tsx';
import { StepNeeds } from './step-needs.tsx';

const MOVING = new Set(['checking', 'submitting', 'unknown', 'pending', 'quoted', 'authorising']);

export function OffersScreen({ view }: { readonly view: View }) {
  const say = useSay();
  const [chosen, setChosen] = useState<string | null>(null);
  const open = view.offers.filter(({ status }) => status === 'open').sort((a, b) => a.all_in_apr_bps - b.all_in_apr_bps);
  const offer = open.find(({ id }) => id === chosen);
  if (offer !== undefined) return <CostScreen key={offer.id} view={view} offer={offer} back={() => setChosen(null)} />;
  const asking = view.attempts.some(({ status }) => MOVING.has(status));
  return (
    <Screen
      title={
        open.length === 1
          ? say(['有一家同意借给您', 'One funder says yes'])
          : say(['有 {n} 个方案可选', '{n} offers to choose from'], { n: open.length })
      }
      lead={say([
        '按全部成本从低到高排列。不急，看清楚再选；不选也可以。',
        'Cheapest first, by all they cost. Take your time; you need not take any.',
      ])}
    >
      <StepNeeds view={view} />
      {open.map((each) => (
        <OfferCard key={each.id} offer={each} choose={() => setChosen(each.id)} />
      ))}
      {asking ? (
        <p class="soft">{say(['还有资金方没有答复，有更好的会出现在这里。', 'Others are still deciding; better offers will appear here.'])}</p>
      ) : null}
      <details>
        <summary>{say(['每家怎么说', 'What each of them said'])}</summary>
        <AttemptList view={view} />
      </details>
      <ContinueElsewhere />
      <More view={view} />
    </Screen>
  );
}

function OfferCard({ offer, choose }: { readonly offer: Offer; readonly choose: () => void }) {
  const say = useSay();
  const { lang } = useLanguage();
  const { monthly, repaid } = totalsOf(offer);
  return (
    <article class="card" data-offer={offer.funder.id}>
      <h2>{offer.funder.name}</h2>
      <dl class="figures">
        <div>
          <dt>{say(['借到', 'You borrow'])}</dt>
          <dd>{yuan(offer.amount_fen)}</dd>
        </div>
        <div>
          <dt>{say(['每月还', 'Each month'])}</dt>
          <dd>{yuan(monthly)}</dd>
        </div>
        <div>
          <dt>{say(['一共还', 'In all'])}</dt>
          <dd>{yuan(repaid)}</dd>
        </div>
        <div>
          <dt>{say(['年化综合成本', 'All-in annual cost'])}</dt>
          <dd>{percent(offer.all_in_apr_bps)}</dd>
        </div>
      </dl>
      <p class="soft">
        {say(['{months}；对方报的年利率 {quoted}；{day}前有效', '{months}; its quoted rate is {quoted}; good until {day}'], {
          months: months(offer.term_months, lang),
          quoted: percent(offer.quoted_apr_bps),
          day: day(offer.expires_at, lang),
        })}
      </p>
      <Button onTap={choose}>{say(['看全部成本', 'See the whole cost'])}</Button>
    </article>
  );
}

/** What is due each month at most, and all that is paid, fees included. Fen. */
export function totalsOf({ plan, fees }: Pick<Offer, 'plan' | 'fees'>): { readonly monthly: number; readonly repaid: number } {
  const each = fees.filter(({ when }) => when === 'monthly').reduce((sum, fee) => sum + fee.amount_fen, 0);
  const once = fees.filter(({ when }) => when === 'upfront').reduce((sum, fee) => sum + fee.amount_fen, 0);
  const last = plan.reduce((latest, { month }) => Math.max(latest, month), 0);
  const paid = plan.reduce((sum, line) => sum + line.total_fen, 0);
  return { monthly: Math.max(0, ...plan.map((line) => line.total_fen)) + each, repaid: paid + once + each * last };
}
