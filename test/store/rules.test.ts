/** What the database itself holds, whoever writes to it: no receipt without consent, an audit only ever added to, no lease beyond what was lent. */
import { sql } from 'drizzle-orm';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createStore, type AttemptRow, type ConsentRow, type ReceiptRow } from '../../src/store/index.ts';
import { withStore, type Open } from './host.ts';

const make = (open: Open) => {
  const { db } = open();
  return { db, store: createStore(db) };
};
const attempt = (more: Partial<AttemptRow> = {}): AttemptRow => ({
  id: 'att_1',
  applicationId: 'app_1',
  borrowerId: 'bor_1',
  funderId: 'fnd_1',
  ordinal: 0,
  planId: 'pln_1',
  state: 'planned',
  funderRef: null,
  eventAtMs: null,
  likelihood: 1,
  prior: 1,
  reason: null,
  reserved: [],
  amountFen: 1,
  polls: 0,
  submittedAtMs: null,
  decidedAtMs: null,
  bidFen: null,
  validUntilMs: null,
  deadlineAtMs: 1,
  createdAtMs: 1,
  ...more,
});
const consent = (more: Partial<ConsentRow> = {}): ConsentRow => ({
  id: 'cns_1',
  borrowerId: 'bor_1',
  applicationId: 'app_1',
  recipient: 'fnd_1',
  legalEntity: 'Bank One',
  purpose: 'credit_decision',
  fields: ['name', 'phone', 'id_number'],
  textVersion: '1',
  textHash: 'h',
  agreedAtMs: 1,
  recordedAtMs: 1,
  withdrawnAtMs: null,
  ...more,
});
const receipt = (more: Partial<ReceiptRow> = {}): ReceiptRow => ({
  id: 'rcp_1',
  attemptId: 'att_1',
  consentId: 'cns_1',
  legalEntity: 'Bank One',
  capability: 'submit',
  fields: ['name', 'phone'],
  createdAtMs: 2,
  exchangeSealed: null,
  outcome: null,
  latencyMs: null,
  ...more,
});

describe('a receipt, without which nothing is sent', () => {
  type Given = {
    readonly consent?: Partial<ConsentRow> | null;
    readonly attempt?: Partial<AttemptRow> | null;
    readonly receipt?: Partial<ReceiptRow>;
  };
  const write = (open: Open, given: Given) => (): void => {
    const { store } = make(open);
    if (given.attempt !== null) store.dispatch.insert(attempt(given.attempt));
    if (given.consent !== null) store.dispatch.insertConsent(consent(given.consent));
    store.dispatch.insertReceipt(receipt(given.receipt));
  };

  it('is written when a live consent of this entity covers every field', () =>
    withStore((open) => {
      expect(write(open, {})).not.toThrow();
      expect(write(open, { receipt: { fields: ['id_number', 'phone', 'name'] } })).not.toThrow();
      expect(write(open, { receipt: { fields: [], capability: 'precheck' } })).not.toThrow();
    }));

  it.each<[string, Given]>([
    ['there is no consent', { consent: null }],
    ['there is no such attempt', { attempt: null }],
    ['it was withdrawn', { consent: { withdrawnAtMs: 1 } }],
    ['it names another entity', { consent: { legalEntity: 'Bank Two' } }],
    ['the receipt names another entity', { receipt: { legalEntity: 'bank one' } }],
    ['it was for another purpose', { consent: { purpose: 'marketing' } }],
    ['it was for the application alone', { consent: { purpose: 'application' } }],
    ['it is of another application', { consent: { applicationId: 'app_2' } }],
    ['it leaves out a field', { receipt: { fields: ['name', 'phone', 'monthly_income_fen'] } }],
    ['it has no fields', { consent: { fields: [] } }],
    ['another consent is meant', { receipt: { consentId: 'cns_2' } }],
  ])('is refused when %s', (_, given) =>
    withStore((open) => {
      expect(write(open, given)).toThrow('no live consent covers this receipt');
    }),
  );

  it('is refused for whatever the fields are, unless all of them were agreed to', () =>
    withStore((open) => {
      const names = ['name', 'phone', 'id_number', 'age', 'assets'] as const;
      const { store } = make(open);
      let n = 0;
      fc.assert(
        fc.property(fc.subarray([...names]), fc.subarray([...names]), (agreed, wanted) => {
          const [id, applicationId] = [`att_${(n += 1)}`, `app_${n}`];
          store.dispatch.insert(attempt({ id, applicationId }));
          store.dispatch.insertConsent(consent({ applicationId, fields: agreed }));
          const run = (): unknown => store.dispatch.insertReceipt(receipt({ id: `rcp_${n}`, attemptId: id, fields: wanted }));
          if (wanted.every((field) => agreed.includes(field))) expect(run).not.toThrow();
          else expect(run).toThrow('no live consent');
        }),
        { numRuns: 60 },
      );
    }));

  it('once withdrawn, by one or all at once, covers no more; what was sent stays on record', () =>
    withStore((open) => {
      const { store } = make(open);
      store.dispatch.insert(attempt());
      store.dispatch.insertConsent(consent());
      store.dispatch.insertReceipt(receipt());
      store.dispatch.withdrawConsent('app_1', 'fnd_2', 5);
      store.dispatch.insertReceipt(receipt({ id: 'rcp_2' }));
      store.dispatch.withdrawConsents('app_1', 6);
      expect(() => store.dispatch.insertReceipt(receipt({ id: 'rcp_3' }))).toThrow('no live consent');
      expect(store.dispatch.receiptsOf('att_1').map(({ id }) => id)).toEqual(['rcp_1', 'rcp_2']);
      store.dispatch.withdrawConsents('app_1', 9);
      expect(store.dispatch.consentsOf('app_1')[0]!.withdrawnAtMs).toBe(6);
    }));
});

it('the audit is only ever added to', () =>
  withStore((open) => {
    const { db, store } = make(open);
    const row = { atMs: 1, actor: 'a', action: 'b', subject: 'c', detail: {}, hash: 'h' };
    for (let n = 0; n < 3; n += 1) store.desk.insertAudit(row);
    expect(() => db.run(sql`UPDATE audit SET actor = 'nobody' WHERE seq = 2`)).toThrow();
    expect(() => db.run(sql`DELETE FROM audit WHERE seq = 3`)).toThrow();
    expect(() => db.run(sql`DELETE FROM audit`)).toThrow();
    expect(store.desk.auditAll().map(({ seq, actor }) => [seq, actor])).toEqual([
      [1, 'a'],
      [2, 'a'],
      [3, 'a'],
    ]);
    expect(() => db.run(sql`INSERT INTO audit_head (one, count, hash, mark) VALUES (2, 0, '', '')`)).toThrow();
  }));

describe('a cap lease', () => {
  it('never has more used than was lent, nor less than nothing, whatever is asked of it', () =>
    withStore((open) => {
      const step = fc.oneof(
        fc.record({ kind: fc.constant('add' as const), by: fc.integer({ min: 0, max: 9 }) }),
        fc.record({ kind: fc.constant('take' as const), by: fc.integer({ min: 0, max: 9 }) }),
        fc.record({ kind: fc.constant('give' as const), by: fc.integer({ min: 0, max: 9 }) }),
      );
      const { store } = make(open);
      let n = 0;
      fc.assert(
        fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
          const key = `k${(n += 1)}`;
          let [leased, used] = [0, 0];
          let known = false;
          for (const { kind, by } of steps) {
            if (kind === 'add') {
              store.dispatch.addLease(key, 'fnd_1', by);
              leased += by;
              known = true;
            } else if (kind === 'take') {
              const fits = known && used + by <= leased;
              expect(store.dispatch.takeLease(key, by)).toBe(fits);
              if (fits) used += by;
            } else {
              store.dispatch.giveBack(key, by);
              used = Math.max(0, used - by);
            }
            const lease = store.dispatch.lease(key);
            expect(lease === undefined ? undefined : { leased: lease.leased, used: lease.used }).toEqual(known ? { leased, used } : undefined);
            expect(used <= leased && used >= 0).toBe(true);
          }
        }),
        { numRuns: 60 },
      );
    }));
});

describe('the feed', () => {
  it('numbers events without a gap, and a rolled back one leaves no hole', () =>
    withStore((open) => {
      const { db, store } = make(open);
      const event = { type: 'application.drafted', applicationId: 'app_1', applicationSeq: 1, channelId: null, atMs: 1, data: {} };
      expect([store.feed.append(event), store.feed.append(event)]).toEqual([1, 2]);
      expect(() =>
        db.transaction(() => {
          store.feed.append(event);
          throw new Error('no');
        }),
      ).toThrow('no');
      expect(store.feed.append(event)).toBe(3);
      expect(store.feed.eventsSince(1, 10).map(({ seq }) => seq)).toEqual([2, 3]);
      // A reader of some types stands where it has looked, whether there was anything for it or not.
      const read = (cursor: number, span: number, types: readonly string[]) => {
        const { events, ...where } = store.feed.read(cursor, span, types);
        return [events.map(({ seq }) => seq), where];
      };
      const all = [...new Set(store.feed.eventsSince(0, 10).map(({ type }) => type))];
      expect(read(0, 2, all)).toEqual([[1, 2], { upTo: 2, behind: true }]);
      expect(read(2, 2, all)).toEqual([[3], { upTo: 3, behind: false }]);
      expect(read(0, 10, ['loan.settled'])).toEqual([[], { upTo: 3, behind: false }]);
      expect(read(3, 10, all)).toEqual([[], { upTo: 3, behind: false }]);
      expect(store.feed.eventsOf('app_1', 1)).toEqual([]);
    }));

  it('a timer is one row per thing, moved and not doubled; due ones come in order', () =>
    withStore((open) => {
      const { store } = make(open);
      store.feed.setTimer('attempt', 'a', 30);
      store.feed.setTimer('attempt', 'b', 10);
      store.feed.setTimer('loan', 'a', 20, 3);
      store.feed.setTimer('attempt', 'a', 5);
      expect(store.feed.dueTimers(20, 10).map(({ kind, ref, dueAtMs, tries }) => [kind, ref, dueAtMs, tries])).toEqual([
        ['attempt', 'a', 5, 0],
        ['attempt', 'b', 10, 0],
        ['loan', 'a', 20, 3],
      ]);
      expect([store.feed.dueTimers(20, 2).length, store.feed.nextDueMs(5), store.feed.nextDueMs(20)]).toEqual([2, 10, null]);
      store.feed.clearTimer('attempt', 'a');
      expect([store.feed.timer('attempt', 'a'), store.feed.timer('loan', 'a')?.tries]).toEqual([undefined, 3]);
    }));

  it('old replies are dropped, young ones kept', () =>
    withStore((open) => {
      const { store } = make(open);
      const [OLD, EDGE, YOUNG] = ['0a', '0b', '0c'].map((byte) => byte.repeat(16)) as [string, string, string];
      for (const [id, createdAtMs] of [
        [OLD, 1],
        [EDGE, 10],
        [YOUNG, 11],
      ] as const)
        store.feed.insertReply({ id, fingerprint: 'f', status: 200, bodySealed: Buffer.from('x'), createdAtMs });
      store.feed.dropReplies(10);
      expect([store.feed.reply(OLD), store.feed.reply(EDGE)?.id, store.feed.reply(YOUNG)?.id]).toEqual([undefined, EDGE, YOUNG]);
    }));
});

describe('the history of a person', () => {
  /** As the vault makes them: 16 bytes in base64url. */
  const mark = (name: string): string => Buffer.from(name.padEnd(16, '.')).toString('base64url');

  it('counts within each window and never oneself; what was not told matches nothing', () =>
    withStore((open) => {
      const { store } = make(open);
      const put = (id: string, more: object): void =>
        void store.applications.insert({
          id,
          borrowerId: 'bor',
          channelId: 'c',
          variant: null,
          state: 'declined',
          bodySealed: null,
          amountFen: null,
          termMonths: null,
          band: null,
          levels: null,
          reasons: [],
          quarantined: false,
          released: false,
          planId: null,
          policyId: null,
          segmentId: null,
          arm: null,
          refusedRecipients: [],
          eventSeq: 0,
          phoneIndex: mark('p'),
          idIndex: mark('i'),
          deviceIndex: null,
          ipIndex: null,
          createdAtMs: 1,
          submittedAtMs: 100,
          deadlineAtMs: 1,
          updatedAtMs: 1,
          ...more,
        });
      put('self', { deviceIndex: mark('d') });
      put('same', { deviceIndex: mark('d') });
      put('early', { submittedAtMs: 10, deviceIndex: mark('d') });
      put('draft', { submittedAtMs: null, state: 'draft' });
      put('withdrawn', { state: 'withdrawn' });
      put('phone only', { idIndex: mark('other'), ipIndex: mark('ip') });
      put('number only', { borrowerId: 'other' });
      put('nobody', { borrowerId: 'other', phoneIndex: null, idIndex: null });
      const since = { phoneSinceMs: 50, id_numberSinceMs: 5, deviceSinceMs: 50, ipSinceMs: 50, duplicateSinceMs: 50 };
      expect(store.applications.history({ self: 'self', borrowerId: 'bor', id_number: mark('i'), device: mark('d'), ip: null, ...since })).toEqual({
        phone: 3,
        id_number: 4,
        device: 1,
        ip: 0,
        duplicates: 3,
      });
      expect(store.applications.history({ self: 'x', borrowerId: 'q', id_number: mark('q'), device: null, ip: mark('ip'), ...since })).toEqual({
        phone: 0,
        id_number: 0,
        device: 0,
        ip: 1,
        duplicates: 0,
      });
      const nobody = { self: 'new', borrowerId: null, id_number: mark('q'), device: null, ip: null, ...since };
      const none = { phone: 0, id_number: 0, device: 0, ip: 0, duplicates: 0 };
      expect(store.applications.history(nobody)).toEqual(none);
      // Who is new himself may come with a number, a device or an address that is not.
      expect(store.applications.history({ ...nobody, id_number: mark('i') })).toEqual({ ...none, id_number: 5, duplicates: 3 });
      expect(store.applications.history({ ...nobody, device: mark('d') })).toEqual({ ...none, device: 2 });
      expect(store.applications.history({ ...nobody, ip: mark('ip') })).toEqual({ ...none, ip: 1 });
      expect(store.applications.history({ ...nobody, self: 'phone only', ip: mark('ip') })).toEqual(none);
    }));
});
