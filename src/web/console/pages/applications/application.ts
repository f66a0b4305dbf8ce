/** A row of the list, as the desk answers it: masked. */
export interface Application {
  readonly id: string;
  readonly state: string;
  readonly quarantined: boolean;
  readonly channel: string;
  readonly variant: string | null;
  readonly amount_fen: number | null;
  readonly term_months: number | null;
  readonly policy_id: string | null;
  readonly reasons: readonly { readonly code: string; readonly detail: string }[];
  readonly applicant: { readonly name: string | null; readonly phone: string; readonly id_number: string | null } | null;
  readonly created_at: string;
  readonly submitted_at: string | null;
}
