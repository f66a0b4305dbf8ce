/** @jsxImportSource preact */
/** The whole cost of one offer, to be read for as long as the law wants, and only then taken. */
import { useEffect, useState } from 'preact/hooks';
import { ask, Refused } from '../api.ts';
import { useCountdown } from '../countdown.ts';
import { useJourney } from '../journey.ts';
import { useLanguage, useSay } from '../language.tsx';
import { Button } from '../parts/button.tsx';
import { Plan } from '../parts/plan.tsx';
import { Screen } from '../parts/screen.tsx';
import { Trouble, useTrying } from '../parts/trouble.tsx';
import type { DisclosureReply, Offer, View } from '../types.ts';
import { months, percent, yuan } from '../words.ts';

interface Of {
  readonly view: View;
  readonly offer: Offer;
  readonly back: () => void;
}

export function CostScreen({ view, offer, back }: Of) {
  const { take, reload } = useJourney();
  const say = useSay();
  const [shown, setShown] = useState<DisclosureReply | null>(null);
  const [left, setLeft] = useCountdown();
  const trying = useTrying();
  const path = `/v1/applications/${view.id}/offers/${offer.id}`;
  const load = (): void =>
    void trying.attempt(async () => {
      const reply = await ask<DisclosureReply>('POST', `${path}/disclosure`, { again: true });
      setShown(reply);
      setLeft(reply.reading_time_s);
    });
  useEffect(load, []);
  const accept = (): void =>
    void trying.attempt(async () => {
      try {
        take(await ask<View>('POST', `${path}/accept`, { json: { disclosure_hash: shown?.hash }, intent: `accept.${offer.id}` }));
      } catch (error) {
        if (!(error instanceof Refused)) throw error;
        if (error.code === 'reading_time') return setLeft(Math.max(1, error.retryAfterS));
        // Taken already, or gone meanwhile: what stands now says it.
        await reload();
        throw error;
      }
      return undefined;
    });
  return (
    <Screen
      title={say(['{name}的全部成本', 'The whole cost at {name}'], { name: offer.funder.name })}
      lead={say(['看完再决定。除了这里写的，没有别的费用。', 'Read it before you decide. Nothing is charged beyond what stands here.'])}
      action={
        <>
          <Trouble of={trying} />
          <Button name="accept" busy={trying.busy} disabled={shown === null || left > 0} onTap={accept}>
            {left > 0
              ? say(['请先阅读（{n} 秒）', 'Please read first ({n} s)'], { n: left })
              : say(['已看清楚，接受这个方案', 'I have read it; take this offer'])}
          </Button>
        </>
      }
    >
      {shown === null ? <div class="card skeleton tall" aria-hidden="true" /> : <CostTable disclosure={shown.disclosure} offer={offer} />}
      <Button look="quiet" onTap={back}>
        {say(['返回，不选这个', 'Back, not this one'])}
      </Button>
    </Screen>
  );
}

function CostTable({ disclosure: cost, offer }: { readonly disclosure: DisclosureReply['disclosure']; readonly offer: Offer }) {
  const { lang } = useLanguage();
  const say = useSay();
  return (
    <>
      <dl class="facts card">
        <dt>{say(['出资方', 'Lender'])}</dt>
        <dd>{cost.lender.legalEntity}</dd>
        <dt>{say(['借款金额', 'Loan amount'])}</dt>
        <dd>{yuan(cost.amount)}</dd>
        <dt>{say(['实际到账', 'You receive'])}</dt>
        <dd>{yuan(cost.received)}</dd>
        <dt>{say(['期限', 'Term'])}</dt>
        <dd>{months(cost.termMonths, lang)}</dd>
        <dt>{say(['还款总额', 'You repay in all'])}</dt>
        <dd>{yuan(cost.repaid)}</dd>
        <dt>{say(['息费合计', 'Interest and fees'])}</dt>
        <dd>{yuan(cost.charges)}</dd>
        <dt>{say(['年化综合成本', 'All-in annual cost'])}</dt>
        <dd>
          <strong>{percent(cost.aprBps)}</strong>
        </dd>
      </dl>
      <p class="soft">{cost.annualisation[lang]}</p>
      <h2>{say(['逐项', 'Item by item'])}</h2>
      <div class="scroll" tabIndex={0} role="region" aria-label={say(['逐项费用', 'Items'])}>
        <table>
          <thead>
            <tr>
              <th scope="col">{say(['项目', 'Item'])}</th>
              <th scope="col">{say(['费率', 'Rate'])}</th>
              <th scope="col">{say(['金额', 'Amount'])}</th>
            </tr>
          </thead>
          <tbody>
            {cost.items.map((line) => (
              <tr key={line.item.zh}>
                <th scope="row">
                  {line.item[lang]}
                  <br />
                  <span class="soft">
                    {line.method[lang]} · {line.payee}
                  </span>
                </th>
                <td>{percent(line.rateBps)}</td>
                <td>{yuan(line.amount)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <h2>{say(['如果逾期', 'If you pay late'])}</h2>
      {cost.defaultCosts.map((line) => (
        <p key={line.item.zh} class="soft">
          {line.item[lang]} · {line.method[lang]} · {line.payee}
        </p>
      ))}
      {cost.defaultNote === null ? null : <p class="soft">{cost.defaultNote[lang]}</p>}
      <p>{cost.noOtherCharges[lang]}</p>
      <Plan lines={offer.plan} />
    </>
  );
}
