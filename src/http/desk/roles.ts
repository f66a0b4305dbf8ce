import type { Role } from '../../domain/desk.ts';

/** Every role that may look at the desk: all of them. `admin` may do everything and is never named. */
export const EVERYBODY = ['viewer', 'operator', 'risk', 'approver', 'finance'] as const satisfies readonly Role[];
