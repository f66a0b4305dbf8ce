/** Things that are written twice must say the same: migrations and their checksums, states and their page, adapters and their registry. */
import { checksum, parseChecksums } from '../../scripts/checksum-migrations.ts';
import { missingEntries } from '../../scripts/complete-lock.mjs';
import type { LockEntry } from '../../scripts/complete-lock.mjs';
import { renderFigures } from '../../scripts/render-figures.ts';
import { renderStates } from '../../scripts/render-states.ts';
import type { Rule } from './world.ts';

/** Migrations are numbered without a gap, begin with their reason, and have the text they had when they were listed. */
export const migrations: Rule = (world) => {
  const files = [...world.files].filter(([path]) => /^migrations\/[^/]+\.sql$/.test(path));
  const sums = parseChecksums(world.files.get('migrations/CHECKSUMS') ?? '');
  const violations = files.flatMap(([path, text], index) => {
    const file = path.slice('migrations/'.length);
    const number = /^(\d{4})[_-][a-z0-9_-]+\.sql$/.exec(file)?.[1];
    return [
      ...(Number(number) === index + 1 ? [] : [`${path}: not number ${index + 1} as NNNN-what-it-does.sql`]),
      ...(/^(?:--\s*\S+|\/\*)/.test(text) ? [] : [`${path}: does not begin with its reason`]),
      ...(sums.get(file) === checksum(text)
        ? []
        : [`${path}: ${sums.has(file) ? 'its text has changed' : 'not in migrations/CHECKSUMS (npm run checksums)'}`]),
    ];
  });
  const gone = [...sums.keys()].filter((file) => !world.files.has(`migrations/${file}`)).map((file) => `migrations/${file}: listed, and gone`);
  return { scanned: files.length + sums.size, violations: [...violations, ...gone] };
};

/** docs/states.md is what the tables render to. */
export const statesPage: Rule = (world) => {
  const page = world.files.get('docs/states.md') ?? '';
  return {
    scanned: page.split('\n').length,
    violations: page === renderStates() ? [] : ['docs/states.md: not what the tables say (npm run states)'],
  };
};

/** docs/figures.md is what the table of figures renders to. */
export const figuresPage: Rule = (world) => {
  const page = world.files.get('docs/figures.md') ?? '';
  return {
    scanned: page.split('\n').length,
    violations: page === renderFigures() ? [] : ['docs/figures.md: not what the table says (npm run figures)'],
  };
};

/** Folders below adapters/ that are no protocol's. */
const SHARED = ['kit', 'declared', 'manifests'];

/** Every other folder below adapters/ is in the registry, or declared; it has its manifest's id, cases, their world, and a funder's side. */
export const adapterFolders: Rule = (world) => {
  const registry = world.files.get('adapters/coded.ts') ?? '';
  const bundled = world.files.get('adapters/manifests/all.ts') ?? '';
  const folders = new Set(
    [...world.files.keys()].flatMap((path) => /^adapters\/([^/]+)\//.exec(path)?.[1] ?? []).filter((folder) => !SHARED.includes(folder)),
  );
  const violations = [...folders].flatMap((folder) => {
    const below = [...world.files].filter(([path]) => path.startsWith(`adapters/${folder}/`));
    const declared = bundled.includes(`'./${folder}.json'`) && world.files.has(`adapters/manifests/${folder}.json`);
    return [
      ...(declared || registry.includes(`'./${folder}/index.ts'`) ? [] : [`adapters/${folder}: not in the registry`]),
      ...(declared || below.some(([path, text]) => path.endsWith('.ts') && text.includes(`'${folder}'`))
        ? []
        : [`adapters/${folder}: no manifest of that id`]),
      ...(below.some(([path]) => path.includes('/cases/exemplary/')) ? [] : [`adapters/${folder}: no exemplary case`]),
      ...['double.ts', 'cases/world.json'].flatMap((file) =>
        world.files.has(`adapters/${folder}/${file}`) ? [] : [`adapters/${folder}: no ${file}`],
      ),
    ];
  });
  return { scanned: folders.size, violations };
};

/** The lock file names every optional package, so that `npm ci` takes it on every machine, and names no registry. */
export const lockFile: Rule = (world) => {
  const lock = JSON.parse(world.files.get('package-lock.json') ?? '{"packages":{}}') as { packages: Record<string, LockEntry> };
  const missing = Object.keys(missingEntries(lock)).map((name) => `package-lock.json: lacks ${name} (node scripts/complete-lock.mjs)`);
  const hosts = Object.entries(lock.packages).filter(([, entry]) => entry.resolved !== undefined);
  return {
    scanned: Object.keys(lock.packages).length,
    violations: [...missing, ...hosts.map(([name]) => `package-lock.json: ${name} names a host`)],
  };
};
