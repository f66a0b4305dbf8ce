/** Tables of the operators of the console: who they are, what proves it, their sessions. */
import { blob, index, integer, sqliteTable, text, uniqueIndex } from 'drizzle-orm/sqlite-core';
import type { Role } from '../../domain/desk.ts';
import type { OperatorStatus, SessionMethod } from '../../domain/operator.ts';
import { mark } from './mark.ts';

/** What a cell has to know of an operator. Copied to all of them, so nothing of a person is in it. */
export const operators = sqliteTable('operators', {
  id: text().primaryKey(),
  role: text().$type<Role>().notNull(),
  status: text().$type<OperatorStatus>().notNull(),
  createdAtMs: integer('created_at_ms').notNull(),
});

/** The desk's alone. Everything sealed is sealed under the service key. */
export const operatorAccounts = sqliteTable(
  'operator_accounts',
  {
    operatorId: text('operator_id').primaryKey(),
    emailIndex: mark('email_index').notNull(),
    /** E-mail address and name, as JSON. */
    personSealed: blob('person_sealed', { mode: 'buffer' }).notNull(),
    /** The password's hash; null until an invitation was accepted, and after a reset. */
    passwordSealed: blob('password_sealed', { mode: 'buffer' }),
    totpSealed: blob('totp_sealed', { mode: 'buffer' }),
    /** The last time step whose code was used. */
    totpStep: integer('totp_step').notNull(),
  },
  (t) => [uniqueIndex('operator_accounts_email').on(t.emailIndex)],
);

export const operatorSessions = sqliteTable(
  'operator_sessions',
  {
    /** SHA-256 of the token in the cookie, in hex. */
    hash: text().primaryKey(),
    operatorId: text('operator_id').notNull(),
    method: text().$type<SessionMethod>().notNull(),
    createdAtMs: integer('created_at_ms').notNull(),
    /** Within some minutes: not every request is written down. */
    seenAtMs: integer('seen_at_ms').notNull(),
    endsAtMs: integer('ends_at_ms').notNull(),
    revokedAtMs: integer('revoked_at_ms'),
  },
  (t) => [index('operator_sessions_operator').on(t.operatorId)],
);

/** Links by which an operator comes in, each once. */
export const operatorInvitations = sqliteTable(
  'operator_invitations',
  {
    /** SHA-256 of the token in the link, in hex. */
    hash: text().primaryKey(),
    operatorId: text('operator_id').notNull(),
    /** The secret that will be the operator's once a code of it was given. */
    totpSealed: blob('totp_sealed', { mode: 'buffer' }).notNull(),
    createdAtMs: integer('created_at_ms').notNull(),
    expiresAtMs: integer('expires_at_ms').notNull(),
  },
  (t) => [index('operator_invitations_operator').on(t.operatorId)],
);

/** Tries to sign in since a moment, by e-mail address and by network address. */
export const signInTries = sqliteTable('sign_in_tries', {
  whoIndex: mark('who_index').primaryKey(),
  tries: integer().notNull(),
  sinceMs: integer('since_ms').notNull(),
});
