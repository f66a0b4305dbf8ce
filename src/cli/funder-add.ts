/** `millrace funder add FILE`: puts the funder of a manifest before two people, as a change that somebody else has to approve. */
import { defineCommand } from 'citty';
import { readFunderManifest } from '../runtime/node/manifests.ts';
import { knownFlagsOnly } from './arguments.ts';
import { deskArgs, deskClient } from './desk.ts';

export const funderAdd = defineCommand({
  meta: { name: 'add', description: 'Propose the funder of a manifest to a running server; an approver puts it in force' },
  args: {
    file: { type: 'positional', required: true, description: 'The manifest, such as adapters/manifests/fnd_partridge.json' },
    note: { type: 'string', default: 'added from its manifest', description: 'Why, for the approver' },
    ...deskArgs,
  },
  setup: knownFlagsOnly,
  async run({ args }) {
    const record = readFunderManifest(args.file);
    const { url, call } = await deskClient(args);
    const change = { kind: 'funder', id: record.id, note: args.note, body: record };
    const reply = await call('POST', '/v1/desk/changes', change);
    if (!reply.ok) throw new Error(`${url} answers ${reply.status} ${reply.code}${reply.faults.length === 0 ? '' : `: ${reply.faults.join(', ')}`}`);
    const { id, hash } = reply.body as { readonly id: string; readonly hash: string };
    process.stdout.write(args.json ? `${JSON.stringify({ change: id, hash, funder: record.id })}\n` : told(record.id, record.status, id, hash));
  },
});

function told(funder: string, status: string, change: string, hash: string): string {
  const next = status === 'live' ? 'its secrets must be set at once' : 'it stays paused until its secrets are set and a second change says "live"';
  return `${funder} is proposed as ${change}\nhash ${hash}\nAn approver puts it in force: POST /v1/desk/changes/${change}/approve with that hash; ${next}.\n`;
}
