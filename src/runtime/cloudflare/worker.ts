/** The Worker in front of the cells and the desk. */
import { createFront } from '../cells/front.ts';
import { createVault } from '../vault.ts';
import { readEnvironment, type Bindings } from './environment.ts';
import { edgeClock, edgeRandom } from './host.ts';
import { boundPages } from './pages.ts';
import { cellsOf, deskOf } from './start-part.ts';

export { Cell, Desk } from './cell.ts';

type Front = ReturnType<typeof createFront>;
/** One for each isolate and its bindings. */
const fronts = new WeakMap<Bindings, Front>();

export default {
  async fetch(request: Request, bindings: Bindings): Promise<Response> {
    let front = fronts.get(bindings);
    if (front === undefined) fronts.set(bindings, (front = frontOf(bindings)));
    return front(request);
  },
};

function frontOf(bindings: Bindings): Front {
  const env = readEnvironment(bindings);
  const vault = createVault({ masterKeys: env.masterKeys, current: env.masterKeys.at(-1)!.version }, edgeRandom.bytes);
  return createFront({
    generations: env.generations,
    desk: deskOf(bindings),
    cellAt: cellsOf(bindings),
    vault,
    random: edgeRandom,
    clock: edgeClock,
    pages: boundPages(bindings.PAGES),
    importSecret: env.importSecret,
  });
}
