/** What the borrower's page is told before there is an application: its key, its variant, what may be asked for and what that costs, by the products that are open. */
import { exampleCost, type ExampleCost } from '../compliance/example-cost.ts';
import type { Channel, DeskSnapshot } from '../domain/desk.ts';
import { problem, type Problem } from '../domain/failures.ts';
import type { Funder } from '../domain/funder.ts';
import { PAGE_STEPS, type PageVariant } from '../domain/page-variant.ts';
import { generator } from '../routing/draw.ts';
import type { Deps } from './deps.ts';
import { pageKeyOf } from './page-key.ts';

/** The amount that `costs` are reckoned for; payments grow in step with it. */
const PER_FEN = 1_000_000;
const USUAL_AMOUNT_FEN = 2_000_000;
const USUAL_MONTHS = 12;
const CHINA_MS = 8 * 3_600_000;

type Sight = Pick<Deps, 'vault' | 'mode' | 'clock'> & { readonly desk: Pick<Deps['desk'], 'snapshot'> };

/** `preview`: the live variant to be shown, whomever it would be shown to; null: the visitor's own. */
export function showPage(deps: Sight, channelId: string, visitor: string, preview: string | null = null) {
  const desk = deps.desk.snapshot();
  const channel = desk.channels.get(channelId);
  if (channel?.status !== 'live') return noPage();
  const variant = preview === null ? chooseVariant(desk, channel, visitor) : liveVariants(desk, channel).find(({ id }) => id === preview);
  if (variant === undefined) return noPage();
  const open = [...desk.funders.values()].filter(({ status }) => status === 'live');
  const amount = amountOf(desk, open, variant);
  const terms = termsOf(open, variant);
  const today = new Date(deps.clock.nowMs() + CHINA_MS).toISOString().slice(0, 10);
  const costs = open.flatMap(({ product, ...funder }) =>
    product.terms_months.flatMap((months) => {
      const cost = terms.months.includes(months) ? exampleCost({ product, ...funder }, PER_FEN, months, desk.costCaps, today) : null;
      return cost === null
        ? []
        : [{ months, min_fen: product.min_amount_fen, max_fen: product.max_amount_fen, apr_bps: cost.aprBps, monthly_fen: cost.monthlyFen }];
    }),
  );
  return {
    channel: channel.id,
    name: channel.name,
    mode: deps.mode,
    key: pageKeyOf(deps, channel.id),
    variant: variant?.id ?? null,
    texts: variant?.texts ?? { zh: {}, en: {} },
    steps: variant?.steps ?? PAGE_STEPS,
    amount,
    terms,
    photos: desk.policy.prescreen.required_documents,
    min_age: desk.policy.prescreen.min_age,
    max_age: desk.policy.prescreen.max_age,
    /** Each product and term that is open, for a loan of `costs_for_fen`. */
    costs: costs.toSorted((a, b) => a.months - b.months || a.apr_bps - b.apr_bps),
    costs_for_fen: PER_FEN,
    example: exampleOf(desk, open, amount.preset_fen, terms.preset, today),
  };
}
export type PageShown = Exclude<ReturnType<typeof showPage>, Problem>;

/**
 * The same visitor always gets the same variant. Each variant draws a number for each visitor and the highest by weight wins, so that one
 * more of them takes visitors from the others in their proportion and moves nobody else.
 */
export function chooseVariant(desk: Pick<DeskSnapshot, 'pageVariants'>, channel: Pick<Channel, 'id'>, visitor: string): PageVariant | null {
  let best: { readonly variant: PageVariant; readonly score: number } | null = null;
  for (const variant of liveVariants(desk, channel)) {
    if (variant.weight === 0) continue;
    const score = -Math.log(1 - generator(0, `page/${variant.id}/${visitor}`)()) / variant.weight;
    if (best === null || score < best.score) best = { variant, score };
  }
  return best?.variant ?? null;
}

function liveVariants({ pageVariants }: Pick<DeskSnapshot, 'pageVariants'>, { id }: Pick<Channel, 'id'>): readonly PageVariant[] {
  return pageVariants.filter(({ channel, status }) => channel === id && status === 'live');
}

/** What live funders lend and the general policy lets through, within what the variant offers. */
function amountOf(desk: DeskSnapshot, open: readonly Funder[], variant: PageVariant | null) {
  const { min_amount_fen: least, max_amount_fen: most } = desk.policy.prescreen;
  const asked = variant?.amount ?? { min_fen: least, max_fen: most, preset_fen: USUAL_AMOUNT_FEN };
  const max_fen = Math.max(least, Math.min(most, asked.max_fen, ...highest(open.map(({ product }) => product.max_amount_fen))));
  const min_fen = Math.min(max_fen, Math.max(least, asked.min_fen, ...lowest(open.map(({ product }) => product.min_amount_fen))));
  return { min_fen, max_fen, preset_fen: Math.min(max_fen, Math.max(min_fen, asked.preset_fen)) };
}

function termsOf(open: readonly Funder[], variant: PageVariant | null) {
  const lent = [...new Set(open.flatMap(({ product }) => product.terms_months))].toSorted((a, b) => a - b);
  const wanted = variant?.terms?.months;
  const both = wanted === undefined ? lent : lent.filter((months) => wanted.includes(months));
  const months = both.length > 0 ? both : [USUAL_MONTHS];
  const preset = variant?.terms?.preset ?? USUAL_MONTHS;
  return { months, preset: months.reduce((near, each) => (Math.abs(each - preset) < Math.abs(near - preset) ? each : near)) };
}

/** The worked example: the cheapest and the dearest product for the usual wish. */
function exampleOf(desk: DeskSnapshot, open: readonly Funder[], amountFen: number, months: number, today: string) {
  const found = open
    .filter(({ product }) => product.terms_months.includes(months) && amountFen >= product.min_amount_fen && amountFen <= product.max_amount_fen)
    .flatMap((funder) => exampleCost(funder, amountFen, months, desk.costCaps, today) ?? [])
    .toSorted((a, b) => a.aprBps - b.aprBps);
  const [low] = found;
  const high = found.at(-1);
  return low === undefined || high === undefined ? null : { amount_fen: amountFen, months, products: found.length, low: told(low), high: told(high) };
}

function told({ aprBps, monthlyFen, repaidFen }: ExampleCost) {
  return { apr_bps: aprBps, monthly_fen: monthlyFen, repaid_fen: repaidFen };
}

/** One number, or none: for a bound that is not there without any. */
function highest(values: readonly number[]): number[] {
  return values.length === 0 ? [] : [Math.max(...values)];
}
function lowest(values: readonly number[]): number[] {
  return values.length === 0 ? [] : [Math.min(...values)];
}

function noPage(): Problem {
  return problem('not_found', '没有这个申请入口', 'there is no such page');
}
