import { defineCommand } from 'citty';
import { knownFlagsOnly } from './arguments.ts';

/** The same as `npm start`; configured by the environment. */
export const serve = defineCommand({
  meta: { name: 'serve', description: 'Serve, in sandbox mode unless the environment says otherwise' },
  setup: knownFlagsOnly,
  async run() {
    await import('../runtime/node/main.ts');
  },
});
