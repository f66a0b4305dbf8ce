/** `POST …/funders/{id}/check` against the simulated funders behind the transport, and against funders that misbehave. */
import { describe, expect, it } from 'vitest';
import { makeWorld, type World } from '../../world.ts';

type Line = { what: string; verdict: string; answer: string; note: string };
async function check(world: World, id: string): Promise<{ status: number; verdict: string; against: string; lines: Line[] }> {
  const pending = world.call('POST', `/v1/desk/funders/${id}/check`, { key: world.roleKeys.operator });
  for (let n = 0; n < 40; n += 1) await world.settle(1_000);
  const reply = await pending;
  return { status: reply.status, ...(reply.json as unknown as { verdict: string; against: string; lines: Line[] }) };
}
const verdicts = (lines: readonly Line[]): Record<string, string> => Object.fromEntries(lines.map(({ what, verdict }) => [what, verdict]));

describe('a check', () => {
  it.each(['fnd_river', 'fnd_lotus', 'fnd_cedar'])('of %s in the sandbox finds nothing that fails, and leaves no attempt behind', async (id) => {
    const world = await makeWorld();
    const { verdict, against, lines } = await check(world, id);
    expect([lines.filter((line) => line.verdict === 'fail'), verdict === 'fail', against]).toEqual([[], false, 'sandbox']);
    expect(verdicts(lines)).toMatchObject({ configuration: 'ok', heartbeat: 'ok', 'wrong secret': 'ok' });
    expect(world.service.deps.store.watch.waitingAt(id)).toEqual([]);
    const audit = await world.call('GET', '/v1/desk/audit', { key: world.roleKeys.risk });
    expect(audit.text).toContain('funder.checked');
    await world.close();
  });

  it('of a funder that answers garbage says so, and tells it about nobody', async () => {
    const world = await makeWorld({
      answer: ({ url }) =>
        url.includes('river') ? { kind: 'response', response: { status: 200, headers: {}, body: new TextEncoder().encode('<html>') } } : null,
    });
    const { verdict, lines } = await check(world, 'fnd_river');
    expect([verdict, verdicts(lines)]).toEqual(['fail', { configuration: 'ok', heartbeat: 'fail' }]);
    expect(JSON.stringify(world.sent)).not.toContain('测试');
    await world.close();
  });

  it('of a funder without its secrets names what is missing, and there is no other funder of that name', async () => {
    const world = await makeWorld({ funders: (all) => all.map((each) => (each.id === 'fnd_river' ? { ...each, params: {} } : each)) });
    const { lines } = await check(world, 'fnd_river');
    expect(lines[0]).toMatchObject({ what: 'configuration', verdict: 'fail', note: 'not configured: param key_id, param product' });
    expect((await check(world, 'fnd_nobody')).status).toBe(404);
    await world.close();
  });
});
