/** Export and import: everything of an instance, row for row, resumable, refused by name when anything is not as it was written. */
import { sql } from 'drizzle-orm';
import { appendFileSync, cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openDataDir, openUnfinished } from '../../../src/runtime/node/data-dir.ts';
import { sha256Of } from '../../../src/runtime/node/keep/bundle.ts';
import { exportInstance, type ExportDone } from '../../../src/runtime/node/keep/export.ts';
import { importInstance } from '../../../src/runtime/node/keep/import.ts';
import { TRANSFER_TABLES } from '../../../src/store/transfer/tables.ts';
import { configFor, folder, livedInstance, photosOf, removeFolders, tablesOf, type LivedInstance } from './instance.ts';

let lived: LivedInstance;
let home: string;
let made: ExportDone;
/** An export of few, to be damaged. */
let few: string;
const source = (): string => join(home, 'export');

beforeAll(async () => {
  lived = await livedInstance(250);
  home = folder();
  made = await exportInstance({ dataDir: lived.dataDir, target: source(), nowMs: lived.world.clock.nowMs() });
  const fewer = await livedInstance(8);
  few = join(home, 'few');
  await exportInstance({ dataDir: fewer.dataDir, target: few, nowMs: 0 });
  await fewer.world.close();
});
afterAll(async () => {
  await lived.world.close();
  removeFolders();
});

const into = (dataDir: string, from = source(), env: Readonly<Record<string, string>> = {}, onBatch: () => void = () => undefined) =>
  importInstance({ config: configFor(dataDir, env), source: from, nowMs: 0, onBatch });

describe('an export', () => {
  it('is taken in row for row and photo for photo, in the same order', async () => {
    expect(made.manifest.tables.filter(({ rows }) => rows === 0)).toEqual([]);
    expect(made.manifest.tables.find(({ name }) => name === 'applications')!.rows).toBeGreaterThan(250);
    const dataDir = join(folder(), 'moved');
    const done = await into(dataDir);
    expect([done.resumed, done.audit]).toEqual([false, 'sound']);
    expect(tablesOf(dataDir)).toEqual(tablesOf(lived.dataDir));
    expect(photosOf(dataDir)).toEqual(photosOf(lived.dataDir));
    // Nothing of the way is left, and it starts.
    const { data } = openDataDir(configFor(dataDir), 0);
    expect(data.db.all(sql`SELECT name FROM instance_facts`)).toEqual([{ name: 'index_root' }]);
    // The next audit record comes after the last, as in the source.
    expect(data.db.all(sql`SELECT seq FROM sqlite_sequence WHERE name = 'audit'`)).toEqual(data.db.all(sql`SELECT max(seq) AS seq FROM audit`));
    data.close();
    await expect(into(dataDir)).rejects.toThrow('is not empty: it has borrowers, applications, attempts');
  });

  it('holds nothing in plain text that is sealed at rest, and no key', () => {
    const text = readdirSync(join(source(), 'tables'))
      .map((name) => gunzipSync(readFileSync(join(source(), 'tables', name))).toString())
      .join('');
    for (const secret of ['张三', '110105199003072338', '13800000001', '13910000005']) expect(text).not.toContain(secret);
    expect(text).toContain('fnd_river');
    expect(readdirSync(source()).toSorted()).toEqual(['SHA256SUMS', 'manifest.json', 'objects', 'tables']);
  });

  it('keeps the receipts of consents that were withdrawn since, and the withdrawal', () => {
    const withdrawn = lived.world.db.all<{ n: number }>(
      sql`SELECT count(*) AS n FROM receipts r JOIN attempts a ON a.id = r.attempt_id JOIN consents c ON c.id = r.consent_id AND c.application_id = a.application_id
        WHERE c.withdrawn_at_ms IS NOT NULL`,
    )[0]!.n;
    expect(withdrawn).toBeGreaterThan(0);
  });
});

it('an import that is interrupted after any batch starts nothing, and goes on when asked again', async () => {
  const dataDir = join(folder(), 'moved');
  for (const [round, batches] of [1, 3, 7, 2].entries()) {
    let left = batches;
    const interrupted = into(dataDir, source(), {}, () => {
      left -= 1;
      if (left === 0) throw new Error('power cut');
    });
    await expect(interrupted).rejects.toThrow('power cut');
    expect(() => openDataDir(configFor(dataDir), 0), `round ${round}`).toThrow('import into this data directory did not end');
  }
  const other = join(folder(), 'other');
  await exportInstance({ dataDir: lived.dataDir, target: other, nowMs: 1 });
  await expect(into(dataDir, other)).rejects.toThrow('the import of another export did not end');
  await expect(exportInstance({ dataDir, target: join(folder(), 'half'), nowMs: 0 })).rejects.toThrow('no whole instance');
  expect((await into(dataDir)).resumed).toBe(true);
  expect(tablesOf(dataDir)).toEqual(tablesOf(lived.dataDir));
});

describe('an import refuses', () => {
  /** A copy of the export of which `change` may change anything; sums are put right when `consistent`. */
  function changed(change: (dir: string) => void, consistent: boolean): string {
    const dir = join(folder(), 'copy');
    cpSync(few, dir, { recursive: true });
    change(dir);
    if (!consistent) return dir;
    const sums = readFileSync(join(dir, 'SHA256SUMS'), 'utf8').trimEnd().split('\n');
    const right = sums.map((line) => `${sha256Of(readFileSync(join(dir, line.slice(66))))}  ${line.slice(66)}\n`);
    writeFileSync(join(dir, 'SHA256SUMS'), right.join(''));
    return dir;
  }
  const manifest =
    (edit: (head: Record<string, unknown>) => void) =>
    (dir: string): void => {
      const path = join(dir, 'manifest.json');
      const head = JSON.parse(readFileSync(path, 'utf8')) as Record<string, unknown>;
      edit(head);
      writeFileSync(path, JSON.stringify(head));
    };
  const lines =
    (table: string, edit: (lines: string[]) => string[]) =>
    (dir: string): void => {
      const path = join(dir, 'tables', `${table}.ndjson.gz`);
      const all = gunzipSync(readFileSync(path)).toString().trimEnd().split('\n');
      writeFileSync(path, gzipSync(`${edit(all).join('\n')}\n`));
    };

  it.each<[string, (dir: string) => void, RegExp]>([
    ['a part that was changed', lines('events', (all) => all.slice(1)), /^tables\/events\.ndjson\.gz is damaged/],
    ['a part that is gone', (dir) => rmSync(join(dir, 'tables', 'loans.ndjson.gz')), /^tables\/loans\.ndjson\.gz is damaged or missing/],
    ['a manifest that was changed', manifest((head) => (head['cell'] = 1)), /^manifest\.json is damaged/],
  ])('%s, by name, before a row is written', async (_, change, message) => {
    const dataDir = join(folder(), 'moved');
    await expect(into(dataDir, changed(change, false))).rejects.toThrow(message);
    expect(existsSync(dataDir)).toBe(false);
  });

  it.each<[string, (dir: string) => void, RegExp]>([
    ['another version of the form', manifest((head) => (head['version'] = 2)), /version 2/],
    ['a newer program', manifest((head) => (head['migrations'] as string[]).push('9999_later')), /newer program.*9999_later/],
    ['an older program', manifest((head) => (head['migrations'] as string[]).pop()), /older program/],
    ['other columns', manifest((head) => (head['tables'] as { columns: string[] }[])[0]!.columns.pop()), /borrowers has other columns/],
    [
      'what has a part nobody knows',
      (dir) => {
        manifest((head) => (head['parts'] = (head['parts'] as number) + 1))(dir);
        writeFileSync(join(dir, 'extra'), 'x');
        appendFileSync(join(dir, 'SHA256SUMS'), `${'0'.repeat(64)}  extra\n`);
      },
      /does not know: extra/,
    ],
  ])('%s', async (_, change, message) => {
    await expect(into(join(folder(), 'moved'), changed(change, true))).rejects.toThrow(message);
  });

  it.each<[string, (dir: string) => void, RegExp]>([
    ['rows fewer than it says', lines('timers', (all) => all.slice(1)), /tables\/timers\.ndjson\.gz has \d+ rows and the manifest says \d+/],
    ['a value of another type', lines('attempts', ([first, ...all]) => [first!.replace('"', '0,"').slice(0, -1), ...all]), /attempts, row 1/],
    ['a line that is no row', lines('audit', ([, ...all]) => ['{}', ...all]), /audit, row 1 is not a row/],
    ['a row twice', lines('loans', (all) => [...all, all[0]!]), /UNIQUE/],
    ['a receipt without its consent', lines('consents', (all) => all.slice(0, 3)), /manifest says/],
    [
      'a reference that leads nowhere now',
      lines('applications', (all) => [all[0]!.replace(/"app_[a-z0-9]{5}/, '"app_zzzzz'), ...all.slice(1)]),
      /name something that is not there|no live consent/,
    ],
  ])('%s, though all sums are right, and does not start', async (_, change, message) => {
    const dataDir = join(folder(), 'moved');
    await expect(into(dataDir, changed(change, true))).rejects.toThrow(message);
    expect(() => openDataDir(configFor(dataDir), 0)).toThrow('import into this data directory did not end');
  });

  it('other keys, none, another cell, and an instance that is in use', async () => {
    const dataDir = join(folder(), 'moved');
    await expect(into(dataDir, source(), { MILLRACE_MASTER_KEY: Buffer.alloc(32, 9).toString('base64') })).rejects.toThrow(
      'not those of the exported',
    );
    await expect(into(dataDir, source(), { MILLRACE_MASTER_KEY: '' })).rejects.toThrow('are needed');
    await expect(into(dataDir, source(), { MILLRACE_CELL: '3' })).rejects.toThrow('is of cell 0');
    expect(existsSync(dataDir)).toBe(false);
    mkdirSync(dataDir);
    const { data } = openUnfinished(configFor(dataDir), 0);
    data.db.run(sql`INSERT INTO tombstones (mark, erased_at_ms) VALUES ('somebody', 1)`);
    data.close();
    await expect(into(dataDir)).rejects.toThrow('is not empty: it has tombstones');
  });

  it('of each table something would be missed', () => {
    expect(TRANSFER_TABLES.map(({ name }) => name).toSorted()).toEqual(made.manifest.tables.map(({ name }) => name).toSorted());
    expect(Object.values(made.manifest.orphans).every((n) => n === 0)).toBe(true);
  });
});
