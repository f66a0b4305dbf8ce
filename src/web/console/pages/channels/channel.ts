export interface ChannelRow {
  readonly channel: string | null;
  readonly name: string | null;
  readonly spend_days: number;
  readonly started: number;
  readonly submitted: number;
  readonly passed: number;
  readonly sent: number;
  readonly approved: number;
  readonly offered: number;
  readonly accepted: number;
  readonly disbursed: number;
  readonly overdue: number;
  readonly reloan: number;
  readonly mature: boolean;
  readonly disbursed_fen: number;
  readonly commission_fen: number;
  readonly partner_earned_fen: number;
  readonly earned_fen: number;
  readonly spend_fen: number | null;
  readonly profit_fen: number | null;
  readonly cost_per_submitted_fen: number | null;
  readonly cost_per_loan_fen: number | null;
  readonly approved_share: number | null;
  readonly disbursed_share: number | null;
  readonly overdue_share: number | null;
  readonly roi: number | null;
}
export interface Channels {
  readonly from: string;
  readonly to: string;
  readonly days: number;
  readonly total: Omit<ChannelRow, 'channel' | 'name' | 'spend_days'>;
  readonly channels: readonly ChannelRow[];
}
export interface SpendEntry {
  readonly channel: string;
  readonly day: string;
  readonly spend_fen: number;
  readonly author: string;
  readonly at: string;
}
