/** The first key of an instance, made on the machine itself. */
import { defineCommand } from 'citty';
import { ROLES, type Role } from '../domain/desk.ts';
import { describeFaults, readConfig } from '../runtime/node/config.ts';
import { grantKey } from '../runtime/node/grant-key.ts';
import { knownFlagsOnly } from './arguments.ts';

const LONGEST_NAME = 80;

export const grant = defineCommand({
  meta: {
    name: 'grant',
    description: 'Make an operator key on this machine, from the same environment as the server; a running server takes it up at its next start',
  },
  args: {
    role: { type: 'string', default: 'admin', description: ROLES.join(', ') },
    name: { type: 'string', required: true, description: 'Whose key it is' },
  },
  setup: knownFlagsOnly,
  run({ args }) {
    if (!(ROLES as readonly string[]).includes(args.role)) throw new Error(`--role must be one of ${ROLES.join(', ')}`);
    const config = readConfig(process.env);
    if (Array.isArray(config)) throw new Error(`the configuration has faults:\n${describeFaults(config)}`);
    const { id, key } = grantKey(config, { role: args.role as Role, name: args.name.slice(0, LONGEST_NAME) });
    process.stdout.write(`${id}  ${args.role}\n${key}\nIt is told this once. A server that runs takes it up at its next start.\n`);
  },
});
