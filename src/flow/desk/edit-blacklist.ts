/** The blacklist: who is refused. Values come in plain, are made uniform by the domain's rules, and are stored as blind indexes alone. */
import { checkPhone, PHONE_FAULTS } from '../../domain/facts.ts';
import { fault, problem, unreachable, type Fault, type Problem } from '../../domain/failures.ts';
import { checkIdNumber, ID_NUMBER_FAULTS } from '../../domain/id-number.ts';
import type { BlacklistRow } from '../../store/index.ts';
import type { Deps } from '../deps.ts';
import { iso } from '../view-application.ts';
import { appendAudit } from './append-audit.ts';
import { numberIn } from './plain-reason.ts';
import { invalid } from './propose-change.ts';

export const BLACKLIST_KINDS = ['phone', 'id_number', 'device'] as const;
export type BlacklistKind = (typeof BLACKLIST_KINDS)[number];

/** `pointer`: where the entry stands in what was sent, for its faults. */
export interface BlacklistEntry {
  readonly kind: BlacklistKind;
  readonly value: string;
  readonly reason: string;
  readonly pointer: string;
}
export interface BlacklistView {
  readonly kind: BlacklistKind;
  /** By which an entry can be taken off when nobody has its value any more. */
  readonly mark: string;
  readonly reason: string;
  readonly author: string;
  readonly at: string;
}

const PURPOSES = { phone: 'blacklist_phone', id_number: 'blacklist_id_number', device: 'blacklist_device' } as const;
const LONGEST_DEVICE = 200;

/** Adds all or none; `known` were listed already and keep their reason. The caller reloads the desk afterwards. */
export async function addToBlacklist(
  deps: Deps,
  actor: string,
  entries: readonly BlacklistEntry[],
): Promise<{ readonly added: number; readonly known: number } | Problem> {
  const nowMs = deps.clock.nowMs();
  const faults: Fault[] = [];
  const rows: BlacklistRow[] = [];
  for (const { kind, value, reason, pointer } of entries) {
    const normal = normalise(kind, value, nowMs);
    if (typeof normal !== 'string') faults.push(fault(`${pointer}/value`, normal.code, normal.zh, normal.en));
    const number = numberIn(reason, `${pointer}/reason`);
    if (number !== null) faults.push(number);
    if (typeof normal === 'string')
      rows.push({ kind, mark: deps.vault.blindIndex(PURPOSES[kind], normal), reason, author: actor, createdAtMs: nowMs });
  }
  if (faults.length > 0) return invalid(faults);
  return deps.commit((tx) => {
    let added = 0;
    for (const row of rows) if (tx.desk.insertBlacklist(row)) added += 1;
    if (added > 0) appendAudit(tx, deps, { actor, action: 'blacklist.added', subject: 'blacklist', detail: { added, known: rows.length - added } });
    return { added, known: rows.length - added };
  });
}

/** Takes one entry off, by its value or by its mark. The caller reloads the desk afterwards. */
export async function dropFromBlacklist(
  deps: Deps,
  actor: string,
  kind: BlacklistKind,
  by: { readonly value: string } | { readonly mark: string },
): Promise<Problem | null> {
  let mark: string;
  if ('mark' in by) mark = by.mark;
  else {
    const normal = normalise(kind, by.value, deps.clock.nowMs());
    if (typeof normal !== 'string') return invalid([fault('/value', normal.code, normal.zh, normal.en)]);
    mark = deps.vault.blindIndex(PURPOSES[kind], normal);
  }
  return deps.commit((tx) => {
    if (tx.desk.listed(kind, mark) === undefined) return problem('not_found', '名单中没有', 'it is not on the blacklist');
    tx.desk.dropBlacklist(kind, mark);
    appendAudit(tx, deps, { actor, action: 'blacklist.removed', subject: mark, detail: { kind } });
    return null;
  });
}

/** In the order of the marks, which is no order at all; `after` is the last of the page before. */
export function listBlacklist({ store }: Pick<Deps, 'store'>, after: string | undefined, limit: number): BlacklistView[] {
  return store.desk
    .blacklistPage(after, limit)
    .map(({ kind, mark, reason, author, createdAtMs }) => ({ kind, mark, reason, author, at: iso(createdAtMs) }));
}

function normalise(kind: BlacklistKind, value: string, nowMs: number): string | { readonly code: string; readonly zh: string; readonly en: string } {
  switch (kind) {
    case 'phone': {
      const checked = checkPhone(value);
      return checked.ok ? checked.phone : { code: `phone_${checked.fault}`, ...PHONE_FAULTS[checked.fault] };
    }
    case 'id_number': {
      const checked = checkIdNumber(value, nowMs);
      return checked.ok ? checked.idNumber : { code: `id_number_${checked.fault}`, ...ID_NUMBER_FAULTS[checked.fault] };
    }
    case 'device': {
      const device = value.trim();
      const wrong = device === '' || device.length > LONGEST_DEVICE;
      return wrong
        ? { code: 'device', zh: `设备标识应为 1 至 ${LONGEST_DEVICE} 个字符`, en: `a device id has 1 to ${LONGEST_DEVICE} characters` }
        : device;
    }
    default:
      return unreachable(kind);
  }
}
