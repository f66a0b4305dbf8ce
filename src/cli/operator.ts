/** Ways into the console that are made on the machine itself, for when nobody can sign in who could be asked for one. */
import { defineCommand } from 'citty';
import { ROLES, type Role } from '../domain/desk.ts';
import { firstLink, inviteBeside } from '../runtime/node/invite-operator.ts';
import { knownFlagsOnly, UsageError } from './arguments.ts';
import { configOf, DATA_DIR_FLAG } from './data-place.ts';

const invite = defineCommand({
  meta: {
    name: 'invite',
    description: 'Make a link for an operator, from the same environment as the server. Who has the address already begins anew by it',
  },
  args: {
    email: { type: 'string', required: true, description: 'Whose link it is' },
    role: { type: 'string', description: `${ROLES.join(', ')}; left out: as before, or admin` },
    'data-dir': DATA_DIR_FLAG,
  },
  setup: knownFlagsOnly,
  run({ args }) {
    if (args.role !== undefined && !(ROLES as readonly string[]).includes(args.role))
      throw new UsageError(`--role must be one of ${ROLES.join(', ')}`);
    if (!/^[^\s@]+@[^\s@]+$/.test(args.email)) throw new UsageError('--email must be an e-mail address');
    const { id, role, link } = inviteBeside(configOf(args['data-dir']), { email: args.email, role: (args.role ?? null) as Role | null });
    process.stdout.write(`${id}  ${role}\n${link}\nIt is told this once, and is good for 48 hours.\n`);
  },
});

const first = defineCommand({
  meta: {
    name: 'first',
    description: 'The link for the first administrator, from the same master key and MILLRACE_PUBLIC_URL as a server that runs elsewhere (Workers)',
  },
  args: { 'data-dir': DATA_DIR_FLAG },
  setup: knownFlagsOnly,
  run({ args }) {
    process.stdout.write(`${firstLink(configOf(args['data-dir']))}\nGood for 24 hours, while there is no operator.\n`);
  },
});

export const operator = defineCommand({
  meta: { name: 'operator', description: 'Links into the console: invite somebody, or the first administrator' },
  subCommands: { invite, first },
});
