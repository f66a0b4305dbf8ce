/** Names that stand in manifests: of members, paths, units and meanings. The closed lists of what may be written there. */
import { z } from 'zod';

/** JSON that is an expression or a constant; what it may hold is checked by expressions.ts. */
export const Expression = z.unknown().refine((value) => value !== undefined, 'is missing');
/** Where a value stands in a reply: the path of a member ("limit.amount"), or a JsonLogic expression over `{"reply": path}`. */
export const Source = z.union([z.string().min(1), z.record(z.string(), z.unknown())], {
  error: 'must be the path of a member, as "limit.amount", or a JsonLogic expression',
});
export type Source = z.infer<typeof Source>;

const MONEY_UNITS = ['fen', 'yuan', 'wan'] as const;
export const TIME_UNITS = ['s', 'ms', 'rfc3339', 'local'] as const;
export const Money = z.enum(MONEY_UNITS);
export type MoneyUnit = (typeof MONEY_UNITS)[number];
export type TimeUnit = (typeof TIME_UNITS)[number];

/** What a funder's word for the state of an order can mean. */
export const MEANINGS = [
  'reviewing',
  'approved',
  'declined',
  'cancelled',
  'authorised',
  'open_link',
  'disbursing',
  'disbursed',
  'failed',
  'repaying',
  'overdue',
  'settled',
  'written_off',
] as const;
export type Meaning = (typeof MEANINGS)[number];

export const REASONS = [
  'credit',
  'income',
  'age',
  'region',
  'existing_customer',
  'recent_rejection',
  'blacklist',
  'identity',
  'amount',
  'duplicate',
  'other',
] as const;

/** The shapes whose every step is a message of its own with the order in it; the others need code. */
export const DECLARED_SHAPES = ['direct', 'half_precheck_link', 'half_submit_link', 'ping_post'] as const;
