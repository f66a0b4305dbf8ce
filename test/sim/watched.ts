/** Which rows the simulator watches, and as what it sees them. Temporary triggers hand it every row that a transaction writes, by whatever statement. */

/** Columns as JavaScript sees them; a boolean is 0 or 1. */
export interface Rows {
  applications: {
    id: string;
    borrowerId: string;
    state: string;
    eventSeq: number;
    variant: string | null;
    planId: string | null;
    policyId: string | null;
    sealed: number;
  };
  attempts: {
    id: string;
    applicationId: string;
    borrowerId: string;
    funderId: string;
    planId: string;
    state: string;
    reserved: string;
    amountFen: number;
    submittedAtMs: number | null;
    createdAtMs: number;
    funderRef: string | null;
    bidFen: number | null;
    validUntilMs: number | null;
    ordinal: number;
  };
  borrower_steps: {
    id: string;
    applicationId: string;
    attemptId: string;
    kind: string;
    stage: string;
    state: string;
    sealed: number;
    expiresAtMs: number | null;
  };
  borrowers: { id: string; keyed: number; erasedAtMs: number | null };
  callbacks: { id: string; state: string; attemptId: string | null; sealed: number; dedupeKey: string };
  cap_leases: { key: string; leased: number; used: number };
  cap_quotas: { key: string; leased: number };
  consents: {
    id: string;
    applicationId: string;
    legalEntity: string;
    purpose: string;
    fields: string;
    agreedAtMs: number;
    withdrawnAtMs: number | null;
  };
  deliveries: { id: string; state: string; eventSeq: number; tries: number };
  events: { seq: number; type: string; applicationId: string | null; applicationSeq: number | null; data: string };
  idempotency: { id: string; status: number };
  loans: {
    id: string;
    applicationId: string;
    attemptId: string;
    offerId: string;
    funderId: string;
    state: string;
    amountFen: number;
    cardRef: string | null;
  };
  offers: { id: string; applicationId: string; attemptId: string; state: string; funderOfferRef: string };
  plans: { id: string; applicationId: string; policyId: string | null; policyVersion: number; sealed: number };
  receipts: { id: string; attemptId: string; legalEntity: string; capability: string; fields: string; sealed: number; outcome: string | null };
  repayments: { id: string; applicationId: string; loanId: string; funderId: string; state: string };
  timers: { kind: string; ref: string; dueAtMs: number };
}
export type Table = keyof Rows;

interface Watch<R> {
  /** SQL over the written row, which is `$`, for each member. */
  readonly columns: Readonly<Record<keyof R & string, string>>;
  readonly key: (row: R) => string;
}

const byId = (row: { readonly id: string }): string => row.id;

export const WATCHED: { readonly [T in Table]: Watch<Rows[T]> } = {
  applications: {
    columns: {
      id: '$.id',
      borrowerId: '$.borrower_id',
      state: '$.state',
      eventSeq: '$.event_seq',
      variant: '$.variant',
      planId: '$.plan_id',
      policyId: '$.policy_id',
      sealed: '$.body_sealed IS NOT NULL',
    },
    key: byId,
  },
  attempts: {
    columns: {
      id: '$.id',
      applicationId: '$.application_id',
      borrowerId: '$.borrower_id',
      funderId: '$.funder_id',
      planId: '$.plan_id',
      state: '$.state',
      reserved: '$.reserved',
      amountFen: '$.amount_fen',
      submittedAtMs: '$.submitted_at_ms',
      createdAtMs: '$.created_at_ms',
      funderRef: '$.funder_ref',
      bidFen: '$.bid_fen',
      validUntilMs: '$.valid_until_ms',
      ordinal: '$.ordinal',
    },
    key: byId,
  },
  borrower_steps: {
    columns: {
      id: '$.id',
      applicationId: '$.application_id',
      attemptId: '$.attempt_id',
      kind: '$.kind',
      stage: '$.stage',
      state: '$.state',
      sealed: '$.detail_sealed IS NOT NULL',
      expiresAtMs: '$.expires_at_ms',
    },
    key: byId,
  },
  borrowers: { columns: { id: '$.id', keyed: '$.data_key IS NOT NULL', erasedAtMs: '$.erased_at_ms' }, key: byId },
  callbacks: {
    columns: { id: '$.id', state: '$.state', attemptId: '$.attempt_id', sealed: '$.raw_sealed IS NOT NULL', dedupeKey: '$.dedupe_key' },
    key: byId,
  },
  cap_leases: { columns: { key: '$.key', leased: '$.leased', used: '$.used' }, key: (row) => row.key },
  cap_quotas: { columns: { key: '$.key', leased: '$.leased' }, key: (row) => row.key },
  consents: {
    columns: {
      id: '$.id',
      applicationId: '$.application_id',
      legalEntity: '$.legal_entity',
      purpose: '$.purpose',
      fields: '$.fields',
      agreedAtMs: '$.agreed_at_ms',
      withdrawnAtMs: '$.withdrawn_at_ms',
    },
    key: byId,
  },
  deliveries: { columns: { id: '$.id', state: '$.state', eventSeq: '$.event_seq', tries: '$.tries' }, key: byId },
  events: {
    columns: { seq: '$.seq', type: '$.type', applicationId: '$.application_id', applicationSeq: '$.application_seq', data: '$.data' },
    key: (row) => String(row.seq),
  },
  idempotency: { columns: { id: 'hex($.id)', status: '$.status' }, key: byId },
  loans: {
    columns: {
      id: '$.id',
      applicationId: '$.application_id',
      attemptId: '$.attempt_id',
      offerId: '$.offer_id',
      funderId: '$.funder_id',
      state: '$.state',
      amountFen: '$.amount_fen',
      cardRef: '$.card_ref',
    },
    key: byId,
  },
  offers: {
    columns: {
      id: '$.id',
      applicationId: '$.application_id',
      attemptId: '$.attempt_id',
      state: '$.state',
      funderOfferRef: '$.funder_offer_ref',
    },
    key: byId,
  },
  plans: {
    columns: {
      id: '$.id',
      applicationId: '$.application_id',
      policyId: '$.policy_id',
      policyVersion: '$.policy_version',
      sealed: '$.inputs_sealed IS NOT NULL',
    },
    key: byId,
  },
  receipts: {
    columns: {
      id: '$.id',
      attemptId: '$.attempt_id',
      legalEntity: '$.legal_entity',
      capability: '$.capability',
      fields: '$.fields',
      sealed: '$.exchange_sealed IS NOT NULL',
      outcome: '$.outcome',
    },
    key: byId,
  },
  repayments: {
    columns: { id: '$.id', applicationId: '$.application_id', loanId: '$.loan_id', funderId: '$.funder_id', state: '$.state' },
    key: byId,
  },
  timers: { columns: { kind: '$.kind', ref: '$.ref', dueAtMs: '$.due_at_ms' }, key: (row) => `${row.kind}/${row.ref}` },
};

/** The SQL function that the triggers call: table, whether the row is gone, then its columns. */
export const NOTE = 'sim_note';
const MEMBERS = Object.fromEntries(Object.entries(WATCHED).map(([table, { columns }]) => [table, Object.keys(columns)])) as Record<Table, string[]>;

/** One script that makes all triggers. */
export const TRIGGERS = Object.entries(WATCHED)
  .flatMap(([table, { columns }]) =>
    (['INSERT', 'UPDATE', 'DELETE'] as const).map((verb) => {
      const from = verb === 'DELETE' ? 'OLD' : 'NEW';
      const values = Object.values(columns).map((text) => text.replace('$', from));
      return `CREATE TEMP TRIGGER watch_${table}_${verb.toLowerCase()} AFTER ${verb} ON main.${table} BEGIN SELECT ${NOTE}('${table}', ${verb === 'DELETE' ? 1 : 0}, ${values.join(', ')}); END;`;
    }),
  )
  .join('\n');

/** What one call of the function told. */
export interface Note {
  readonly table: Table;
  readonly gone: boolean;
  readonly key: string;
  readonly row: Rows[Table];
}

export function readNote(values: readonly unknown[]): Note {
  const table = values[0] as Table;
  const members = MEMBERS[table];
  const row: Record<string, unknown> = {};
  for (let at = 0; at < members.length; at += 1) row[members[at]!] = values[at + 2];
  const key = (WATCHED[table].key as (row: unknown) => string)(row);
  return { table, gone: values[1] === 1, key, row: row as unknown as Rows[Table] };
}

/** Reads a whole table as the triggers would tell it. */
export function selectAll(table: Table): string {
  const columns = Object.entries(WATCHED[table].columns).map(([name, text]) => `${text.replace('$.', '')} AS ${name}`);
  return `SELECT ${columns.join(', ')} FROM ${table}`;
}
