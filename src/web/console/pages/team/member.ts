import type { Role } from '../../session.ts';

export interface Member {
  readonly id: string;
  readonly email: string;
  readonly name: string;
  readonly role: Role;
  readonly status: 'active' | 'invited' | 'disabled';
  readonly created_at: string;
  readonly last_seen_at: string | null;
  readonly open_sessions: number;
}
/** The link is told this once. */
export interface Invitation {
  readonly operator: Member;
  readonly link: string;
}
