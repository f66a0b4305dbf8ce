/** The front alone: applications under a key that nobody has, which the object refuses at once, through the front and past it. */
import { Pool } from 'undici';
import { applicationBody } from '../application.ts';
import type { Rig } from '../rig.ts';

const AT_ONCE = 16;
const REFUSED = 401;

export interface Refused {
  readonly requests: number;
  readonly cpuS: number;
}

/** Sends them for so long, `way` before the path. Throws when one is answered otherwise. */
export async function refuse({ server, cpuS }: Pick<Rig, 'server' | 'cpuS'>, way: string, forMs: number): Promise<Refused> {
  const pool = new Pool(server, { connections: AT_ONCE });
  const before = cpuS().server;
  const untilMs = performance.now() + forMs;
  let requests = 0;
  const lane = async (): Promise<void> => {
    while (performance.now() < untilMs) {
      requests += 1;
      const reply = await pool.request({
        method: 'POST',
        path: `${way}/v1/applications`,
        headers: {
          'content-type': 'application/json',
          authorization: 'Bearer sk_test_nobody_has_this_one',
          'idempotency-key': `refused-${requests}`,
        },
        body: JSON.stringify(applicationBody(requests)),
      });
      await reply.body.dump();
      if (reply.statusCode !== REFUSED) throw new Error(`an application of nobody was answered ${reply.statusCode}`);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, lane));
  await pool.close();
  return { requests, cpuS: cpuS().server - before };
}

/** CPU of one request, milliseconds. */
export function cpuMsOf(turns: readonly Refused[]): number {
  const sum = (of: (turn: Refused) => number): number => turns.reduce((total, turn) => total + of(turn), 0);
  return (sum((turn) => turn.cpuS) * 1_000) / sum((turn) => turn.requests);
}
