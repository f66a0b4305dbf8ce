/** What must hold, whoever applies, before anybody can be sent to a funder: the same things that routing looks at first, all of them and not only the first that fails. */
import { costCapFor } from '../../compliance/cost.ts';
import type { Funder } from '../../domain/funder.ts';
import { localTime } from '../../routing/local-time.ts';
import type { Deps } from '../deps.ts';

export type FunderCheckId = 'status' | 'whitelist' | 'hours' | 'cost_cap' | 'configuration';
export interface FunderCheckState {
  readonly id: FunderCheckId;
  readonly ok: boolean;
  /** Numbers and names behind it, for the operator: what is, and what is asked for. */
  readonly detail: Readonly<Record<string, string | number | readonly string[]>>;
}

const CHINA_MS = 8 * 3_600_000;

export function funderChecks(deps: Pick<Deps, 'desk' | 'adapters'>, funder: Funder, nowMs: number): FunderCheckState[] {
  const local = localTime(nowMs, funder.time_zone);
  const { evidence, valid_from: from, valid_to: to } = funder.whitelist;
  const [opens, closes] = funder.hours;
  const quoted = funder.product.quoted_apr_bps;
  const cap = costCapFor(deps.desk.snapshot().costCaps, funder.funder_type, new Date(nowMs + CHINA_MS).toISOString().slice(0, 10));
  const missing = missingOf(deps, funder);
  return [
    { id: 'status', ok: funder.status === 'live', detail: { status: funder.status } },
    { id: 'whitelist', ok: local !== null && local.date >= from && local.date <= to, detail: { evidence, from, to, date: local?.date ?? '' } },
    {
      id: 'hours',
      ok: local !== null && local.hour >= opens && local.hour < closes,
      detail: { opens, closes, hour: local?.hour ?? -1, time_zone: funder.time_zone },
    },
    {
      id: 'cost_cap',
      ok: cap === null || quoted <= cap.max_apr_bps,
      detail: { quoted_apr_bps: quoted, ...(cap === null ? {} : { max_apr_bps: cap.max_apr_bps }) },
    },
    { id: 'configuration', ok: missing.length === 0, detail: { adapter: funder.adapter, missing } },
  ];
}

/** Secrets and parameters that the adapter asks for and nobody has given; `adapter` where there is no such adapter. Names alone. */
export function missingOf({ desk, adapters }: Pick<Deps, 'desk' | 'adapters'>, funder: Funder): string[] {
  const manifest = adapters.get(funder.adapter)?.manifest;
  if (manifest === undefined) return ['adapter'];
  const secrets = desk.funderSecrets(funder.id);
  return [
    ...manifest.secretNames.filter((name) => (secrets[name] ?? '') === '').map((name) => `secret ${name}`),
    ...manifest.paramNames.filter((name) => funder.params[name] === undefined).map((name) => `param ${name}`),
  ];
}
