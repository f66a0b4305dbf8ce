/** Everything that bench/run.ts can measure, by name. */
import { applicationBody } from './application.ts';
import { equalInstalments } from '../src/sandbox/instalments.ts';
import { edgeTarget } from './edge/target.ts';
import { PIPELINE_WORK } from './environment.ts';
import type { Addresses, Launch, Reply, Session, Target } from './target.ts';

const JSON_HEADERS = { 'content-type': 'application/json' };
const TERM_MONTHS = 12;

/** An approval as the harbor-json protocol writes it: an annuity over a year at 18%, the last instalment taking the rounding. */
const APPROVED: Reply = {
  status: 200,
  headers: JSON_HEADERS,
  body: JSON.stringify({
    id: 'bench-order',
    status: 'approved',
    offer: {
      amount_fen: 2_000_000,
      term_months: TERM_MONTHS,
      quoted_apr_bps: 1_800,
      instalments: equalInstalments(2_000_000, TERM_MONTHS, 1_800).map((row) => ({
        due_in_months: row.period,
        principal_fen: row.principalFen,
        interest_fen: row.interestFen,
        fee_fen: row.feeFen,
      })),
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
  millrace: {
    name: 'millrace',
    readyPath: '/readyz',
    launch: (at, dataDir) => ({
      args: ['bench/millrace.ts'],
      env: {
        PORT: new URL(at.server).port,
        BENCH_DATA_DIR: dataDir,
        BENCH_FUNDER: at.funder,
        BENCH_WEBHOOK: at.webhook,
        MILLRACE_MAX_IN_FLIGHT: '10000',
      },
    }),
    open: openMillrace,
  },
  sealed: ceiling('sealed', 'bench/sealed.ts', () => ({ BENCH_WORK: process.env['BENCH_WORK'] ?? JSON.stringify(PIPELINE_WORK) })),
};

/** One of `TARGETS`, or `edge-4`, `edge-4-counted`: the edge host with so many cells. Throws when it is neither. */
export function targetNamed(name: string): Target {
  const edge = /^edge-(\d{1,4})(-counted)?$/.exec(name);
  const target = edge === null ? TARGETS[name] : edgeTarget(name, Number(edge[1]), edge[2] !== undefined, openMillrace);
  if (target === undefined) throw new Error(`no target ${name}; there are: ${Object.keys(TARGETS).join(', ')}, edge-4`);
  return target;
}

/** Applies as a channel's server does: everything asked and agreed to beforehand. */
async function openMillrace(at: Addresses): Promise<Session> {
  const keys = (await (await fetch(`${at.server}/v1/sandbox/keys`)).json()) as { readonly secret: string };
  const run = Date.now().toString(36);
  const agreedAt = new Date().toISOString();
  const consents = ['platform', 'fnd_river'].map((recipient) => ({
    recipient,
    purpose: recipient === 'platform' ? 'application' : 'credit_decision',
    text_version: '2026-11-01',
    agreed_at: agreedAt,
  }));
  return {
    request(n) {
      const made = applicationBody(n);
      const body = {
        ...made,
        applicant: { ...made.applicant, phone_verification_id: 'pv_sandbox' },
        documents: ['doc_sandbox_front', 'doc_sandbox_back'],
        consents,
      };
      return {
        path: '/v1/applications',
        headers: { ...JSON_HEADERS, authorization: `Bearer ${keys.secret}`, 'idempotency-key': `bench-${run}-${n}` },
        body: JSON.stringify(body),
      };
    },
    answerFunder: () => APPROVED,
    completes: () => true,
  };
}
