/** Who the six simulated funders are: how strict, how dear, how fast, and by which protocol. Invented, every one. */

export const SANDBOX_FUNDER_IDS = ['fnd_river', 'fnd_summit', 'fnd_lotus', 'fnd_jade', 'fnd_cedar', 'fnd_ember'] as const;
export type SandboxFunderId = (typeof SANDBOX_FUNDER_IDS)[number];
export type ProtocolName = 'harbor-json' | 'lotus-md5' | 'cedar-sealed';

export interface Personality {
  /** Begins with `fnd_`. */
  readonly id: string;
  /** Name of the adapter whose protocol it speaks. */
  readonly protocol: string;
  /** Score an applicant must reach (quality.ts); larger is stricter. */
  readonly threshold: number;
  /** The one that says yes to phone 13800000002. */
  readonly leastStrict: boolean;
  readonly aprBps: number;
  /** Share of the amount taken at disbursement, and who takes it. */
  readonly upfrontFee: { readonly bps: number; readonly item: string; readonly payee: string } | null;
  readonly termsMonths: readonly number[];
  readonly minAmountFen: number;
  readonly maxAmountFen: number;
  /** `sync`: decided in the reply; `border`: only near the threshold later; `async`: always later. */
  readonly decides: 'sync' | 'border' | 'async';
  /** Least and most time to a reply, and from submit to a later decision. Scaled by `latencyScale`. */
  readonly replyMs: readonly [number, number];
  readonly decisionMs: readonly [number, number];
  /** How often a callback that is not acknowledged is sent in all. */
  readonly callbackTries: number;
}

export const PERSONALITIES: readonly (Personality & { readonly id: SandboxFunderId; readonly protocol: ProtocolName })[] = [
  {
    id: 'fnd_river',
    protocol: 'harbor-json',
    threshold: 1.38,
    leastStrict: false,
    aprBps: 1_080,
    upfrontFee: null,
    termsMonths: [6, 12, 24, 36],
    minAmountFen: 500_000,
    maxAmountFen: 20_000_000,
    decides: 'sync',
    replyMs: [15, 60],
    decisionMs: [200, 400],
    callbackTries: 3,
  },
  {
    id: 'fnd_summit',
    protocol: 'harbor-json',
    threshold: 1.03,
    leastStrict: false,
    aprBps: 1_440,
    upfrontFee: null,
    termsMonths: [6, 12, 24],
    minAmountFen: 300_000,
    maxAmountFen: 10_000_000,
    decides: 'border',
    replyMs: [40, 150],
    decisionMs: [250, 600],
    callbackTries: 3,
  },
  {
    id: 'fnd_lotus',
    protocol: 'lotus-md5',
    threshold: 0.75,
    leastStrict: false,
    aprBps: 1_620,
    upfrontFee: { bps: 50, item: '担保费', payee: '安澜融资担保有限公司' },
    termsMonths: [3, 6, 12],
    minAmountFen: 100_000,
    maxAmountFen: 5_000_000,
    decides: 'async',
    replyMs: [30, 90],
    decisionMs: [300, 700],
    callbackTries: 3,
  },
  {
    id: 'fnd_jade',
    protocol: 'lotus-md5',
    threshold: 0.5,
    leastStrict: false,
    aprBps: 1_980,
    upfrontFee: null,
    termsMonths: [3, 6, 12],
    minAmountFen: 100_000,
    maxAmountFen: 5_000_000,
    decides: 'async',
    replyMs: [20, 80],
    decisionMs: [200, 500],
    callbackTries: 3,
  },
  {
    id: 'fnd_cedar',
    protocol: 'cedar-sealed',
    threshold: 0.16,
    leastStrict: false,
    aprBps: 2_160,
    upfrontFee: null,
    termsMonths: [3, 6, 12],
    minAmountFen: 100_000,
    maxAmountFen: 3_000_000,
    decides: 'async',
    replyMs: [50, 200],
    decisionMs: [400, 900],
    callbackTries: 1,
  },
  {
    id: 'fnd_ember',
    protocol: 'cedar-sealed',
    threshold: -0.1,
    leastStrict: true,
    aprBps: 2_350,
    upfrontFee: null,
    termsMonths: [3, 6, 12],
    minAmountFen: 50_000,
    maxAmountFen: 3_000_000,
    decides: 'async',
    replyMs: [20, 100],
    decisionMs: [150, 400],
    callbackTries: 1,
  },
];
