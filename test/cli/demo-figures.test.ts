/** The demo counts its own funnel from what the API told its applicants; the desk counts it from events. Stage by stage they are the same. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { SANDBOX_SECRETS, sandboxFunders } from '../../fixtures/funders.ts';
import type { Funnel } from '../../src/cli/demo/funnel.ts';
import { runDemo } from '../../src/cli/demo/run.ts';
import type { FlowsShown } from '../../src/flow/desk/show-flows.ts';
import type { FunnelShown } from '../../src/flow/desk/show-funnel.ts';
import { showSummary } from '../../src/flow/desk/show-summary.ts';
import { rollUp } from '../../src/flow/roll-up.ts';
import { readConfig } from '../../src/runtime/node/config.ts';
import { startServer, type RunningServer } from '../../src/runtime/node/server.ts';
import { sandboxPartnerSecret } from '../../src/runtime/sandbox-seed.ts';
import { startSandbox, type Sandbox } from '../../src/sandbox/start.ts';

const APPLICANTS = 90;
const dataDir = mkdtempSync(join(tmpdir(), 'millrace-demo-figures-'));
let beside: Sandbox;
let server: RunningServer;
let demo: Funnel;

beforeAll(async () => {
  beside = await startSandbox({ secrets: SANDBOX_SECRETS, latencyScale: 0.02, callbackDelayMs: 20 });
  const config = readConfig({
    PORT: '0',
    MILLRACE_SANDBOX_PORT_BASE: '0',
    MILLRACE_LOG_LEVEL: 'error',
    MILLRACE_SHUTDOWN_MS: '200',
    MILLRACE_DATA_DIR: dataDir,
  });
  if (Array.isArray(config)) throw new Error('the configuration has faults');
  const funders = sandboxFunders(Object.fromEntries(beside.funders.map(({ id, url }) => [id, url])));
  server = await startServer(config, { sandbox: { funders, secrets: SANDBOX_SECRETS } });
  demo = await runDemo({
    url: server.url,
    applications: APPLICANTS,
    seed: 5,
    concurrency: APPLICANTS,
    routing: 'learnt',
    partnerSecret: sandboxPartnerSecret(server.service.deps.vault),
    onDone: () => undefined,
  });
  const { deps } = server.service;
  for (;;) {
    await rollUp(deps);
    if ((await ask<FunnelShown>('/v1/desk/funnel')).behind === 0) break;
  }
}, 120_000);
afterAll(async () => {
  await server.close();
  await beside.close();
  rmSync(dataDir, { recursive: true, force: true });
});

async function ask<T>(path: string): Promise<T> {
  const reply = await fetch(`${server.url}${path}`, { headers: { authorization: `Bearer ${server.keys!.operator}` } });
  expect(reply.status).toBe(200);
  return (await reply.json()) as T;
}
const counts = ({ stages }: FunnelShown['total']): Record<string, number> => Object.fromEntries(stages.map(({ stage, count }) => [stage, count]));

it('the funnel of the demo is the desk’s', async () => {
  const { total, refused_by: refusedBy } = await ask<FunnelShown>('/v1/desk/funnel');
  const stage = counts(total);
  expect({
    submitted: stage['submitted'],
    incomplete: stage['started']! - stage['submitted']!,
    refused: stage['refused'],
    refused_by: refusedBy,
    passed_prescreen: stage['passed'],
    withdrawn: stage['withdrawn'],
    expired: stage['expired'],
    declined: stage['declined'],
    approved: stage['offered'],
    accepted: stage['accepted'],
    disbursed: stage['disbursed'],
    disbursed_fen: total.sums['disbursed_fen'],
    given_partner_offers: stage['promoted'],
    partner_offers_shown: total.sums['partner_shown'],
    partner_clicks: total.sums['partner_clicks'],
    partner_leads: total.sums['partner_leads'],
  }).toEqual(pick(demo));
  // So that none of it is equal because it is nothing.
  expect(Math.min(demo.refused, demo.declined, demo.disbursed, demo.incomplete, demo.partner_clicks)).toBeGreaterThan(0);
  const { groups } = await ask<FunnelShown>('/v1/desk/funnel?by=variant&channel=h5-demo');
  expect(groups.reduce((sum, group) => sum + counts(group)['submitted']!, 0)).toBe(demo.submitted);
  expect(groups.length).toBeGreaterThan(1);
});

it('what became of those sent to each funder is the desk’s', async () => {
  const { groups } = await ask<FunnelShown>('/v1/desk/funnel?by=funder');
  const desk = groups.map((group) => {
    const { attempts, ineligible, approved, declined } = counts(group);
    return { id: group.key, attempts, ineligible, approved, declined };
  });
  const own = demo.funders.filter(({ attempts }) => attempts > 0);
  expect(desk.toSorted(byId)).toEqual(
    own.map(({ id, attempts, ineligible, approved, declined }) => ({ id, attempts, ineligible, approved, declined })).toSorted(byId),
  );
});

it('each that was handed over is in one outcome, of the funder’s own counts', async () => {
  const { flows } = await ask<FlowsShown>('/v1/desk/flows?channel=h5-demo');
  const { groups } = await ask<FunnelShown>('/v1/desk/funnel?by=funder');
  for (const group of groups) {
    const own = flows.filter(({ funder }) => funder === group.key);
    const of = (outcome: string): number => own.find((flow) => flow.outcome === outcome)?.count ?? 0;
    const { sent, approved, accepted, disbursed, declined } = counts(group);
    expect(own.reduce((sum, { count }) => sum + count, 0)).toBe(sent);
    expect([of('disbursed'), of('accepted'), of('approved'), of('declined')]).toEqual([
      disbursed,
      accepted! - disbursed!,
      approved! - accepted!,
      declined,
    ]);
  }
  expect(new Set(flows.map(({ outcome }) => outcome))).toContain('disbursed');
});

it('and both are what the rows say', async () => {
  const { total } = await ask<FunnelShown>('/v1/desk/funnel');
  const stage = counts(total);
  const { applications, funders, partner_offers: partners } = await showSummary(server.service.deps);
  expect([stage['started'], stage['submitted'], stage['passed'], stage['offered']]).toEqual([
    applications.total,
    applications.submitted,
    applications.passed,
    applications.offered,
  ]);
  const sum = (of: (row: (typeof funders)[number]) => number): number => funders.reduce((all, row) => all + of(row), 0);
  const { total: attempts } = await ask<FunnelShown>('/v1/desk/funnel?by=funder');
  expect([counts(attempts)['attempts'], counts(attempts)['sent'], counts(attempts)['approved']]).toEqual([
    sum((row) => row.attempts),
    sum((row) => row.submitted),
    sum((row) => row.approved),
  ]);
  expect([total.sums['partner_shown'], total.sums['partner_clicks'], total.sums['partner_leads'], total.sums['partner_earned_fen']]).toEqual([
    partners.shown,
    partners.clicks,
    partners.leads,
    partners.earned_fen,
  ]);
});

/** The figures that both tables have. */
function pick({ applicants: _applicants, invalid: _invalid, unsettled: _unsettled, funders: _funders, traits: _traits, ...figures }: Funnel) {
  return figures;
}

function byId(left: { readonly id: string | null }, right: { readonly id: string | null }): number {
  return (left.id ?? '') < (right.id ?? '') ? -1 : 1;
}
