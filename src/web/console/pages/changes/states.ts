import type { ChangeState } from '../../policy/records.ts';

/** antd's names of colours. */
export const STATE_COLOURS: Readonly<Record<ChangeState, string>> = {
  proposed: 'gold',
  scheduled: 'blue',
  approved: 'green',
  rejected: 'default',
  withdrawn: 'default',
  failed: 'red',
};
