/** Alarms in words: the numbers are there in both languages, and parts are left out where the whole stands. */
import { describe, expect, it } from 'vitest';
import type { Change } from '../../src/analytics/change-watch.ts';
import { CHANGE_KINDS, changeAlarms, wordsOf } from '../../src/analytics/change-words.ts';
import { alarmBody } from '../../src/outbox/alarm-body.ts';

const drop: Change = {
  funderId: 'fnd_river',
  figure: 'approval',
  direction: 'down',
  segment: '',
  sinceMs: 1,
  raisedMs: 2,
  n: 204,
  before: 0.2,
  now: 0.098,
  byTraffic: -0.02,
  byFunder: -0.082,
  error: 0.0401,
  sure: 0.957,
  others: 1.02,
  cause: 'funder',
  limitMs: null,
};

describe('the words of a change', () => {
  it('say what moved, how sure that is and whose part is what', () => {
    expect(wordsOf(drop)).toEqual({
      en: 'Approval rate went from 20.0% to 9.8% over the last 204, 95.7% sure that something changed. Of −10.2 points, −2.0 are the traffic mix and −8.2 the funder (±4.0). The others are at 102.0% of what was expected of them: it is the funder.',
      zh: '通过率由20.0%变为9.8%（最近204笔），有变化的把握95.7%。−10.2中，客群结构−2.0，资金方−8.2（±4.0）。其他资金方为预期的102.0%：是资金方变了。',
    });
  });

  it('say that it is the traffic where it is, seen or unseen, and name nobody else where there is nobody', () => {
    const traffic = wordsOf({ ...drop, figure: 'traffic', others: null, cause: 'traffic', byTraffic: -0.1, byFunder: -0.0001 });
    expect([traffic.en, traffic.zh].join()).toMatch(
      /−10\.0 are the traffic mix and 0\.0 the funder.*traffic mix, not the funder.*资金方0\.0.*资金方没有变/,
    );
    const unseen = wordsOf({ ...drop, cause: 'traffic', others: 0.55 });
    expect([unseen.en, unseen.zh].join()).toMatch(/at 55\.0% .* rather the traffic.*预期的55\.0%：多半是客群/);
    expect(wordsOf({ ...drop, others: null }).en).toMatch(/\)\. It is the funder\.$/);
  });

  it('never claim to be wholly sure, and tell the limit of what is slow', () => {
    const slow = wordsOf({ ...drop, figure: 'latency', direction: 'up', limitMs: 440_872, sure: 1 });
    expect(slow.en).toMatch(/^Share of slow decisions \(over 7\.3 min\).* 99\.9% sure/);
    expect(slow.zh).toContain('（超过7.3分钟）');
  });

  it('fit the body of a webhook, whatever changed', () => {
    for (const figure of ['approval', 'amount', 'latency', 'errors', 'traffic'] as const) {
      for (const direction of ['down', 'up'] as const) {
        for (const segment of ['', 'channel/h5-ads_1', 'band/fair']) {
          for (const { subject, kind, words } of changeAlarms([{ ...drop, figure, direction, segment, n: 12_345_678, limitMs: 86_400_000 }])) {
            const data = { subject, kind, detail: `${words.en} ${words.zh}` };
            expect(JSON.parse(alarmBody({ type: 'alarm.raised', atMs: 0, data }))).toMatchObject({ data });
            expect(CHANGE_KINDS).toContain(kind);
          }
        }
      }
    }
  });
});

describe('the alarms of changes', () => {
  const part: Change = { ...drop, segment: 'channel/ads' };

  it('are by subject and kind', () => {
    const alarms = changeAlarms([drop, { ...part, figure: 'amount' }, { ...drop, figure: 'traffic', direction: 'up', byTraffic: 0.05 }]);
    expect(alarms.map(({ subject, kind }) => [subject, kind])).toEqual([
      ['funder/fnd_river', 'approval_down'],
      ['funder/fnd_river/channel/ads', 'amount_down'],
      ['funder/fnd_river', 'traffic_better'],
    ]);
  });

  it('leave out what is too small to matter, however sure it is', () => {
    expect(changeAlarms([{ ...drop, byFunder: -0.019 }])).toEqual([]);
    expect(changeAlarms([{ ...drop, byFunder: -0.02 }])).toHaveLength(1);
    expect(changeAlarms([{ ...drop, figure: 'traffic', byTraffic: 0.015 }])).toEqual([]);
  });

  it('leave out the parts of what stands as a whole, and not those of another funder', () => {
    const alarms = changeAlarms([part, { ...part, funderId: 'fnd_hill' }, drop]);
    expect(alarms.map(({ subject }) => subject)).toEqual(['funder/fnd_hill/channel/ads', 'funder/fnd_river']);
  });
});
