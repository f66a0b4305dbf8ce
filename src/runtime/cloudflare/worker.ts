/** The Worker in front. */
import type { Bindings } from './environment.ts';

export { Cell } from './cell.ts';

export default {
  async fetch(request: Request, env: Bindings): Promise<Response> {
    return env.CELL.get(env.CELL.idFromName('0')).fetch(request);
  },
};
