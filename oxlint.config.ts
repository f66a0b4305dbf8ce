import { defineConfig } from 'oxlint';
import type { OxlintConfig } from 'oxlint';
import { CRYPTO_ROOMS, EXCEPTIONS, HOST_ROOMS, MAY_IMPORT } from './scripts/rooms.ts';
import type { Room } from './scripts/rooms.ts';

/** Drivers and host libraries: what they do comes in through ports. */
const DRIVERS = ['better-sqlite3', 'undici', 'sharp', '@hono/node-server', 'drizzle-orm/better-sqlite3', 'drizzle-orm/durable-sqlite'];
const AMBIENT = [
  'fetch',
  'setTimeout',
  'setInterval',
  'setImmediate',
  'queueMicrotask',
  'process',
  'performance',
  'crypto',
  'require',
  'WebSocket',
  'EventSource',
];
const ROOMS = Object.keys(MAY_IMPORT) as Room[];

/** Where the parts of adapters/ and the fixtures are; every other room is a folder of src/. */
const FILES: Partial<Record<Room, string>> = {
  contract: 'adapters/contract.ts',
  registry: 'adapters/registry.ts',
  kit: 'adapters/kit/**',
  adapter: 'adapters/*/**',
  double: 'adapters/*/double.ts',
  fixtures: 'fixtures/**',
};
/** Import specifiers that lead into them, after any number of `../`. */
const SPECIFIERS: Partial<Record<Room, string>> = {
  contract: String.raw`(?:adapters/)?contract\.ts$`,
  registry: String.raw`(?:adapters/)?registry\.ts$`,
  kit: '(?:adapters/)?kit/',
  adapter: 'adapters/[a-z0-9-]+/',
  double: String.raw`adapters/[a-z0-9-]+/double\.ts$`,
};
const filesOf = (room: Room): string => FILES[room] ?? `src/${room}/**`;
const specifierOf = (room: Room): string => SPECIFIERS[room] ?? `(?:src/)?${room}/`;

/** The whole option of no-restricted-imports for one room: a later override would replace, not add. */
function importRule(room: Room, extra: readonly Room[] = []): ['error', object] {
  const allowed = MAY_IMPORT[room];
  const closed = allowed === 'every' ? [] : ROOMS.filter((one) => one !== room && !allowed.includes(one) && !extra.includes(one));
  const host = HOST_ROOMS.includes(room);
  const drivers = [...(host ? [] : DRIVERS), ...(host || room === 'store' ? [] : ['drizzle-orm'])];
  const node = CRYPTO_ROOMS.includes(room) ? '^node:(?:[abd-z]|c[a-qs-z])' : '^node:';
  const patterns = [
    ...(closed.length === 0
      ? []
      : [
          { regex: String.raw`^(?:\.\./)+(?:${closed.map(specifierOf).join('|')})`, message: `${room} may not import that room (scripts/rooms.ts).` },
        ]),
    ...(host ? [] : [{ regex: node, message: 'Only runtime, cli and sandbox know the host; take a port.' }]),
    ...(drivers.includes('drizzle-orm') ? [{ regex: '^drizzle-orm/', message: 'SQL is the business of store.' }] : []),
  ];
  return ['error', { paths: drivers.map((name) => ({ name, message: 'A driver: only a host room, or store for SQL.' })), patterns }];
}

const ambient: OxlintConfig['rules'] = {
  'no-restricted-globals': ['error', ...AMBIENT.map((name) => ({ name, message: 'Ambient: take it from deps.' }))],
  'no-restricted-properties': [
    'error',
    { object: 'Date', property: 'now', message: 'Take the clock from deps.' },
    { object: 'Math', property: 'random', message: 'Take randomness from deps.' },
    { object: 'AbortSignal', property: 'timeout', message: 'Take the clock from deps.' },
  ],
  'no-console': 'error',
  'node/no-process-env': 'error',
};
const browser: readonly Room[] = ['web'];

export default defineConfig({
  plugins: ['eslint', 'typescript', 'unicorn', 'oxc', 'import', 'node'],
  options: { typeAware: true },
  categories: { correctness: 'error' },
  ignorePatterns: ['dist/**', 'data/**', 'coverage/**'],
  rules: {
    'max-lines': ['error', { max: 300 }],
    'max-lines-per-function': ['error', { max: 70 }],
    'import/no-cycle': 'error',
    'typescript/no-explicit-any': 'error',
    'typescript/no-floating-promises': 'error',
    'typescript/no-misused-promises': 'error',
    'typescript/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
    'typescript/consistent-type-imports': ['error', { disallowTypeAnnotations: false }],
    'typescript/no-base-to-string': 'off',
    'typescript/restrict-template-expressions': 'off',
    // Ports and deps are made of closures; none of their functions has a `this` to lose.
    'typescript/unbound-method': 'off',
    // fast-check wants a property without a value: `void expect(...)` says so.
    'typescript/no-meaningless-void-operator': 'off',
    'typescript/no-misused-spread': 'off',
    'typescript/only-throw-error': 'error',
    'typescript/return-await': ['error', 'in-try-catch'],
    eqeqeq: 'error',
    'no-var': 'error',
    'prefer-const': 'error',
  },
  overrides: [
    ...ROOMS.map((room) => ({
      files: [filesOf(room)],
      ...(room === 'adapter' ? { excludeFiles: [filesOf('kit')] } : {}),
      rules: {
        'no-restricted-imports': importRule(room),
        ...(HOST_ROOMS.includes(room) || browser.includes(room) ? {} : ambient),
      } as OxlintConfig['rules'],
    })),
    ...EXCEPTIONS.map(({ under, may }) => ({
      files: [under.endsWith('/') ? `${under}**` : under],
      rules: { 'no-restricted-imports': importRule(under.split('/')[1] as Room, [may]) } as OxlintConfig['rules'],
    })),
    // A room of queries is one flat table of statements, prepared together; cutting it by length would only hide them from each other.
    { files: ['src/store/queries/**'], rules: { 'max-lines-per-function': 'off' } },
    // A describe block is one long function; what matters is the length of each case.
    {
      files: ['test/**'],
      rules: {
        'max-lines': 'off',
        'max-lines-per-function': 'off',
        'typescript/switch-exhaustiveness-check': 'off',
        'typescript/consistent-type-imports': 'off',
      },
    },
  ],
});
