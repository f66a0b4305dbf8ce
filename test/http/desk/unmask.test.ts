/** Looking behind the mask: one field at a time, with a reason that stays. */
import { describe, expect, it } from 'vitest';
import { makeWorld } from '../../world.ts';

describe('a field in plain', () => {
  it('is answered to who says why, and the audit trail has who, what and why before the value', async () => {
    const world = await makeWorld();
    const { json } = await world.apply();
    const path = `/v1/desk/applications/${json['id']}/unmask`;
    const seen = await world.call('POST', path, { key: world.roleKeys.risk, json: { field: 'phone', reason: 'borrower called about a wrong name' } });
    expect([seen.status, seen.json]).toEqual([200, { field: 'phone', value: '13800000001' }]);
    const trail = await world.call('GET', '/v1/desk/audit', { key: world.roleKeys.admin });
    expect((trail.json['data'] as unknown as object[])[0]).toMatchObject({
      action: 'application.unmasked',
      subject: json['id'],
      detail: { field: 'phone', reason: 'borrower called about a wrong name' },
    });
    expect(trail.text).not.toContain('13800000001');
  });

  it('is refused without a reason, with a number in it, and when there is nothing', async () => {
    const world = await makeWorld();
    const { json } = await world.apply();
    const ask = (body: object, id: unknown = json['id']) =>
      world.call('POST', `/v1/desk/applications/${String(id)}/unmask`, { key: world.roleKeys.operator, json: body });
    expect((await ask({ field: 'phone' })).json).toMatchObject({ status: 422, errors: [{ pointer: '/reason' }] });
    expect((await ask({ field: 'phone', reason: '   ' })).status).toBe(422);
    expect((await ask({ field: 'phone', reason: 'is it 13800000001 again?' })).json).toMatchObject({ errors: [{ code: 'number_in_reason' }] });
    for (const reason of ['is it １３８０００００００１ again?', 'call 138.0000.0001', 'call (138)0000/0001'])
      expect([reason, (await ask({ field: 'phone', reason })).json['errors']]).toMatchObject([reason, [{ code: 'number_in_reason' }]]);
    expect((await ask({ field: 'bank_card', reason: 'just looking' })).json).toMatchObject({ errors: [{ pointer: '/field' }] });
    expect((await ask({ field: 'name', reason: 'just looking' }, 'app_0000000000000000000000')).status).toBe(404);
  });

  it('is gone with an erased borrower', async () => {
    const world = await makeWorld();
    const { json } = await world.apply();
    await world.call('POST', '/v1/erasures', { key: world.keys.secret, json: { application_id: json['id'] } });
    const ask = { key: world.roleKeys.operator, json: { field: 'name', reason: 'just looking' } };
    expect((await world.call('POST', `/v1/desk/applications/${json['id']}/unmask`, ask)).status).toBe(410);
  });
});

describe('a search by phone', () => {
  it('finds what that phone applied for however it is typed, masked; and says what is wrong with a number', async () => {
    const world = await makeWorld();
    const { json } = await world.apply();
    const search = (phone: string) => world.call('POST', '/v1/desk/application-searches', { key: world.roleKeys.operator, json: { phone } });
    const found = await search('+86 138-0000-0001');
    expect(found.json['data']).toMatchObject([{ id: json['id'], applicant: { phone: '138****0001' } }]);
    expect(found.text).not.toContain('13800000001');
    expect((await search('13911112222')).json).toEqual({ data: [] });
    expect((await search('138')).json).toMatchObject({ errors: [{ pointer: '/phone', code: 'phone_too_short' }] });
    const trail = await world.call('GET', '/v1/desk/audit?action=application.searched', { key: world.roleKeys.admin });
    expect(trail.json['data']).toMatchObject([
      { subject: 'none', detail: { found: 0 } },
      { subject: json['id'], detail: { found: 1 } },
    ]);
    expect(trail.text).not.toMatch(/13800000001|13911112222/);
  });
});
