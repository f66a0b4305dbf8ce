/** @jsxImportSource preact */
/** A clear no (or an end), why, what would help and when to come back. Below a line, and named as what it is, advertising. */
import { useEffect, useState } from 'preact/hooks';
import { ask } from '../api.ts';
import { useJourney } from '../journey.ts';
import { useLanguage, useSay, type Pair } from '../language.tsx';
import { Button } from '../parts/button.tsx';
import { Screen } from '../parts/screen.tsx';
import type { PartnerOffers, View } from '../types.ts';
import { day } from '../words.ts';
import { AttemptList } from './attempts.tsx';
import { More } from './more.tsx';

const TITLES: Readonly<Record<string, Pair>> = {
  refused: ['这次不能受理', 'We cannot take this application'],
  declined: ['这次没有通过', 'Not this time'],
  expired: ['申请已过期', 'The application has run out'],
  withdrawn: ['已撤回', 'Withdrawn'],
  erased: ['已删除', 'Erased'],
};
/** By the code of a reason: what a person can do about it. */
const HELPS: Readonly<Record<string, Pair>> = {
  funder_income: ['补上三个月的社保或公积金，或把金额降下来', 'three months of social security or housing fund, or a smaller amount'],
  funder_credit: ['接下来三个月按时还款，少申请新的借款', 'pay on time for three months, and apply for little else meanwhile'],
  funder_amount: ['换一个金额或期限', 'another amount or term'],
  funder_identity: ['核对姓名、身份证号和手机号是不是同一个人的', 'check that name, ID number and phone are one person’s'],
  too_many_applications: ['过几天再来，近期不要多处申请', 'come back in some days, and do not apply in many places'],
  amount_out_of_range: ['换一个金额', 'another amount'],
  photo_poor: ['在光线好的地方重拍身份证', 'take the photos again in good light'],
};

export function EndedScreen({ view }: { readonly view: View }) {
  const { leave } = useJourney();
  const { lang } = useLanguage();
  const say = useSay();
  const codes = [...view.reasons, ...view.attempts.flatMap(({ reason }) => reason ?? [])].map(({ code }) => code);
  const helps = [...new Set(codes)].flatMap((code) => (HELPS[code] === undefined ? [] : [HELPS[code]]));
  const again = view.attempts
    .flatMap(({ again_at: at }) => at ?? [])
    .sort()
    .find(() => true);
  return (
    <Screen
      title={say(TITLES[view.status] ?? TITLES['declined']!)}
      action={
        <Button look={view.status === 'declined' || view.status === 'refused' ? 'quiet' : 'primary'} onTap={leave}>
          {say(['重新申请', 'Apply again'])}
        </Button>
      }
    >
      {view.reasons.map(({ code, message }) => (
        <p key={code} class="lead">
          {message}
        </p>
      ))}
      {view.attempts.length === 0 ? null : <AttemptList view={view} />}
      {helps.length === 0 && again === undefined ? null : (
        <section class="card">
          {helps.length === 0 ? null : (
            <>
              <h2>{say(['什么会有帮助', 'What would help'])}</h2>
              <ul>
                {helps.map((pair) => (
                  <li key={pair[0]}>{say(pair)}</li>
                ))}
              </ul>
            </>
          )}
          {again === undefined ? null : (
            <p>
              {say(['问过的资金方最早 {day} 可以再看您的申请。', 'The funders asked can look at you again from {day} at the earliest.'], {
                day: day(again, lang),
              })}
            </p>
          )}
        </section>
      )}
      {view.status === 'declined' || view.status === 'expired' ? <Partners id={view.id} /> : null}
      <More view={view} />
    </Screen>
  );
}

function Partners({ id }: { readonly id: string }) {
  const { lang } = useLanguage();
  const say = useSay();
  const [found, setFound] = useState<PartnerOffers | null>(null);
  useEffect(() => {
    ask<PartnerOffers>('GET', `/v1/applications/${id}/partner-offers`).then(setFound, () => undefined);
  }, [id, lang]);
  if (found === null || found.groups.length === 0) return null;
  return (
    <section class="apart" aria-label={say(['广告', 'Advertisement'])}>
      <h2>
        <span class="ad">{say(['广告', 'Ad'])}</span>
        {say(['合作方的产品，与上面的结果无关', 'Partners’ products, nothing to do with the decision above'])}
      </h2>
      {found.groups.map((group) => (
        <div key={group.class}>
          <p class="soft">{group.notice}</p>
          {group.offers.map((offer) => (
            <a key={offer.id} class="card offer" href={offer.link} target="_blank" rel="noreferrer sponsored">
              <h3>{offer.title}</h3>
              <p class="soft">{offer.text}</p>
            </a>
          ))}
        </div>
      ))}
    </section>
  );
}
