/** The funnel as a person reads it. */
import { renderTable, type Cell } from '../table.ts';
import type { Funnel } from './funnel.ts';

export function renderFunnel(funnel: Funnel): string {
  const of = (part: number, whole: number): string => (whole === 0 ? '' : `${Math.round((100 * part) / whole)}%`);
  const indented = (counts: Readonly<Record<string, number>>, whole: number): Cell[][] =>
    Object.entries(counts).map(([code, n]) => [`    ${code}`, n, of(n, whole)]);
  const invalid = Object.values(funnel.invalid).reduce((sum, n) => sum + n, 0);
  const { applicants, submitted, passed_prescreen: passed } = funnel;
  const stages: Cell[][] = [
    ['applicants', applicants, ''],
    ['  rejected at a field', invalid, of(invalid, applicants)],
    ...indented(funnel.invalid, applicants),
    ['  left unfinished', funnel.incomplete, of(funnel.incomplete, applicants)],
    ['submitted', submitted, of(submitted, applicants)],
    ['  refused by prescreen', funnel.refused, of(funnel.refused, submitted)],
    ...indented(funnel.refused_by, submitted),
    ['passed prescreen', passed, of(passed, submitted)],
    ['  withdrawn', funnel.withdrawn, of(funnel.withdrawn, passed)],
    ['  expired', funnel.expired, of(funnel.expired, passed)],
    ...(funnel.unsettled === 0 ? [] : [['  not settled in time', funnel.unsettled, of(funnel.unsettled, passed)]]),
    ['  declined by all', funnel.declined, of(funnel.declined, passed)],
    ['offered', funnel.approved, of(funnel.approved, passed)],
    ['accepted', funnel.accepted, of(funnel.accepted, funnel.approved)],
    ['disbursed', funnel.disbursed, of(funnel.disbursed, funnel.accepted)],
    ['  yuan disbursed', Math.round(funnel.disbursed_fen / 100), ''],
    ['given partner offers', funnel.given_partner_offers, of(funnel.given_partner_offers, funnel.declined + funnel.expired)],
    ['  offers shown', funnel.partner_offers_shown, ''],
    ['  clicked', funnel.partner_clicks, of(funnel.partner_clicks, funnel.partner_offers_shown)],
    ['  leads reported', funnel.partner_leads, of(funnel.partner_leads, funnel.partner_clicks)],
  ];
  const funders = funnel.funders.map((funder): Cell[] => [
    funder.id,
    funder.name,
    funder.attempts,
    funder.ineligible,
    funder.approved,
    funder.declined,
    funder.other,
    funder.approval_rate === null ? null : Math.round(funder.approval_rate * 100),
    funder.median_ms,
  ]);
  const head = ['funder', '', 'attempts', 'ineligible', 'approved', 'declined', 'other', 'approval %', 'median ms'];
  return `${renderTable(['funnel', 'count', ''], stages)}\n\n${renderTable(head, funders)}\n`;
}
