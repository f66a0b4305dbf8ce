import { describe, expect, test } from 'vitest';
import { alarmBody, type AlarmEvent } from '../../src/outbox/alarm-body.ts';

const alarm: AlarmEvent = {
  type: 'alarm.raised',
  atMs: Date.UTC(2026, 2, 1, 8, 30),
  data: { subject: 'funder/fnd_river/channel/h5', kind: 'approval_down', detail: 'from 20.0% to 9.8%' },
};
const having = (data: object): AlarmEvent => ({ ...alarm, data: { ...alarm.data, ...data } });

describe('the payload of an alarm', () => {
  test('is what it is about, its kind and its numbers, in one order, and nothing else', () => {
    const bytes =
      '{"type":"alarm.raised","timestamp":"2026-03-01T08:30:00.000Z","data":{"subject":"funder/fnd_river/channel/h5","kind":"approval_down","detail":"from 20.0% to 9.8%"}}';
    expect(alarmBody(alarm)).toBe(bytes);
    expect(alarmBody(having({ phone: '13800000001' }))).toBe(bytes);
  });

  test('of one that is over says since when it stood', () => {
    const cleared = {
      ...alarm,
      type: 'alarm.cleared',
      data: { subject: 'channel/h5', kind: 'channel_probing', since: '2026-03-01T07:00:00.000Z' },
    } as const;
    expect(JSON.parse(alarmBody(cleared))).toMatchObject({ data: cleared.data });
  });

  test.each([
    [{ subject: '13800000001' }, 'subject'],
    [{ subject: 'funder/张三' }, 'subject'],
    [{ subject: 'funder/a/b' }, 'subject'],
    [{ kind: 'Approval' }, 'kind'],
    [{ kind: 7 }, 'kind'],
    [{ detail: 'call 13800000001' }, 'detail'],
    [{ detail: 'x'.repeat(1_001) }, 'detail'],
    [{ since: 'yesterday' }, 'time'],
  ])('refuses %j without quoting it', (data, word) => {
    expect(() => alarmBody(having(data))).toThrow(new RegExp(`^alarm ${word}[a-z ,]*$`));
  });
});
