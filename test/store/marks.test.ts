/** Blind indexes and ids of recorded replies as bytes, and how a database that held them as text gets there. */
import { sql } from 'drizzle-orm';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Database } from '../../src/store/database.ts';
import { createStore } from '../../src/store/index.ts';
import { createVault } from '../../src/runtime/vault.ts';
import { MIGRATIONS, withStore, type Open } from './host.ts';

const vault = createVault({ masterKeys: [{ version: 1, key: new Uint8Array(32).fill(3) }], current: 1 }, (count) => new Uint8Array(count));

/** A database as the first migration made it. */
function old(open: Open): { readonly db: Database; now(): readonly string[] } {
  const { db, migrate } = open(MIGRATIONS.slice(0, 1));
  return { db, now: () => migrate(MIGRATIONS, 1) };
}

function fill(db: Database, n: number, marks: { phone: string; id: string | null; device: string | null; ip: string | null }): void {
  db.run(sql`INSERT INTO borrowers (id, phone_index, data_key, created_at_ms) VALUES (${`bor_${n}`}, ${marks.phone}, ${Buffer.from([n])}, 1)`);
  db.run(
    sql`INSERT INTO applications (id, borrower_id, channel_id, state, body_sealed, reasons, quarantined, released, refused_recipients, event_seq,
        phone_index, id_index, device_index, ip_index, created_at_ms, submitted_at_ms, deadline_at_ms, updated_at_ms)
       VALUES (${`app_${n}`}, ${`bor_${n}`}, 'c', 'declined', ${Buffer.from([n, n])}, '[]', 0, 0, '[]', 3,
        ${marks.phone}, ${marks.id}, ${marks.device}, ${marks.ip}, 1, 5, 9, 1)`,
  );
}

it('whoever was known is known still: by phone, ID number, device and address', () =>
  withStore((open) => {
    const { db, now } = old(open);
    const of = (n: number) => ({
      phone: vault.blindIndex('phone', `1380000000${n}`),
      id: n === 2 ? null : vault.blindIndex('id_number', `11010119900101000${n}`),
      device: n === 1 ? null : vault.blindIndex('device', `device-${n}`),
      ip: n === 3 ? null : vault.blindIndex('ip', `10.0.0.${n}`),
    });
    for (const n of [1, 2, 3]) fill(db, n, of(n));
    db.run(sql`INSERT INTO borrowers (id, created_at_ms, erased_at_ms) VALUES ('bor_erased', 1, 2)`);
    expect(now()).toEqual(MIGRATIONS.slice(1).map(({ name }) => name));
    const store = createStore(db);
    for (const n of [1, 2, 3]) {
      const marks = of(n);
      expect(store.applications.borrowerByPhone(marks.phone)).toMatchObject({ id: `bor_${n}`, phoneIndex: marks.phone, dataKey: Buffer.from([n]) });
      expect(store.applications.byId(`app_${n}`)).toMatchObject({
        phoneIndex: marks.phone,
        idIndex: marks.id,
        deviceIndex: marks.device,
        ipIndex: marks.ip,
        bodySealed: Buffer.from([n, n]),
        eventSeq: 3,
      });
      const since = { phoneSinceMs: 0, id_numberSinceMs: 0, deviceSinceMs: 0, ipSinceMs: 0, duplicateSinceMs: 0 };
      const seen = store.applications.history({
        self: 'new',
        borrowerId: `bor_${n}`,
        id_number: marks.id ?? '',
        device: marks.device,
        ip: marks.ip,
        ...since,
      });
      expect(seen).toEqual({ phone: 1, id_number: n === 2 ? 0 : 1, device: n === 1 ? 0 : 1, ip: n === 3 ? 0 : 1, duplicates: 1 });
    }
    expect(store.applications.borrowerById('bor_erased')).toMatchObject({ phoneIndex: null, erasedAtMs: 2 });
    expect(() =>
      store.applications.insertBorrower({ id: 'bor_9', phoneIndex: of(1).phone, dataKey: null, createdAtMs: 1, erasedAtMs: null }),
    ).toThrow();
  }));

it('any mark becomes the bytes it was the text of', () =>
  withStore((open) => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.uint8Array({ minLength: 16, maxLength: 16 }), { minLength: 1, maxLength: 20, selector: String }), (values) => {
        const { db, now } = old(open);
        values.forEach((value, n) => fill(db, n, { phone: Buffer.from(value).toString('base64url'), id: null, device: null, ip: null }));
        now();
        const stored = db.all<{ mark: Uint8Array }>(
          sql`SELECT phone_index mark FROM borrowers ORDER BY created_at_ms, CAST(substr(id, 5) AS INTEGER)`,
        );
        // One host says bytes by Buffer, the other by ArrayBuffer.
        expect(stored.map(({ mark }) => Buffer.from(mark))).toEqual(values.map((value) => Buffer.from(value)));
      }),
      { numRuns: 10 },
    );
  }));

it('a reply recorded before is found by its key, and the oldest are still the first to go', () =>
  withStore((open) => {
    const { db, now } = old(open);
    const ids = [1, 2, 3].map((n) => vault.sha256Hex(`key ${n}`));
    ids.forEach((id, n) => {
      db.run(
        sql`INSERT INTO idempotency (id, fingerprint, status, body_sealed, created_at_ms) VALUES (${id}, ${`print ${n}`}, 201, ${Buffer.from([n])}, ${n * 10})`,
      );
    });
    now();
    const store = createStore(db);
    expect(ids.map((id) => store.feed.reply(id)?.fingerprint)).toEqual(['print 0', 'print 1', 'print 2']);
    expect(store.feed.reply(vault.sha256Hex('key 4'))).toBeUndefined();
    expect(() => store.feed.insertReply({ id: ids[1]!, fingerprint: 'x', status: 201, bodySealed: Buffer.from(''), createdAtMs: 50 })).toThrow();
    store.feed.saveReply({ ...store.feed.reply(ids[2]!)!, status: 503 });
    store.feed.dropReplies(15);
    expect(ids.map((id) => store.feed.reply(id)?.status)).toEqual([undefined, undefined, 503]);
    expect(db.all(sql`SELECT length(id) bytes FROM idempotency`)).toEqual([{ bytes: 16 }]);
  }));
