/** Replies of several cells to one question, as one reply. Pure. */

type Json = null | boolean | number | string | readonly Json[] | { readonly [name: string]: Json };
type Fields = { readonly [name: string]: Json };

/** How the replies to a question become one. `page`: a list by id, newest first. `sum`: numbers are added. */
export type Merging = 'page' | 'sum' | 'alarms' | 'funder' | 'funders' | 'queued';

const CALLBACKS = 20;
const BREAKERS = ['closed', 'half_open', 'open'];

/** `replies` are the JSON of 200s, the desk's first where it was asked; `limit` is that of a page. */
export function merge(how: Merging, replies: readonly unknown[], limit: number): unknown {
  const all = replies as readonly Fields[];
  switch (how) {
    case 'page':
      return page(all, limit);
    case 'alarms':
      return { data: alarms(all.flatMap((reply) => rows(reply['data']))) };
    case 'funder':
      return funderStatus(all);
    case 'funders':
      return {
        data: rows(all[0]!['data']).map((funder) =>
          funderStanding(all.flatMap((reply) => rows(reply['data']).filter(({ id }) => id === funder['id']))),
        ),
      };
    case 'sum':
    case 'queued':
      return all.reduce((sum, each) => add(sum, each) as Fields);
  }
}

/** The usual number of a page, as the routes have it. */
export const USUAL_LIMIT = 50;
const MOST = 200;

export function limitOf(text: string | null): number {
  return text !== null && /^\d{1,4}$/.test(text) ? Math.min(MOST, Math.max(1, Number(text))) : USUAL_LIMIT;
}

/** Ids sort by age whatever their cell, so each cell's newest are enough to know the newest of all, and the cursor is an id as before. */
function page(replies: readonly Fields[], limit: number): Fields {
  const data = replies
    .flatMap((reply) => rows(reply['data']))
    .toSorted((a, b) => (byAge(a) < byAge(b) ? 1 : -1))
    .slice(0, limit);
  return { data, next_cursor: data.length < limit ? null : data.at(-1)!['id']! };
}

function byAge(row: Fields): string {
  return String(row['id']);
}

/** Numbers are added, objects field by field, lists of things with an `id` thing by thing; of texts the later one stands, which for times is the later time. */
function add(left: Json | undefined, right: Json | undefined): Json {
  if (left === undefined || left === null) return right ?? null;
  if (right === undefined || right === null) return left;
  if (typeof left === 'number' && typeof right === 'number') return left + right;
  if (typeof left === 'string' && typeof right === 'string') return left > right ? left : right;
  if (Array.isArray(left) && Array.isArray(right)) {
    const byId = new Map<Json | undefined, Fields>();
    for (const row of [...rows(left), ...rows(right)]) byId.set(row['id'], add(byId.get(row['id']), row) as Fields);
    return [...byId.values()].toSorted((a, b) => (byAge(a) < byAge(b) ? -1 : 1));
  }
  if (typeof left !== 'object' || typeof right !== 'object') return left;
  const [a, b] = [left as Fields, right as Fields];
  return Object.fromEntries([...new Set([...Object.keys(a), ...Object.keys(b)])].map((name) => [name, add(a[name], b[name])]));
}

/** One alarm that several cells have raised is one: since the first of them, with the words of the one that saw it last. */
function alarms(found: readonly Fields[]): Fields[] {
  const byKind = Map.groupBy(found, (alarm) => `${String(alarm['subject'])} ${String(alarm['kind'])}`);
  return [...byKind.values()]
    .map((same) => ({
      ...same.toSorted((a, b) => (String(a['seen_at']) < String(b['seen_at']) ? 1 : -1))[0]!,
      since: earliest(same.map((alarm) => alarm['since'])) ?? '',
    }))
    .toSorted((a, b) => (a.since < b.since ? -1 : 1));
}

function funderStatus(all: readonly Fields[]): Fields {
  const [, ...cells] = all;
  return {
    ...funderStanding(all),
    attempts: cells.map((cell) => cell['attempts'] ?? null).reduce((sum, each) => add(sum, each)),
    callbacks: cells
      .flatMap((cell) => rows(cell['callbacks']))
      .toSorted((a, b) => (byAge(a) < byAge(b) ? 1 : -1))
      .slice(0, CALLBACKS),
  };
}

/** The desk's words on caps and prices, the cells' on what is under way; of breakers the worst, since a funder that fails one cell is likely to fail all. */
function funderStanding([desk, ...cells]: readonly Fields[]): Fields {
  const every = <T>(name: string, read: (value: Json) => T): T[] => cells.map((cell) => read(cell[name] ?? null));
  const breakers = every('breaker', (value) => value as Fields);
  const worst = breakers.toSorted((a, b) => BREAKERS.indexOf(String(b['state'])) - BREAKERS.indexOf(String(a['state'])))[0]!;
  const closed = worst['state'] === 'closed' ? (breakers.reduce((sum, each) => add(sum, each) as Fields) as Fields) : worst;
  return {
    ...desk,
    breaker: closed,
    latency_ms: Math.max(...every('latency_ms', Number)),
    caps: rows(desk!['caps']).map((cap) => {
      const same = cells.flatMap((cell) => rows(cell['caps']).filter((each) => each['key'] === cap['key']));
      const sum = (name: string): number => same.reduce((total, each) => total + Number(each[name]), 0);
      return { ...cap, leased: sum('leased'), used: sum('used') };
    }),
    waiting: [...Map.groupBy(every('waiting', rows).flat(), (each) => String(each['state'])).values()].map((same) => ({
      state: same[0]!['state']!,
      count: same.reduce((total, each) => total + Number(each['count']), 0),
      oldest_at: earliest(same.map((each) => each['oldest_at']))!,
      age_s: Math.max(...same.map((each) => Number(each['age_s']))),
    })),
    last_callback_at:
      every('last_callback_at', (value) => (value === null ? '' : String(value)))
        .toSorted()
        .at(-1) || null,
    last_24h: every('last_24h', (value) => value as Fields).reduce((sum, each) => add(sum, each) as Fields),
    alarms: alarms([desk!, ...cells].flatMap((each) => rows(each['alarms']))),
  };
}

function earliest(times: readonly (Json | undefined)[]): string | null {
  return (
    times
      .filter((time) => typeof time === 'string')
      .toSorted()
      .at(0) ?? null
  );
}

function rows(value: Json | undefined): readonly Fields[] {
  return Array.isArray(value) ? (value as readonly Fields[]) : [];
}
