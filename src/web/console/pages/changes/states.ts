import type { ChangeState } from '../../policy/records.ts';

/** antd's badges. */
export const STATE_BADGES: Readonly<Record<ChangeState, 'warning' | 'processing' | 'success' | 'default' | 'error'>> = {
  proposed: 'warning',
  scheduled: 'processing',
  approved: 'success',
  rejected: 'default',
  withdrawn: 'default',
  failed: 'error',
};
