/** What the console's pages ask of the desk, each asked many times. */
import type { RunningServer } from '../../src/runtime/node/server.ts';
import { latencyOf, round } from '../measure.ts';

export interface Asked {
  readonly name: string;
  readonly p50_ms: number;
  readonly p95_ms: number;
  readonly kib: number;
}

const DAY_MS = 86_400_000;
const ADMIN = 'admin';

export async function askAll(server: RunningServer, rounds: number, told: (asked: Asked) => void): Promise<Asked[]> {
  const key = await adminKey(server);
  const asked: Asked[] = [];
  for (const path of pathsOf(server)) {
    const figures = await ask(server.url, key, path, rounds);
    told(figures);
    asked.push(figures);
  }
  return asked;
}

/** Filters that are common, rare and fit nothing; spans of a day, a week and all there is. */
function pathsOf(server: RunningServer): string[] {
  const { deps } = server.service;
  const nowMs = deps.clock.nowMs();
  const from = (days: number): string => new Date(nowMs - days * DAY_MS).toISOString();
  const [newest] = deps.store.applications.page({ limit: 1 });
  const [loan] = deps.store.applications.page({ limit: 1, state: 'disbursed' });
  const funder = [...deps.desk.snapshot().funders.keys()][0]!;
  const endpoint = [...deps.desk.snapshot().endpoints][0]!.id;
  const seq = deps.store.desk.lastAudit()?.seq ?? 0;
  const paths = [
    'today',
    'alarms',
    'caps',
    `approvals?from=${from(28)}`,
    'changes?state=proposed&limit=50',
    'applications?quarantined=true&limit=50',
    `funnel?from=${from(28)}&by=day&basis=activity`,
    ...['channel', 'funder', 'variant', 'policy', 'arm'].map((by) => `funnel?from=${from(7)}&by=${by}`),
    ...['channel', 'funder', 'day'].map((by) => `funnel?from=${from(90)}&by=${by}`),
    `funnel?from=${from(365)}&by=channel`,
    `funnel?from=${from(2)}&by=hour`,
    `funnel?from=${from(90)}&by=day&funder=${funder}`,
    `flows?from=${from(7)}`,
    `flows?from=${from(365)}`,
    'figures',
    'applications?limit=100',
    `applications?limit=100&cursor=${middle(newest!.id)}`,
    'applications?state=offered&limit=100',
    'applications?state=pending&limit=100',
    'applications?state=disbursed&limit=100',
    'applications?channel=search&limit=100',
    'applications?channel=nobody&limit=100',
    'applications?state=offered&channel=search&limit=100',
    'applications?quarantined=true&limit=100',
    `applications/${loan!.id}`,
    `applications/${newest!.id}`,

    'records/funder',
    'records/channel',
    'records/policy',
    'records/partner_offer',
    'funders',
    ...ofFunder(from).map((rest) => `funders/${funder}/${rest}`),
    'changes',
    'policies',
    'blacklist',
    'team',
    'keys',
    `funnel?basis=activity&from=${from(1_090)}`,
    `channels?from=${from(28)}`,
    `channels?from=${from(365)}`,
    `spend?from=${from(365)}`,

    ...ofAudit(from, seq),
  ].map((path) => `/v1/desk/${path}`);
  const endpoints = [
    '',
    ...['', '/deliveries?limit=100', '/deliveries?limit=100&state=dead', '/deliveries?limit=100&state=waiting'].map((rest) => `/${endpoint}${rest}`),
  ];
  return [...paths, ...endpoints.map((rest) => `/v1/webhook-endpoints${rest}`)];
}

function ofAudit(from: (days: number) => string, seq: number): readonly string[] {
  return [
    'audit?limit=200',
    `audit?limit=200&cursor=${Math.floor(seq / 2)}`,
    `audit?limit=200&from=${from(28)}&action=change`,
    'audit?limit=200&subject=thing_5',
    'audit?limit=200&actor=nobody',
    `audit?limit=200&from=${from(300)}&to=${from(299)}`,
  ];
}

function ofFunder(from: (days: number) => string): readonly string[] {
  return ['status', 'plans', 'callbacks', 'reliability', `series?from=${from(90)}&step=day`, `series?from=${from(28)}&step=hour`];
}

async function ask(url: string, key: string, path: string, rounds: number): Promise<Asked> {
  const times: number[] = [];
  let bytes = 0;
  for (let at = -1; at < rounds; at += 1) {
    const startMs = performance.now();
    const reply = await fetch(url + path.replaceAll('+', '%2B'), { headers: { authorization: `Bearer ${key}` } });
    const body = await reply.arrayBuffer();
    if (reply.status !== 200) throw new Error(`${path}: ${reply.status} ${Buffer.from(body).toString().slice(0, 300)}`);
    // The first is not counted: the statement is prepared and the pages of the file are read.
    if (at >= 0) times.push(performance.now() - startMs);
    bytes = body.byteLength;
  }
  const { p50_ms, p95_ms } = latencyOf(times);
  return { name: path.replaceAll(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, '…'), p50_ms, p95_ms, kib: round(bytes / 1_024, 1) };
}

/** A key of an administrator, made as the command line makes one. */
async function adminKey({ service }: RunningServer): Promise<string> {
  const { deps } = service;
  const key = `ok_test_bench_${Date.now()}`;
  await deps.commit((tx) =>
    tx.desk.insertKey({
      id: `key_bench_${Date.now()}`,
      hash: deps.vault.sha256Hex(key),
      kind: 'operator',
      channelId: null,
      role: ADMIN,
      name: 'bench',
      createdAtMs: deps.clock.nowMs(),
      revokedAtMs: null,
    }),
  );
  service.desk.reload();
  return key;
}

/** Half a year before: the ninth of the characters of time counts up to a year and more. */
function middle(id: string): string {
  return `${id.slice(0, 4)}${id.slice(4, 7)}${'0'.repeat(id.length - 7)}`;
}
