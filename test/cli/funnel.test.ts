import { describe, expect, it } from 'vitest';
import type { View } from '../../src/cli/demo/client.ts';
import { countFunnel } from '../../src/cli/demo/funnel.ts';
import type { Course } from '../../src/cli/demo/journey.ts';
import { renderFunnel } from '../../src/cli/demo/report.ts';
import { columnsOf, renderTable } from '../../src/cli/table.ts';

const FUNDERS = [
  { id: 'fnd_a', name: '甲银行' },
  { id: 'fnd_b', name: '乙消费金融' },
];
const at = (second: number): string => new Date(Date.UTC(2026, 0, 1, 0, 0, second)).toISOString();

function course(end: Course['end'], view: Partial<View> | null, more: Partial<Course> = {}): Course {
  const whole: View | null =
    view === null ? null : { id: 'app', status: 'declined', reasons: [], needs: [], attempts: [], offers: [], created_at: at(0), ...view };
  return { trait: 'sound', end, fault: null, view: whole, agreedAtMs: [], promotion: { shown: 0, clicked: 0, leads: 0 }, ...more };
}
const asked = (index: number, status: string, second: number): View['attempts'][number] => ({ funder: FUNDERS[index]!, status, at: at(second) });

const COURSES: Course[] = [
  course('rejected', null, { fault: 'phone_too_short', trait: 'bad_phone' }),
  course('unfinished', { status: 'draft' }),
  course('through', { status: 'refused', reasons: [{ code: 'student' }, { code: 'under_age' }] }),
  course('through', { attempts: [asked(0, 'declined', 2), asked(1, 'declined', 5)] }, { promotion: { shown: 4, clicked: 2, leads: 1 } }),
  course(
    'through',
    {
      status: 'disbursed',
      attempts: [asked(0, 'ineligible', 1), asked(1, 'approved', 7)],
      offers: [{ id: 'off', funder: FUNDERS[1]!, status: 'accepted', amount_fen: 500_000, all_in_apr_bps: 1_800 }],
      loan: { status: 'active', amount_fen: 500_000 },
    },
    { agreedAtMs: [Date.parse(at(6))] },
  ),
  course('through', { status: 'withdrawn', attempts: [asked(0, 'cancelled', 3)] }),
];

describe('the funnel', () => {
  const funnel = countFunnel(COURSES, FUNDERS);

  it('counts each applicant once at every stage', () => {
    expect(funnel).toMatchObject({
      applicants: 6,
      invalid: { phone_too_short: 1 },
      incomplete: 1,
      submitted: 4,
      refused: 1,
      passed_prescreen: 3,
      declined: 1,
      withdrawn: 1,
      approved: 1,
      accepted: 1,
      disbursed: 1,
      disbursed_fen: 500_000,
      given_partner_offers: 1,
      partner_offers_shown: 4,
      partner_clicks: 2,
      partner_leads: 1,
      unsettled: 0,
    });
  });

  it('counts every reason of a refusal', () => {
    expect(funnel.refused_by).toEqual({ student: 1, under_age: 1 });
  });

  it('rates funders by what they decided, and times them from when they were free to be asked', () => {
    expect(funnel.funders).toMatchObject([
      { id: 'fnd_a', attempts: 3, ineligible: 1, approved: 0, declined: 1, other: 1, approval_rate: 0, median_ms: 2_000 },
      // 3 s after the decline before it; 1 s after the borrower agreed.
      { id: 'fnd_b', attempts: 2, approved: 1, declined: 1, approval_rate: 0.5, median_ms: 3_000 },
    ]);
  });

  it('has no rate where nothing was decided', () => {
    expect(countFunnel([], FUNDERS).funders[0]).toMatchObject({ attempts: 0, approval_rate: null, median_ms: null });
    expect(renderFunnel(countFunnel([], FUNDERS))).toContain('applicants');
  });

  it('reads as a table', () => {
    const text = renderFunnel(funnel);
    expect(text).toMatch(/^submitted +4 +67%$/m);
    expect(text).toMatch(/^ {4}student +1/m);
    expect(text).toMatch(/^fnd_b +乙消费金融 +2 /m);
  });
});

describe('tables', () => {
  it('line up when Chinese and Latin stand in one column', () => {
    const [, , first, second] = renderTable(
      ['name', 'n'],
      [
        ['甲银行', 1],
        ['abc', 12_345],
      ],
    ).split('\n');
    expect(columnsOf(first!)).toBe(columnsOf(second!));
    expect(second).toBe('abc     12,345');
  });

  it('show a dash where there is nothing', () => {
    expect(renderTable(['a'], [[null]])).toBe('a\n-\n-');
  });
});
