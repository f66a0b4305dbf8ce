/** Where the operation stands: first what needs somebody, then today against the usual, the funders, the money. */
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { reading } from '../../api.ts';
import { useTexts } from '../../language.tsx';
import { Answered } from '../../parts/answered.tsx';
import { PageHead } from '../../parts/page-head.tsx';
import { rangeOf, spanOf } from '../../parts/range.tsx';
import { queryOf } from '../../parts/search.ts';
import { AgainstUsual, Hours } from './against.tsx';
import { Attention } from './attention.tsx';
import { Money } from './money.tsx';
import { Multiples } from './multiples.tsx';
import './overview.css';
import { texts } from './texts.ts';
import type { Approvals, Today } from './today.ts';

const REFRESH_MS = 30_000;

export default function Page(): ReactNode {
  const t = useTexts(texts);
  const range = rangeOf({}, '28', Date.now());
  const today = useQuery({ queryKey: ['today'], queryFn: reading<Today>('/v1/desk/today'), refetchInterval: REFRESH_MS });
  const url = `/v1/desk/approvals${queryOf(spanOf(range))}`;
  const approvals = useQuery({ queryKey: ['approvals', url], queryFn: reading<Approvals>(url) });
  return (
    <>
      <PageHead title={t('title')} />
      <Attention />
      <Answered query={today}>
        {(found) => (
          <div className="overview-cards">
            <AgainstUsual today={found} />
            <Hours today={found} />
            <div className="wide">
              <Answered query={approvals}>{(shown) => <Multiples approvals={shown} />}</Answered>
            </div>
            <div className="wide">
              <Money today={found} range={range} />
            </div>
          </div>
        )}
      </Answered>
    </>
  );
}
