/** `millrace operator`: links made beside the data of a server that goes on running. */
import { afterAll, expect, it } from 'vitest';
import { firstLink, inviteBeside } from '../../src/runtime/node/invite-operator.ts';
import { verifyAudit } from '../../src/flow/desk/append-audit.ts';
import { accept, firstAdmin, signIn } from '../http/console/people.ts';
import { configFor, folder, removeFolders } from '../runtime/keep/instance.ts';
import { makeWorld } from '../world.ts';

afterAll(removeFolders);
const tokenOf = (link: string): string => link.slice(link.indexOf('#') + 1);

it('lets back in who is locked out, and invites others, and the running server knows at once', async () => {
  const dataDir = folder();
  const world = await makeWorld({ dataDir, startMs: Date.now() });
  const config = configFor(dataDir, { MILLRACE_PUBLIC_URL: 'http://millrace.test' });
  const opened = await world.call('POST', '/v1/invitations/open', { json: { token: tokenOf(firstLink(config)) } });
  expect(opened.json['role']).toBe('admin');
  const first = await firstAdmin(world);
  const again = inviteBeside(config, { email: 'FIRST@millrace.test', role: null });
  expect([again.id, again.role, again.link]).toEqual([first.id, 'admin', expect.stringMatching(/^http:\/\/millrace\.test\/console\/welcome#/)]);
  expect((await first.ask('GET', '/v1/session')).status).toBe(401);
  await world.clock.advance(60_000);
  expect((await signIn(world, 'first@millrace.test', first.secret)).status).toBe(401);
  const back = await accept(world, world.clock.nowMs(), tokenOf(again.link), { name: 'First' });
  expect((await back.ask('GET', '/v1/desk/team')).status).toBe(200);
  const viewer = inviteBeside(config, { email: 'v@millrace.test', role: 'viewer' });
  expect((await world.call('POST', '/v1/invitations/open', { json: { token: tokenOf(viewer.link) } })).json).toMatchObject({
    email: 'v@millrace.test',
    role: 'viewer',
  });
  expect(verifyAudit(world.service.deps).verdict.ok).toBe(true);
  await world.close();
});
