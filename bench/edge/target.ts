/** The edge host as a target of the benchmark: workerd with so many cells, whose one funder and one webhook receiver are the load tool's doubles. */
import { join } from 'node:path';
import type { Addresses, Session, Target } from '../target.ts';

const ASKED = 'fnd_river';
const PAUSED = ['fnd_summit', 'fnd_lotus', 'fnd_jade', 'fnd_cedar', 'fnd_ember'];

/** `counted`: its objects watch their storage, which costs some of the speed. `open` is that of the Node host, once the desk is set up. */
export function edgeTarget(name: string, cells: number, counted: boolean, open: (at: Addresses) => Promise<Session>): Target {
  return {
    name,
    readyPath: '/readyz',
    launch: (at, dataDir) => ({
      args: ['bench/edge/serve.ts'],
      env: {
        PORT: new URL(at.server).port,
        BENCH_DATA_DIR: dataDir,
        BENCH_FUNDER: at.funder,
        BENCH_WEBHOOK: at.webhook,
        BENCH_COUNT: counted ? '1' : '0',
        MILLRACE_CELLS: String(cells),
        // Wrangler otherwise keeps a trace of every request in a database of its own.
        X_LOCAL_OBSERVABILITY: 'false',
      },
      addressFile: join(dataDir, 'address'),
    }),
    async open(at) {
      await setUpDesk(at);
      return open(at);
    },
  };
}

/** What bench/millrace.ts does from within: one funder that is asked, with caps wide enough for the run, and one receiver. */
async function setUpDesk({ server, webhook }: Addresses): Promise<void> {
  const keys = (await ask(server, 'GET', '/v1/sandbox/keys')) as { readonly operator: string; readonly approver: string };
  const change = async (id: string, changed: object): Promise<void> => {
    const { body } = (await ask(server, 'GET', `/v1/desk/records/funder/${id}`, keys.operator)) as { body: object };
    const wanted = { kind: 'funder', id, note: 'for the benchmark', body: { ...body, ...changed } };
    const proposed = (await ask(server, 'POST', '/v1/desk/changes', keys.operator, wanted)) as { id: string; hash: string };
    await ask(server, 'POST', `/v1/desk/changes/${proposed.id}/approve`, keys.approver, { hash: proposed.hash });
  };
  for (const id of PAUSED) await change(id, { status: 'paused' });
  await change(ASKED, { caps: [{ id: 'daily', unit: 'count', window: 'day', limit: 100_000_000 }], max_concurrent: 1_000 });
  await ask(server, 'POST', '/v1/webhook-endpoints', keys.operator, { url: `${webhook}/hook`, types: ['application.offered'] });
}

async function ask(server: string, method: 'GET' | 'POST', path: string, key?: string, body?: object): Promise<unknown> {
  const reply = await fetch(`${server}${path}`, {
    method,
    headers: {
      ...(key === undefined ? {} : { authorization: `Bearer ${key}` }),
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  if (!reply.ok) throw new Error(`${method} ${path} was answered ${reply.status}: ${await reply.text()}`);
  return reply.json();
}
