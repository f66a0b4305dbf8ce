/**
 * The import table between rooms, once. The linter's configuration is generated from it and test/tidy.test.ts checks it on the real
 * graph of imports. A room may import itself, what is listed here, and libraries; nothing else.
 */

/** The steps of the pipeline. They never import each other: only `flow` puts them together. */
export const PIPELINE_ROOMS = ['prescreen', 'routing', 'dispatch', 'offers', 'outbox', 'compliance', 'analytics', 'settlement', 'outreach'] as const;

/** `contract`, `kit`, `registry`, `adapter` and `double` are parts of adapters/; `adapter` is any one protocol's folder, `double` its funder's side. */
export type Room =
  | (typeof PIPELINE_ROOMS)[number]
  | 'domain'
  | 'ports'
  | 'store'
  | 'flow'
  | 'http'
  | 'runtime'
  | 'sandbox'
  | 'cli'
  | 'web'
  | 'contract'
  | 'kit'
  | 'registry'
  | 'adapter'
  | 'double'
  | 'fixtures';

const pure: readonly Room[] = ['domain', 'ports'];
const pipeline = Object.fromEntries(PIPELINE_ROOMS.map((room) => [room, pure])) as Record<(typeof PIPELINE_ROOMS)[number], readonly Room[]>;

/** Room -> the rooms it may import. `every`: no limit (entry points and what only people run). */
export const MAY_IMPORT: Readonly<Record<Room, readonly Room[] | 'every'>> = {
  ...pipeline,
  domain: [],
  ports: ['domain'],
  store: pure,
  flow: [...pure, ...PIPELINE_ROOMS, 'store', 'contract', 'registry'],
  http: [...pure, 'flow'],
  runtime: 'every',
  // It plays the funders: what it shares with the other side would be wrong on both sides at once.
  sandbox: [...pure, 'double', 'fixtures'],
  cli: [...pure, 'runtime', 'fixtures'],
  web: ['domain'],
  contract: pure,
  kit: ['contract', ...pure],
  registry: ['contract', 'adapter'],
  adapter: ['contract', 'kit', ...pure],
  double: ['domain', 'sandbox'],
  fixtures: ['domain'],
};

/** From these rooms adapters take types alone, so that a protocol cannot reach for a capability it was not handed. */
export const TYPES_ONLY: Readonly<Partial<Record<Room, readonly Room[]>>> = { adapter: ['ports'], kit: ['ports'] };

/** Single files or folders that may import more than their room. Each with its reason. */
export const EXCEPTIONS: readonly { readonly under: string; readonly may: Room; readonly why: string }[] = [
  { under: 'src/compliance/open-granted.ts', may: 'contract', why: 'it alone makes the branded fields that an adapter is handed' },
  { under: 'src/dispatch/', may: 'contract', why: 'it is the only caller of adapters' },
];

/** Rooms that know the host: they may use time, randomness, the environment, the network, `node:*` and drivers. */
export const HOST_ROOMS: readonly Room[] = ['runtime', 'cli', 'sandbox', 'fixtures'];
/** Rooms that may use `node:crypto` and no other part of Node. */
export const CRYPTO_ROOMS: readonly Room[] = ['kit', 'adapter', 'double'];
/** Rooms that only these may import: the funder's side is no part of the service, not even of its host. */
export const CLOSED_ROOMS: Readonly<Partial<Record<Room, readonly Room[]>>> = { double: ['sandbox'] };

/** The room a repository path belongs to; null for tests, scripts, bench and files outside the rooms. */
export function roomOf(path: string): Room | null {
  const [top, second = '', third] = path.split('/');
  if (top === 'fixtures') return 'fixtures';
  if (top === 'adapters') {
    if (third !== undefined) return second === 'kit' ? 'kit' : third === 'double.ts' ? 'double' : 'adapter';
    return second === 'contract.ts' ? 'contract' : second === 'registry.ts' || second === 'coded.ts' ? 'registry' : null;
  }
  return top === 'src' && third !== undefined && second in MAY_IMPORT ? (second as Room) : null;
}

/** Whether `from` may import `to`; both are repository paths. Files outside the rooms may import anything, and nobody in a room them. */
export function mayImport(from: string, to: string, typesOnly: boolean): boolean {
  const room = roomOf(from);
  const target = roomOf(to);
  if (room === null) return true;
  if (target !== null && CLOSED_ROOMS[target]?.includes(room) === false) return false;
  if (MAY_IMPORT[room] === 'every') return true;
  if (target === null) return false;
  if (EXCEPTIONS.some((one) => from.startsWith(one.under) && one.may === target)) return true;
  if (room === target) return room !== 'adapter' || from.split('/')[1] === to.split('/')[1];
  return MAY_IMPORT[room].includes(target) && (typesOnly || TYPES_ONLY[room]?.includes(target) !== true);
}
