/** Everything that bench/run.ts can measure, by name. */
import { applicationBody } from './application.ts';
import { PIPELINE_WORK } from './environment.ts';
import type { Addresses, Launch, Reply, Session, Target } from './target.ts';

const JSON_HEADERS = { 'content-type': 'application/json' };
const TERM_MONTHS = 12;

/** An approval with its repayment plan, about as long as a real one. */
const APPROVED: Reply = {
  status: 200,
  headers: JSON_HEADERS,
  body: JSON.stringify({
    status: 'approved',
    offer: {
      amount_fen: 2_000_000,
      term_months: TERM_MONTHS,
      apr_bps: 1_800,
      plan: Array.from({ length: TERM_MONTHS }, (_, month) => ({ period: month + 1, principal_fen: 153_361, interest_fen: 30_000, fee_fen: 0 })),
    },
  }),
};

function ceiling(name: string, entry: string, env: () => Readonly<Record<string, string>>): Target {
  return {
    name,
    readyPath: '/healthz',
    launch: (at: Addresses, dataDir: string): Launch => ({
      args: [entry],
      env: { PORT: new URL(at.server).port, BENCH_DATA_DIR: dataDir, BENCH_FUNDER: at.funder, BENCH_WEBHOOK: at.webhook, ...env() },
    }),
    open: async (): Promise<Session> => ({
      request: (n) => ({
        path: '/v1/applications',
        headers: { ...JSON_HEADERS, authorization: 'Bearer sk_test_bench', 'idempotency-key': `bench-${n}` },
        body: JSON.stringify(applicationBody(n)),
      }),
      answerFunder: () => APPROVED,
      completes: () => true,
    }),
  };
}

export const TARGETS: Readonly<Record<string, Target>> = {
  bare: ceiling('bare', 'bench/bare.ts', () => ({})),
  sealed: ceiling('sealed', 'bench/sealed.ts', () => ({ BENCH_WORK: process.env['BENCH_WORK'] ?? JSON.stringify(PIPELINE_WORK) })),
};
