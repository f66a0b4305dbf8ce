/** `millrace funder check ID`: asks a running server to talk to one of its funders, and prints what came of it. */
import { defineCommand } from 'citty';
import { knownFlagsOnly } from './arguments.ts';
import { deskArgs, deskClient } from './desk.ts';
import { funderAdd } from './funder-add.ts';
import { renderTable } from './table.ts';

interface Report {
  readonly funder: string;
  readonly adapter: string;
  readonly against: string;
  readonly verdict: 'ok' | 'warn' | 'fail';
  readonly lines: readonly {
    readonly what: string;
    readonly verdict: string;
    readonly answer: string;
    readonly latency_ms: number | null;
    readonly note: string;
  }[];
}

const AGAINST: Readonly<Record<string, string>> = {
  test: 'its test environment',
  sandbox: 'the sandbox',
  heartbeat: 'the live address: a heartbeat alone, since its record has no test_base_url',
};

const check = defineCommand({
  meta: { name: 'check', description: 'Heartbeat and conformance of a configured funder, against its test environment' },
  args: {
    id: { type: 'positional', required: true, description: 'The funder, such as fnd_river' },
    ...deskArgs,
  },
  setup: knownFlagsOnly,
  async run({ args }) {
    const { url, call } = await deskClient(args);
    const reply = await call('POST', `/v1/desk/funders/${encodeURIComponent(args.id)}/check`);
    if (!reply.ok) throw new Error(reply.status === 404 ? `there is no funder ${args.id} at ${url}` : `${url} answers ${reply.status} ${reply.code}`);
    const report = reply.body as Report;
    process.stdout.write(`${args.json ? JSON.stringify(report) : readable(report)}\n`);
    if (report.verdict === 'fail') process.exitCode = 1;
  },
});

export const funder = defineCommand({
  meta: { name: 'funder', description: 'Funders of a running server: check, add' },
  subCommands: { check, add: funderAdd },
});

function readable({ funder: id, adapter, against, verdict, lines }: Report): string {
  const rows = lines.map((line) => [line.verdict, line.what, line.answer, line.latency_ms === null ? null : `${line.latency_ms} ms`, line.note]);
  return `${id} (${adapter}) against ${AGAINST[against] ?? against}\n\n${renderTable(['', 'what', 'answer', 'took', 'note'], rows)}\n\n${verdict}`;
}
