/**
 * What a linter cannot hold: the table of imports between rooms on the real graph, names and sizes, migrations, and everything that is
 * written down twice. Each rule is run on the repository, where it must have looked at something, and on a planted violation.
 */
import { describe, expect, it } from 'vitest';
import { ambient, cycles, importTable } from './tidy/import-rules.ts';
import { importsOf, mask } from './tidy/lexer.ts';
import { adapterFolders, figuresPage, lockFile, migrations, statesPage } from './tidy/record-rules.ts';
import { bannedText, docPaths, fileNames, sizes } from './tidy/text-rules.ts';
import { plant, readWorld } from './tidy/world.ts';
import type { Rule, World } from './tidy/world.ts';

const world = readWorld();

interface Planted {
  readonly rule: Rule;
  /** At least this many things must have been looked at; 0 where the subject may not exist yet. */
  readonly atLeast: number;
  /** Each a file that breaks the rule: path and text. */
  readonly plants: Readonly<Record<string, string>>;
}

const RULES: Readonly<Record<string, Planted>> = {
  'rooms import along the table': {
    rule: importTable,
    atLeast: 200,
    plants: {
      'src/prescreen/planted.ts': "import { plan } from '../routing/plan.ts';",
      'src/domain/planted.ts': "export type { Clock } from '../ports/clock.ts';",
      'src/routing/planted.ts': "import type { FunderAdapter } from '../../adapters/contract.ts';",
      'src/http/planted.ts': "const late = await import('../domain/nowhere.ts');",
      'adapters/harbor-json/planted.ts': "import { adapters } from '../registry.ts';",
      'adapters/lotus-md5/planted.ts': "import { wire } from '../cedar-sealed/wire.ts';",
      'adapters/kit/planted.ts': "import { Clock } from '../../src/ports/clock.ts';",
      'adapters/lotus-md5/double.ts': "import { sign } from './wire.ts';",
      'adapters/cedar-sealed/double.ts': "import { at } from '../kit/read-json.ts';",
      'src/runtime/planted.ts': "import { double } from '../../adapters/harbor-json/double.ts';",
      'adapters/cedar-sealed/planted.ts': "import { double } from './double.ts';",
      'src/sandbox/planted.ts': "import { adapters } from '../../adapters/registry.ts';",
      'src/offers/planted.ts': "import { describe } from '../../test/tidy/world.ts';",
    },
  },
  'nothing ambient below the host rooms': {
    rule: ambient,
    atLeast: 60,
    plants: {
      'src/flow/planted.ts': "import { readFileSync } from 'node:fs';",
      'src/store/planted.ts': 'export const at = new Date();',
      'src/outbox/planted.ts': 'export const at = Math.random();',
      'adapters/harbor-json/planted.ts': "import fs from 'fs';",
    },
  },
  'no cycle': {
    rule: cycles,
    atLeast: 100,
    plants: { 'src/domain/planted.ts': "import { a } from './planted.ts';" },
  },
  'at most 300 lines': { rule: sizes, atLeast: 100, plants: { 'src/domain/planted.ts': 'a;\n'.repeat(301) } },
  'names that say something': {
    rule: fileNames,
    atLeast: 100,
    plants: { 'src/domain/moneyPlan.ts': '', 'src/domain/money-utils.ts': '', 'src/common/money.ts': '' },
  },
  'no banned text': {
    rule: bannedText,
    atLeast: 100,
    plants: {
      'src/domain/planted.ts': `// ${'TO'}DO: later`,
      'test/planted.test.ts': `it${'.'}skip('x', () => {});`,
      'src/flow/planted.ts': `const x = y as ${'any'};`,
      'adapters/planted.ts': `// @ts-${'ignore'}`,
    },
  },
  'docs name what exists': {
    rule: docPaths,
    atLeast: 0,
    plants: { 'docs/planted.md': 'See `src/nowhere/at-all.ts`.', 'README.md': '[here](docs/nowhere.md)' },
  },
  'migrations only grow': {
    rule: migrations,
    atLeast: 0,
    plants: {
      'migrations/9999-planted.sql': '-- unlisted\nSELECT 1;',
      'migrations/CHECKSUMS': `${'0'.repeat(64)}  0000-gone.sql\n`,
    },
  },
  'docs/figures.md is rendered': { rule: figuresPage, atLeast: 50, plants: { 'docs/figures.md': '# Figures' } },
  'docs/states.md is rendered': { rule: statesPage, atLeast: 50, plants: { 'docs/states.md': '# States' } },
  'adapters are complete': {
    rule: adapterFolders,
    atLeast: 3,
    plants: {
      'adapters/planted-xml/index.ts': "export const id = 'planted-xml';",
      'adapters/planted-form/double.ts': "export const double = 'planted-form';",
    },
  },
  'the lock file is whole': {
    rule: lockFile,
    atLeast: 100,
    plants: {
      'package-lock.json': JSON.stringify({ packages: { 'node_modules/a': { version: '1.0.0', optionalDependencies: { 'a-linux-x64': '1.0.0' } } } }),
    },
  },
};

describe.each(Object.entries(RULES))('%s', (_, { rule, atLeast, plants }) => {
  it('holds here', () => {
    const { scanned, violations } = rule(world);
    expect(violations).toEqual([]);
    expect(scanned).toBeGreaterThanOrEqual(atLeast);
  });

  it.each(Object.entries(plants))('bites on a planted %s', (path, text) => {
    const before = new Set(rule(world).violations);
    const found = rule(plant(world, path, text)).violations.filter((one) => !before.has(one));
    expect(found.length).toBeGreaterThanOrEqual(1);
    expect(found.join('\n')).toMatch(/planted|double|moneyPlan|money-utils|common|CHECKSUMS|gone|nowhere|states\.md|figures\.md|package-lock/);
  });
});

it('a changed migration is noticed by its checksum', () => {
  const sum = 'a'.repeat(64);
  const planted: World = {
    files: new Map([
      ['migrations/0001-first.sql', '-- why\nSELECT 1;'],
      ['migrations/CHECKSUMS', `${sum}  0001-first.sql\n`],
    ]),
  };
  expect(migrations(planted).violations).toEqual(['migrations/0001-first.sql: its text has changed']);
});

describe('the lexer', () => {
  it('finds every form of import', () => {
    const text = [
      "import a from './a.ts';",
      "import type { B } from './b.ts';",
      "import { type C, type D } from './c.ts';",
      "import { type E, f } from './d.ts';",
      "export * from './e.ts';",
      "export type { G } from './f.ts';",
      "import './g.ts';",
      "const h = await import('./h.ts');",
      'import * as i from "./i.ts";',
      "import {\n  j,\n} from './j.ts';",
      "import type K from './k.ts';",
      "import type, { l } from './l.ts';",
    ].join('\n');
    expect(importsOf(text).map(({ specifier, typesOnly }) => `${specifier}${typesOnly ? ' types' : ''}`)).toEqual([
      './a.ts',
      './b.ts types',
      './c.ts types',
      './d.ts',
      './e.ts',
      './f.ts types',
      './g.ts',
      './h.ts',
      './i.ts',
      './j.ts',
      './k.ts types',
      './l.ts',
    ]);
  });

  it('reads none out of comments, strings, templates and regular expressions', () => {
    const text = [
      "// import a from './a.ts'",
      "/* import a from './a.ts' */",
      'const s = "import a from \'./a.ts\'";',
      "const t = `import a from './a.ts' ${`import './b.ts'`} ${{ c: '`' }.c}`;",
      "const r = /import '.\\/a.ts'/;",
      "const d = 4 / 2; const e = 'x' / 3;",
      "import real from './real.ts';",
    ].join('\n');
    expect(importsOf(text)).toEqual([{ specifier: './real.ts', typesOnly: false }]);
  });

  it('blanks nothing but what it names', () => {
    expect(mask('a / b / c').masked).toBe('a / b / c');
    expect(mask("f('x', /y/g)").masked).toBe('f("0",  "" )');
  });
});
