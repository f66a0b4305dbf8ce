/** Counts what the API said about a crowd of applicants: the funnel and, for each funder, what became of those sent to it. */
import type { Trait } from '../../../fixtures/demo/applicants.ts';
import type { View } from './client.ts';
import type { Course } from './journey.ts';

export interface FunderCounts {
  readonly id: string;
  readonly name: string;
  readonly attempts: number;
  readonly ineligible: number;
  readonly approved: number;
  readonly declined: number;
  /** Failed, cancelled, or never answered. */
  readonly other: number;
  /** Approved of those decided; null when none was. */
  readonly approval_rate: number | null;
  /** From being asked to the decision. */
  readonly median_ms: number | null;
}

export interface Funnel {
  readonly applicants: number;
  /** Rejected at a field, nothing stored; by the fault's code. */
  readonly invalid: Readonly<Record<string, number>>;
  /** Drafts that were never completed. */
  readonly incomplete: number;
  readonly submitted: number;
  /** By reason code; one application may have several. */
  readonly refused: number;
  readonly refused_by: Readonly<Record<string, number>>;
  readonly passed_prescreen: number;
  readonly withdrawn: number;
  readonly expired: number;
  readonly declined: number;
  readonly unsettled: number;
  readonly approved: number;
  readonly accepted: number;
  readonly disbursed: number;
  readonly disbursed_fen: number;
  readonly given_partner_offers: number;
  readonly partner_offers_shown: number;
  readonly partner_clicks: number;
  readonly partner_leads: number;
  readonly funders: readonly FunderCounts[];
  /** Reasons that the traits of the made-up crowd do not explain would show here. */
  readonly traits: Readonly<Partial<Record<Trait, number>>>;
}

/** `funders` in the order they are to be listed. */
export function countFunnel(courses: readonly Course[], funders: readonly { readonly id: string; readonly name: string }[]): Funnel {
  const views = courses.flatMap(({ view, end }) => (view !== null && end === 'through' ? [view] : []));
  const status = (...wanted: readonly string[]): number => views.filter((view) => wanted.includes(view.status)).length;
  const refused = views.filter((view) => view.status === 'refused');
  const disbursed = views.filter((view) => view.status === 'disbursed');
  const sum = (of: (course: Course) => number): number => courses.reduce((total, course) => total + of(course), 0);
  return {
    applicants: courses.length,
    invalid: tally(courses.flatMap(({ fault, end }) => (end === 'rejected' ? [fault ?? 'unknown'] : []))),
    incomplete: courses.filter(({ end }) => end === 'unfinished').length,
    submitted: views.length,
    refused: refused.length,
    refused_by: tally(refused.flatMap((view) => view.reasons.map(({ code }) => code))),
    passed_prescreen: views.length - refused.length,
    withdrawn: status('withdrawn'),
    expired: status('expired'),
    declined: status('declined'),
    unsettled: status('draft', 'screening', 'routing', 'pending', 'needs_consent'),
    approved: views.filter((view) => view.offers.length > 0).length,
    accepted: views.filter((view) => view.offers.some((offer) => offer.status === 'accepted')).length,
    disbursed: disbursed.length,
    disbursed_fen: disbursed.reduce((total, view) => total + (view.loan?.amount_fen ?? 0), 0),
    given_partner_offers: courses.filter(({ promotion }) => promotion.shown > 0).length,
    partner_offers_shown: sum(({ promotion }) => promotion.shown),
    partner_clicks: sum(({ promotion }) => promotion.clicked),
    partner_leads: sum(({ promotion }) => promotion.leads),
    funders: funders.map(({ id, name }) => countFunder(id, name, courses)),
    traits: tally(courses.map(({ trait }) => trait)),
  };
}

function countFunder(id: string, name: string, courses: readonly Course[]): FunderCounts {
  const attempts = courses.flatMap((course) => (course.view?.attempts ?? []).filter((attempt) => attempt.funder.id === id));
  const count = (state: string): number => attempts.filter((attempt) => attempt.status === state).length;
  const [ineligible, approved, declined] = [count('ineligible'), count('approved'), count('declined')];
  const times = courses.flatMap((course) => timesAt(id, course)).toSorted((left, right) => left - right);
  return {
    id,
    name,
    attempts: attempts.length,
    ineligible,
    approved,
    declined,
    other: attempts.length - ineligible - approved - declined,
    approval_rate: approved + declined === 0 ? null : approved / (approved + declined),
    median_ms: times[Math.floor(times.length / 2)] ?? null,
  };
}

/** One is asked when the one before has answered, or when the borrower has agreed to it if that came later. */
function timesAt(funderId: string, { view, agreedAtMs }: Course): number[] {
  const attempts = (view as View | null)?.attempts ?? [];
  let freeMs = Date.parse(view?.created_at ?? '');
  const times: number[] = [];
  for (const attempt of attempts) {
    const atMs = Date.parse(attempt.at);
    const startMs = Math.max(freeMs, ...agreedAtMs.filter((ms) => ms <= atMs));
    if (attempt.funder.id === funderId && (attempt.status === 'approved' || attempt.status === 'declined')) times.push(atMs - startMs);
    freeMs = Math.max(freeMs, atMs);
  }
  return times;
}

function tally<K extends string>(codes: readonly K[]): Record<K, number> {
  const counts = new Map<K, number>();
  for (const code of codes) counts.set(code, (counts.get(code) ?? 0) + 1);
  return Object.fromEntries([...counts].toSorted((left, right) => right[1] - left[1])) as Record<K, number>;
}
