/** Each funder's weight, its tier and its caps. The weight is the policy's; the tier belongs to the funder, so moving one is a change of its own. */
import { Button, Tag } from 'antd';
import type { ReactNode } from 'react';
import type { Funder } from '../../../../domain/funder.ts';
import { useLanguage, useTexts } from '../../language.tsx';
import { Meaning } from '../../parts/meaning.tsx';
import { volumeWords } from '../../policy/cap-words.ts';
import { Knob } from './knob.tsx';
import type { Editing } from './knobs.tsx';
import { texts } from './texts.ts';

const MOST_TIER = 9;

interface Props {
  readonly editing: Editing;
  readonly funders: readonly Funder[];
  /** By funder: the tier it shall have. */
  readonly tiers: Readonly<Record<string, number>>;
  readonly onTier: (funderId: string, tier: number) => void;
}

export function Weights({ editing, funders, tiers, onTier }: Props): ReactNode {
  const t = useTexts(texts);
  const tierOf = (funder: Funder): number => tiers[funder.id] ?? funder.tier;
  const byTier = Map.groupBy(
    funders.toSorted((a, b) => tierOf(a) - tierOf(b) || (a.id < b.id ? -1 : 1)),
    tierOf,
  );
  return (
    <>
      <p className="quiet">{t('weightsMeans')}</p>
      {[...byTier].map(([tier, members]) => (
        <section key={tier} aria-label={t('tier', { n: tier })}>
          <h3 className="tier">
            <Meaning words={t('tierMeans')}>{t('tier', { n: tier })}</Meaning>
          </h3>
          {members.map((funder) => (
            <Weight key={funder.id} editing={editing} funder={funder} tier={tier} onTier={onTier} />
          ))}
        </section>
      ))}
    </>
  );
}

function Weight({ editing, funder, tier, onTier }: { editing: Editing; funder: Funder; tier: number; onTier: Props['onTier'] }): ReactNode {
  const t = useTexts(texts);
  const { lang } = useLanguage();
  const { now, body, edit, faultsAt, disabled } = editing;
  const caps = funder.caps.map((cap) => volumeWords(cap, cap.limit, lang));
  const [was, is] = [now.weights[funder.id] ?? 1, body.weights[funder.id] ?? 1];
  const move = (step: number) => (
    <Button
      size="small"
      type="text"
      disabled={disabled || tier + step < 1 || tier + step > MOST_TIER}
      aria-label={t(step < 0 ? 'stricter' : 'looser', { name: funder.name })}
      title={t(step < 0 ? 'stricter' : 'looser', { name: funder.name })}
      onClick={() => onTier(funder.id, tier + step)}
    >
      {step < 0 ? '↑' : '↓'}
    </Button>
  );
  return (
    <Knob
      label={funder.name}
      value={is}
      now={t('was', { value: was })}
      isChanged={was !== is || tier !== funder.tier}
      min={0}
      max={5}
      most={100}
      step={0.05}
      suffix="×"
      faults={faultsAt(`/weights/${funder.id}`)}
      disabled={disabled}
      onChange={(value) => edit((policy) => ({ ...policy, weights: { ...policy.weights, [funder.id]: value } }))}
      beside={
        <>
          {move(-1)}
          {move(1)}
          {funder.status === 'paused' ? <Tag>{t('paused')}</Tag> : null}
          {tier === funder.tier ? null : <Tag>{t('tierWas', { n: funder.tier })}</Tag>}
          {caps.length === 0 ? null : (
            <Meaning words={caps.join(' · ')}>
              <small className="quiet">{t('caps', { n: caps.length })}</small>
            </Meaning>
          )}
        </>
      }
    />
  );
}
