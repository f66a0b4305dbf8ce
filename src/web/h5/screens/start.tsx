/** @jsxImportSource preact */
/** The first look: how much, how long, and what that honestly costs. Nothing is asked of anybody yet. */
import { useMemo } from 'preact/hooks';
import { useJourney } from '../journey.ts';
import { useLanguage, useSay } from '../language.tsx';
import { Button } from '../parts/button.tsx';
import { Screen } from '../parts/screen.tsx';
import { Slider } from '../parts/slider.tsx';
import type { PageConfig } from '../types.ts';
import { about, months as monthsOf, percent } from '../words.ts';

const YUAN = 100;

export function StartScreen() {
  const { config, wish, setWish, go } = useJourney();
  const { lang } = useLanguage();
  const say = useSay();
  const words = config.texts[lang];
  const amounts = useMemo(() => amountsOf(config.amount), [config]);
  const amountFen = Math.min(config.amount.max_fen, Math.max(config.amount.min_fen, wish.amountFen));
  const months = config.terms.months.includes(wish.months) ? wish.months : config.terms.preset;
  return (
    <Screen
      title={words.headline ?? say(['想借多少，借多久？', 'How much, and for how long?'])}
      lead={words.promise ?? say(['先看清成本，再决定要不要申请。', 'See what it costs before you decide to apply.'])}
      onSubmit={() => {
        setWish({ amountFen, months });
        go('phone');
      }}
      action={
        <>
          <p class="soft">{say(['我们不放贷，只替您询问您同意的资金方', 'Not a lender: we ask only funders you agree to'])}</p>
          <Button submit>{words.button ?? say(['用手机号继续', 'Continue with my phone'])}</Button>
        </>
      }
    >
      <div class="card">
        <Slider
          label={say(['借款金额', 'Amount'])}
          name="amount"
          values={amounts}
          value={amountFen / YUAN}
          onValue={(value) => setWish({ amountFen: value * YUAN, months })}
          suffix={say(['元', 'CNY'])}
          words={(value) => value.toLocaleString('en-US')}
        />
        <Slider
          label={say(['借款期限', 'Term'])}
          name="term"
          values={config.terms.months}
          value={months}
          onValue={(value) => setWish({ amountFen, months: value })}
          suffix={say(['个月', 'months'])}
          words={String}
        />
      </div>
      <Example config={config} amountFen={amountFen} months={months} />
      <p class="notice">
        {say([
          '我们不是放贷机构。我们替您逐家询问资金方，而且只问您同意的那几家；放不放款由资金方决定。',
          'We are not a lender. We ask funders for you, one by one, and only those you agree to; whether to lend is their decision.',
        ])}
      </p>
      <Button look="link" onTap={() => go('phone', '#continue')}>
        {say(['已经申请过？继续或看进度', 'Applied before? Continue, or see how it stands'])}
      </Button>
    </Screen>
  );
}

function Example({ config, amountFen, months }: { readonly config: PageConfig; readonly amountFen: number; readonly months: number }) {
  const { lang } = useLanguage();
  const say = useSay();
  const open = config.costs.filter((cost) => cost.months === months && amountFen >= cost.min_fen && amountFen <= cost.max_fen);
  const low = open[0];
  const high = open[open.length - 1];
  if (low === undefined || high === undefined)
    return (
      <section class="card" aria-live="polite">
        <p>{say(['这个金额和期限目前没有产品，换一个试试。', 'There is no product for this amount and term just now; try another.'])}</p>
      </section>
    );
  const monthly = (fen: number): string => about((fen * amountFen) / config.costs_for_fen);
  const range = (from: string, to: string): string => (from === to ? from : say(['{from} 至 {to}', '{from} to {to}'], { from, to }));
  return (
    <section class="card" aria-live="polite">
      <h2 class="hidden">{say(['成本示例', 'Example cost'])}</h2>
      <dl class="figures">
        <div>
          <dt>{say(['每月约还', 'About each month'])}</dt>
          <dd>{range(monthly(low.monthly_fen), monthly(high.monthly_fen))}</dd>
        </div>
        <div>
          <dt>{say(['年化综合成本', 'All-in annual cost'])}</dt>
          <dd>{range(percent(low.apr_bps), percent(high.apr_bps))}</dd>
        </div>
      </dl>
      <p class="soft">
        {say(
          [
            '例：借 {amount}、{months}，等额还款，按目前 {n} 个真实产品计算，单利，已含全部息费。实际以资金方给您的报价为准。',
            'Example: {amount} over {months} in equal payments, by the {n} products open now; simple annual rate with all charges. What counts is the offer a funder makes you.',
          ],
          { amount: about(amountFen), months: monthsOf(months, lang), n: open.length },
        )}
      </p>
    </section>
  );
}

/** In steps that a thumb can find: hundreds of yuan at first, thousands later. */
function amountsOf({ min_fen: min, max_fen: max }: PageConfig['amount']): number[] {
  const values = new Set([min / YUAN]);
  for (let value = 0; value < max / YUAN; value += stepAt(value)) if (value > min / YUAN) values.add(value);
  values.add(max / YUAN);
  return [...values];
}

function stepAt(yuan: number): number {
  if (yuan < 5_000) return 500;
  if (yuan < 50_000) return 1_000;
  return yuan < 200_000 ? 5_000 : 50_000;
}
