/** What the edge host carries in its bundle is what the repository has. */
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { readMigrations } from '../../src/runtime/node/sqlite.ts';

const ROOT = new URL('../../', import.meta.url).pathname;

it('every migration is bundled, under its own name and in order', () => {
  const source = readFileSync(`${ROOT}src/runtime/cloudflare/migrations.ts`, 'utf8');
  const imported = new Map(
    [...source.matchAll(/import (\w+) from '\.\.\/\.\.\/\.\.\/migrations\/(\w+)\.sql'/g)].map(([, local, file]) => [local!, file!]),
  );
  const listed = [...source.matchAll(/\{ name: '(\w+)', sql: (\w+) \}/g)].map(([, name, local]) => [name, imported.get(local!)]);
  const there = readMigrations(`${ROOT}migrations/`).map(({ name }) => name);
  expect(listed).toEqual(there.map((name) => [name, name]));
});
