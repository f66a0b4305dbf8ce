/**
 * Preloaded into every Node process of the tests, and into those that they start in their turn: Node reads drizzle-orm's package.json
 * (180 KB) again for every one of its hundred files, which is a third of what a start costs. Its relative imports name their files in
 * full, so there is nothing to look up.
 */
import { registerHooks } from 'node:module';

registerHooks({
  resolve(specifier, context, next) {
    const { parentURL } = context;
    if (
      specifier.startsWith('.') &&
      specifier.endsWith('.js') &&
      parentURL?.includes('/node_modules/drizzle-orm/') === true &&
      !parentURL.endsWith('.cjs')
    ) {
      return { url: new URL(specifier, parentURL).href, format: 'module', shortCircuit: true };
    }
    return next(specifier, context);
  },
});
