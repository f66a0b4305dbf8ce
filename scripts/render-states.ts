/** Renders docs/states.md from the state tables. `npm run states` writes it; test/tidy.test.ts holds the two together. */
import { writeFileSync } from 'node:fs';
import { APPLICATION_ENDED, APPLICATION_STATES, ATTEMPT_OPEN, ATTEMPT_STATES, LOAN_STATES } from '../src/domain/states.ts';

type Table = Readonly<Record<string, Readonly<Record<string, string>>>>;

/** The whole page, as Markdown. */
export function renderStates(): string {
  return [
    '# States',
    '',
    'Rendered from `src/domain/states.ts` by `npm run states`; do not edit. An event that is not in a table is refused, never an exception.',
    '',
    ...section('Application', APPLICATION_STATES, 'draft'),
    `Ended, nothing more is owed: ${names(APPLICATION_ENDED)}.`,
    '',
    ...section('Attempt', ATTEMPT_STATES, 'planned'),
    `Open at the funder, holding caps and blocking an exclusive successor: ${names(ATTEMPT_OPEN)}.`,
    '',
    ...section('Loan', LOAN_STATES, 'contracting'),
  ].join('\n');
}

function section(title: string, table: Table, first: string): string[] {
  const states = Object.entries(table);
  const events = states.reduce((sum, [, edges]) => sum + Object.keys(edges).length, 0);
  const rows = states.flatMap(([state, edges]) =>
    Object.keys(edges).length === 0
      ? [`| \`${state}\` | none: final | |`]
      : Object.entries(edges).map(([event, to]) => `| \`${state}\` | ${event} | \`${to}\` |`),
  );
  return [
    `## ${title}`,
    '',
    `${states.length} states, ${events} edges.`,
    '',
    ...diagram(table, first),
    '',
    '| In | when | it becomes |',
    '|---|---|---|',
    ...rows,
    '',
  ];
}

/** Edges between the same two states share one arrow. */
function diagram(table: Table, first: string): string[] {
  const arrows = new Map<string, string[]>();
  for (const [state, edges] of Object.entries(table)) {
    for (const [event, to] of Object.entries(edges)) {
      const arrow = `${state} --> ${to}`;
      arrows.set(arrow, [...(arrows.get(arrow) ?? []), event]);
    }
  }
  const finals = Object.keys(table).filter((state) => Object.keys(table[state]!).length === 0);
  return [
    '```mermaid',
    'stateDiagram-v2',
    `  [*] --> ${first}`,
    ...[...arrows].map(([arrow, events]) => `  ${arrow}: ${events.join(', ')}`),
    ...finals.map((state) => `  ${state} --> [*]`),
    '```',
  ];
}

function names(states: ReadonlySet<string>): string {
  return [...states].map((state) => `\`${state}\``).join(', ');
}

if (import.meta.main) writeFileSync(new URL('../docs/states.md', import.meta.url), renderStates());
