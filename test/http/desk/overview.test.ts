import { describe, expect, it } from 'vitest';
import type { Funder } from '../../../src/domain/funder.ts';
import { makeIdNumber } from '../../../src/domain/id-number.ts';
import { makeWorld } from '../../world.ts';

// One funder in play: whom the plan prefers is not what is tested here.
const summitOnly = (funders: readonly Funder[]): readonly Funder[] =>
  funders.map((funder) => (funder.id === 'fnd_summit' ? funder : { ...funder, status: 'paused' }));
const idNumber = (sequence: number) => makeIdNumber({ region: '310101', birthDate: '1990-05-12', sequence, sex: 'm' });

describe('a funder’s status', () => {
  it('tells breaker, caps and callbacks as they stand', async () => {
    const world = await makeWorld({ funders: summitOnly });
    const made = await world.apply();
    const [attempt] = made.json['attempts'] as unknown as { funder: { id: string } }[];
    expect(attempt!.funder.id).toBe('fnd_summit');
    const status = await world.call('GET', '/v1/desk/funders/fnd_summit/status', { key: world.roleKeys.viewer });
    expect(status.json).toMatchObject({
      id: 'fnd_summit',
      status: 'live',
      breaker: { state: 'closed', calls: 1, failures: 0 },
      attempts: { approved: 1 },
      caps: [
        { id: 'daily', unit: 'count', window: 'day', key: 'fnd_summit/daily/2026-11-20', limit: 2_000, lent: 40, leased: 40, used: 1 },
        { id: 'daily_amount', unit: 'amount_fen', limit: 5_000_000_000, used: 2_000_000 },
      ],
    });
    expect((await world.call('GET', '/v1/desk/funders/fnd_nobody/status', { key: world.roleKeys.viewer })).status).toBe(404);
  });

  it('shows an open breaker and forged callbacks', async () => {
    const world = await makeWorld({
      funders: summitOnly,
      answer: ({ url }) => (url.includes('summit') ? { kind: 'response', response: { status: 500, headers: {}, body: new Uint8Array(0) } } : null),
    });
    for (let index = 0; index < 12; index += 1)
      await world.apply({ phone: `139000000${String(index).padStart(2, '0')}`, id_number: idNumber(index) });
    await world.call('POST', '/v1/callbacks/fnd_summit', { json: { forged: true } });
    const status = await world.call('GET', '/v1/desk/funders/fnd_summit/status', { key: world.roleKeys.viewer });
    expect(status.json).toMatchObject({ breaker: { state: 'open' }, callbacks: [{ state: 'forged', attempt_id: null }] });
  });
});

describe('the summary', () => {
  it('counts what the rows say', async () => {
    const world = await makeWorld();
    expect((await world.call('GET', '/v1/desk/summary', { key: world.roleKeys.viewer })).json).toMatchObject({
      applications: { total: 0, submitted: 0, passed: 0, offered: 0 },
      deliveries: { waiting: 0 },
    });
    await world.apply();
    await world.apply({ phone: '13900000001', id_number: idNumber(1), employment: 'student' });
    const declined = await world.apply({ phone: '13800000003', id_number: idNumber(2) });
    await world.settle(120_000);
    await world.call('GET', `/v1/applications/${declined.json['id']}/partner-offers`, { key: world.keys.secret });
    await world.call('POST', '/v1/applications', {
      key: world.keys.secret,
      headers: { 'idempotency-key': 'draft' },
      json: { draft: true, applicant: { phone: '13900000009', phone_verification_id: 'pv_sandbox' } },
    });
    const summary = await world.call('GET', '/v1/desk/summary', { key: world.roleKeys.viewer });
    expect(summary.json['applications']).toMatchObject({
      total: 4,
      submitted: 3,
      passed: 2,
      offered: 1,
      quarantined: 0,
      by_state: { offered: 1, refused: 1, declined: 1, draft: 1 },
    });
    const funders = summary.json['funders'] as unknown as {
      id: string;
      attempts: number;
      submitted: number;
      approved: number;
      declined: number;
      by_state: Record<string, number>;
    }[];
    expect(funders.map(({ id }) => id).toSorted()).toEqual([...world.service.desk.snapshot().funders.keys()].toSorted());
    const total = (pick: (row: (typeof funders)[number]) => number) => funders.reduce((sum, row) => sum + pick(row), 0);
    const view = await world.call('GET', `/v1/desk/applications/${declined.json['id']}`, { key: world.roleKeys.viewer });
    expect(total((row) => row.attempts)).toBe(1 + (view.json['attempts'] as unknown as unknown[]).length);
    expect(total((row) => row.approved)).toBe(1);
    for (const row of funders) expect(Object.values(row.by_state).reduce((sum, n) => sum + n, 0)).toBe(row.attempts);
    expect(summary.json['partner_offers']).toMatchObject({ clicks: 0 });
    expect(summary.json['partner_offers']['shown']).toBeGreaterThan(0);
  });
});
