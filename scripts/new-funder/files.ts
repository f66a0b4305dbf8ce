/** All files of a new funder as path and text, and the one line that makes it known. Reads the templates beside this file; writes nothing. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { caseFiles } from './case-files.ts';
import type { Choices } from './choices.ts';
import { camel, funderIdOf } from './choices.ts';
import { funderManifest, protocolManifest } from './manifest-file.ts';

export interface Written {
  readonly path: string;
  readonly text: string;
}
/** Text that is put into a file that is there. */
export interface Insertion {
  readonly path: string;
  readonly before: string;
  readonly text: string;
}

const WIDTH = 120;

/** The files, by repository path. */
export function filesOf(choices: Choices): readonly Written[] {
  const { id, coded } = choices;
  const json = (path: string, value: object): Written => ({ path, text: `${jsonText(value)}\n` });
  const code = ['double.ts', ...(coded ? ['index.ts', 'read.ts', 'wire.ts'] : [])];
  return [
    ...code.map((file) => ({ path: `adapters/${id}/${file}`, text: filled(file, choices) })),
    ...(coded ? [] : [json(`adapters/manifests/${id}.json`, protocolManifest(choices))]),
    json(`adapters/manifests/${funderIdOf(id)}.json`, funderManifest(choices)),
    ...Object.entries(caseFiles(choices)).map(([path, value]) => json(`adapters/${id}/${path}`, value)),
  ];
}

/** What makes it known: one line, of the declared or of the coded. */
export function insertionsOf({ id, coded }: Choices): readonly Insertion[] {
  const name = camel(id);
  if (!coded)
    return [{ path: 'adapters/manifests/all.ts', before: '', text: `export { default as ${name} } from './${id}.json' with { type: 'json' };\n` }];
  return [{ path: 'adapters/coded.ts', before: '', text: `export { ${name} } from './${id}/index.ts';\n` }];
}

/** A template with its names filled in; a line that ends in `//@ shapes` is for these shapes alone. */
function filled(file: string, { id, title, shape }: Choices): string {
  const template = readFileSync(join(import.meta.dirname, `${file}.txt`), 'utf8');
  const lines = template.split('\n').flatMap((line) => {
    const at = line.indexOf('//@');
    if (at < 0) return [line];
    return line
      .slice(at + 3)
      .trim()
      .split(' ')
      .includes(shape)
      ? [line.slice(0, at).trimEnd()]
      : [];
  });
  return lines.join('\n').replaceAll('__id__', id).replaceAll('__name__', camel(id)).replaceAll('__title__', title).replaceAll('__shape__', shape);
}

/** JSON for people: what fits stands on one line. */
export function jsonText(value: unknown, indent = ''): string {
  const flat = flatText(value);
  if (typeof value !== 'object' || value === null || (indent !== '' && flat.length + indent.length <= WIDTH)) return flat;
  const inner = `${indent}  `;
  const [open, close] = Array.isArray(value) ? ['[', ']'] : ['{', '}'];
  const items = Array.isArray(value)
    ? value.map((item) => jsonText(item, inner))
    : Object.entries(value).map(([name, item]) => `${JSON.stringify(name)}: ${jsonText(item, inner)}`);
  return `${open}\n${items.map((item) => inner + item).join(',\n')}\n${indent}${close}`;
}

function flatText(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(flatText).join(', ')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const members = Object.entries(value).map(([name, item]) => `${JSON.stringify(name)}: ${flatText(item)}`);
  return members.length === 0 ? '{}' : `{ ${members.join(', ')} }`;
}
