/** A figure with its 90% interval, and a difference that says whether the log can tell it from nothing. */
import { Tooltip } from 'antd';
import type { ReactNode } from 'react';
import type { Estimate } from '../../../domain/simulation.ts';
import { useTexts } from '../language.tsx';
import { texts } from './simulation-texts.ts';

export function Interval({ estimate, say }: { estimate: Estimate; say: (value: number) => string }): ReactNode {
  return (
    <>
      {say(estimate.value)}
      <small className="interval">
        {' '}
        ({say(estimate.low)} – {say(estimate.high)})
      </small>
    </>
  );
}

/** Strong where the interval leaves 0 out; said to be nothing where it does not. */
export function Change({ estimate, say }: { estimate: Estimate; say: (value: number) => string }): ReactNode {
  const t = useTexts(texts);
  const signed = (value: number): string => (value > 0 ? `+${say(value)}` : value < 0 ? `−${say(-value)}` : say(0));
  const isSure = estimate.low > 0 || estimate.high < 0;
  const isNothing = estimate.low === 0 && estimate.high === 0;
  return (
    <>
      {isSure ? <strong>{signed(estimate.value)}</strong> : signed(estimate.value)}
      <small className="interval">
        {' '}
        ({signed(estimate.low)} – {signed(estimate.high)})
      </small>
      {isSure || isNothing ? null : (
        <Tooltip title={t('cannotTellWhy')}>
          <small tabIndex={0}> {t('cannotTell')}</small>
        </Tooltip>
      )}
    </>
  );
}
