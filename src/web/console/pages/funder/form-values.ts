/** Between a funder's record and its form: sums in yuan, rates in percent, what has no field of its own as JSON. */
import type { Funder } from '../../../../domain/funder.ts';

type Cap = Funder['caps'][number];
type Promised = Funder['promises'][number];

export interface FormValues {
  readonly name: string;
  readonly status: Funder['status'];
  readonly tier: number;
  readonly opens: number;
  readonly closes: number;
  readonly evidence: string;
  readonly valid_from: string;
  readonly valid_to: string;
  readonly min_amount: number;
  readonly max_amount: number;
  readonly terms_months: readonly number[];
  readonly min_age: number;
  readonly max_age: number;
  readonly min_income: number;
  readonly excluded_regions: readonly string[];
  readonly quoted_apr: number;
  readonly cpa: number;
  readonly cps: number;
  readonly attempt_cost: number;
  readonly caps: readonly Cap[];
  readonly promises: readonly (Omit<Promised, 'max_subsidy_fen'> & { readonly subsidy: number })[];
  readonly rest: string;
}

const FEN = 100;
const BPS = 100;

export function valuesOf(record: Funder): FormValues {
  const { name, status, tier, hours, whitelist, product, terms, caps, promises, rule: _rule, ...rest } = record;
  return {
    name,
    status,
    tier,
    opens: hours[0],
    closes: hours[1],
    ...whitelist,
    min_amount: product.min_amount_fen / FEN,
    max_amount: product.max_amount_fen / FEN,
    terms_months: product.terms_months,
    min_age: product.min_age,
    max_age: product.max_age,
    min_income: product.min_income_fen / FEN,
    excluded_regions: product.excluded_regions,
    quoted_apr: product.quoted_apr_bps / BPS,
    cpa: terms.cpa_fen / FEN,
    cps: terms.cps_bps / BPS,
    attempt_cost: terms.attempt_cost_fen / FEN,
    caps: caps.map((cap) => ({ ...cap, limit: shown(cap.unit, cap.limit) })),
    promises: promises.map(({ max_subsidy_fen: subsidy, ...promise }) => ({
      ...promise,
      volume: shown(promise.unit, promise.volume),
      subsidy: subsidy / FEN,
    })),
    rest: JSON.stringify(rest, null, 2),
  };
}

/** The record as it shall be; whatever the form has no field for is taken from the JSON. */
export function recordOf(values: FormValues, rule: Funder['rule'], rest: object): object {
  return {
    ...rest,
    name: values.name,
    status: values.status,
    tier: values.tier,
    hours: [values.opens, values.closes],
    whitelist: { evidence: values.evidence, valid_from: values.valid_from, valid_to: values.valid_to },
    product: {
      min_amount_fen: kept(values.min_amount),
      max_amount_fen: kept(values.max_amount),
      terms_months: values.terms_months.map(Number),
      min_age: values.min_age,
      max_age: values.max_age,
      min_income_fen: kept(values.min_income),
      excluded_regions: values.excluded_regions,
      quoted_apr_bps: Math.round(values.quoted_apr * BPS),
    },
    rule,
    terms: { cpa_fen: kept(values.cpa), cps_bps: Math.round(values.cps * BPS), attempt_cost_fen: kept(values.attempt_cost) },
    caps: values.caps.map((cap) => ({ ...cap, limit: stored(cap.unit, cap.limit) })),
    promises: values.promises.map(({ subsidy, ...promise }) => ({
      ...promise,
      volume: stored(promise.unit, promise.volume),
      max_subsidy_fen: kept(subsidy),
    })),
  };
}

function kept(yuan: number): number {
  return Math.round(yuan * FEN);
}
function shown(unit: Cap['unit'], amount: number): number {
  return unit === 'amount_fen' ? amount / FEN : amount;
}
function stored(unit: Cap['unit'], amount: number): number {
  return unit === 'amount_fen' ? kept(amount) : amount;
}
