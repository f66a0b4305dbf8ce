/** The blacklist: import as JSON or CSV, list by mark, take off by value or mark. */
import { Hono } from 'hono';
import { z } from 'zod';
import { fault, problem, type Problem } from '../../domain/failures.ts';
import { addToBlacklist, BLACKLIST_KINDS, dropFromBlacklist, listBlacklist, type BlacklistEntry } from '../../flow/desk/edit-blacklist.ts';
import { withRole } from '../auth.ts';
import { json, refuse, type Env, type HttpOptions } from '../context.ts';
import { readAs, readBytes } from '../read-body.ts';
import { parseCsv } from './csv.ts';
import { PAGE, paged, pageOf, readQuery } from './query.ts';

const MOST_BYTES = 4 * 1024 * 1024;
const MOST_ENTRIES = 20_000;
/** More faults than this help nobody, and the reply must stay small. */
const MOST_FAULTS = 100;
const COLUMNS = ['kind', 'value', 'reason'] as const;
const kind = z.enum(BLACKLIST_KINDS);

export const BlacklistItem = z.strictObject({ kind, value: z.string().min(1).max(200), reason: z.string().min(1).max(200) });
export const BlacklistBody = z.strictObject({ entries: z.array(BlacklistItem).min(1).max(MOST_ENTRIES) });
export const BlacklistRemoval = z.union([
  z.strictObject({ kind, value: z.string().min(1).max(200) }),
  z.strictObject({ kind, mark: z.string().regex(/^[A-Za-z0-9_-]{22}$/) }),
]);

export function blacklistRoutes(options: HttpOptions): Hono<Env> {
  const { deps } = options;
  const app = new Hono<Env>();
  const edit = withRole(deps, 'operator', 'risk');

  app.post('/v1/desk/blacklist', edit, async (c) => {
    const entries = /^text\/csv\s*(;|$)/i.test(c.req.header('content-type') ?? '') ? await entriesOfCsv(c.req.raw) : await entriesOfJson(c.req.raw);
    if ('problem' in entries) return refuse(c, few(entries));
    const outcome = await addToBlacklist(deps, c.get('key').id, entries);
    if ('problem' in outcome) return refuse(c, few(outcome));
    options.reloadDesk();
    return json(outcome, 201);
  });

  app.get('/v1/desk/blacklist', withRole(deps, 'operator', 'risk', 'approver'), (c) => {
    const query = readQuery(c, PAGE);
    if ('problem' in query) return refuse(c, query);
    const page = pageOf(query);
    return json(paged(listBlacklist(deps, page.cursor, page.limit), page, (last) => last.mark));
  });

  // The value stands in the body: what is in a path or a query ends up in the logs of everything on the way.
  app.delete('/v1/desk/blacklist', edit, async (c) => {
    const wanted = await readAs(c.req.raw, BlacklistRemoval);
    if ('problem' in wanted) return refuse(c, wanted);
    const refused = await dropFromBlacklist(deps, c.get('key').id, wanted.kind, wanted);
    if (refused !== null) return refuse(c, refused);
    options.reloadDesk();
    return new Response(null, { status: 204 });
  });

  return app;
}

async function entriesOfJson(request: Request): Promise<readonly BlacklistEntry[] | Problem> {
  const given = await readAs(request, BlacklistBody, { most: MOST_BYTES });
  return 'problem' in given ? given : given.entries.map((entry, index) => ({ ...entry, pointer: `/entries/${index}` }));
}

/** `kind,value,reason` a line, with or without that heading. Faults point at `/lines/N`, counted from 1. */
async function entriesOfCsv(request: Request): Promise<readonly BlacklistEntry[] | Problem> {
  const bytes = await readBytes(request, MOST_BYTES);
  if (!(bytes instanceof Uint8Array)) return bytes;
  const rows = parseCsv(bytes);
  if (!Array.isArray(rows))
    return problem('invalid_request', 'CSV 无法读取（应为 UTF-8）', 'the CSV cannot be read', {
      faults: [fault(`/lines/${rows.line}`, rows.code, CSV_FAULTS[rows.code].zh, CSV_FAULTS[rows.code].en)],
    });
  const lines = rows.at(0)?.fields.join() === COLUMNS.join() ? rows.slice(1) : rows;
  const faults = [];
  const entries: BlacklistEntry[] = [];
  for (const { line, fields } of lines) {
    const pointer = `/lines/${line}`;
    const item = BlacklistItem.safeParse(Object.fromEntries(COLUMNS.map((name, index) => [name, fields[index]])));
    if (fields.length !== COLUMNS.length)
      faults.push(fault(pointer, 'columns', '应有三列：kind,value,reason', 'must have three columns: kind,value,reason'));
    else if (item.success) entries.push({ ...item.data, pointer });
    else
      for (const issue of item.error.issues)
        faults.push(
          fault(
            `${pointer}/${String(issue.path[0])}`,
            issue.path[0] === 'kind' ? 'not_one_of' : 'length',
            '内容不符合要求',
            issue.path[0] === 'kind' ? `must be one of ${BLACKLIST_KINDS.join(', ')}` : 'must have 1 to 200 characters',
          ),
        );
  }
  if (lines.length === 0 || lines.length > MOST_ENTRIES)
    faults.push(fault('', 'lines', `应有 1 至 ${MOST_ENTRIES} 行`, `must have 1 to ${MOST_ENTRIES} lines`));
  return faults.length === 0
    ? entries
    : problem('invalid_request', '有几行内容有误，没有导入任何一行', 'some lines have faults; nothing was imported', { faults });
}

const CSV_FAULTS = {
  encoding: { zh: '不是 UTF-8 编码', en: 'is not UTF-8' },
  quote: { zh: '引号不配对', en: 'has a quote that is not closed or stands in the middle of a field' },
} as const;

function few(found: Problem): Problem {
  return found.faults.length <= MOST_FAULTS ? found : { ...found, faults: found.faults.slice(0, MOST_FAULTS) };
}
