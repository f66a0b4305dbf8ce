import { defineCommand } from 'citty';
import { knownFlagsOnly } from './arguments.ts';
import { doctor } from './doctor.ts';

export const examine = defineCommand({
  meta: { name: 'doctor', description: 'Look at this machine the way the server will use it, and say what is wrong' },
  setup: knownFlagsOnly,
  async run() {
    process.exitCode = await doctor(process.env, (line) => void process.stdout.write(`${line}\n`));
  },
});
