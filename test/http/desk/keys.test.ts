import { beforeEach, describe, expect, it } from 'vitest';
import { makeWorld, type World } from '../../world.ts';

let world: World;
beforeEach(async () => {
  world = await makeWorld();
});
const admin = () => ({ key: world.roleKeys.admin });

describe('keys', () => {
  it('makes a channel key that works at once, is told once, and ends when revoked', async () => {
    const made = await world.call('POST', '/v1/desk/keys', { ...admin(), json: { kind: 'secret', name: 'shop', channel_id: 'h5-demo' } });
    expect(made.status).toBe(201);
    const key = String(made.json['key']);
    expect(key).toMatch(/^sk_test_[\w-]{43}$/);
    expect((await world.call('GET', '/v1/consent-texts', { key })).status).toBe(200);
    const listed = await world.call('GET', '/v1/desk/keys', admin());
    expect(JSON.stringify(listed.json)).toContain(String(made.json['id']));
    expect(JSON.stringify(listed.json)).not.toContain(key);
    expect((await world.call('DELETE', `/v1/desk/keys/${String(made.json['id'])}`, admin())).status).toBe(204);
    expect((await world.call('GET', '/v1/consent-texts', { key })).status).toBe(401);
    expect((await world.call('DELETE', `/v1/desk/keys/${String(made.json['id'])}`, admin())).status).toBe(404);
  });

  it('names an unknown channel and a role that is none', async () => {
    const unknown = await world.call('POST', '/v1/desk/keys', { ...admin(), json: { kind: 'secret', name: 'shop', channel_id: 'nowhere' } });
    expect([unknown.status, JSON.stringify(unknown.json['errors'])]).toEqual([422, expect.stringContaining('/channel_id')]);
    const noRole = await world.call('POST', '/v1/desk/keys', { ...admin(), json: { kind: 'operator', name: 'x', role: 'king' } });
    expect([noRole.status, JSON.stringify(noRole.json['errors'])]).toEqual([422, expect.stringContaining('/role')]);
  });

  it('makes operator keys of each role, and does not let a key end itself', async () => {
    const made = await world.call('POST', '/v1/desk/keys', { ...admin(), json: { kind: 'operator', name: 'second admin', role: 'admin' } });
    const own = await world.call('DELETE', `/v1/desk/keys/${String(made.json['id'])}`, { key: String(made.json['key']) });
    expect([own.status, own.json['code']]).toEqual([403, 'same_person']);
  });
});

describe('secrets', () => {
  it('takes the secrets an adapter names, seals them, audits without the value', async () => {
    const secret = 'a-new-secret-for-the-river';
    const put = await world.call('PUT', '/v1/desk/secrets/fnd_river/api_secret', { ...admin(), json: { secret } });
    expect(put.status).toBe(204);
    expect(world.service.deps.desk.funderSecrets('fnd_river')['api_secret']).toBe(secret);
    const audit = await world.call('GET', '/v1/desk/audit', admin());
    expect(JSON.stringify(audit.json)).toContain('fnd_river/api_secret');
    expect(JSON.stringify(audit.json)).not.toContain(secret);
    expect(JSON.stringify(world.db.all('SELECT CAST(sealed AS TEXT) AS t FROM desk_secrets'))).not.toContain(secret);
  });

  it('knows no other slot and no other owner', async () => {
    expect((await world.call('PUT', '/v1/desk/secrets/fnd_river/other', { ...admin(), json: { secret: 'long enough' } })).status).toBe(404);
    expect((await world.call('PUT', '/v1/desk/secrets/fnd_nobody/api_secret', { ...admin(), json: { secret: 'long enough' } })).status).toBe(404);
    expect((await world.call('PUT', '/v1/desk/secrets/fnd_river/api_secret', { ...admin(), json: { secret: 'short' } })).status).toBe(422);
  });
});
