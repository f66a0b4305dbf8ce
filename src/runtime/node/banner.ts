import type { SandboxKeys } from '../sandbox-seed.ts';
import type { ConsoleLinks } from './server.ts';

/** What a start prints: where it serves, how to come into the console and, in sandbox mode (`keys` given), how to try it. */
export function banner(url: string, keys: SandboxKeys | null, name: string, links: ConsoleLinks): string {
  if (keys === null) return `${name} serves on ${url} (live)\n${firstLine(links)}`;
  return `
${name} serves on ${url} - SANDBOX: simulated funders, no real data, no real money
  API description   ${url}/docs   ${url}/openapi.json
  publishable key   ${keys.publishable}
  secret key        ${keys.secret}
  operator key      ${keys.operator}
  approver key      ${keys.approver}
  Magic phones 13800000001 to 13800000008; every SMS code is 000000.

  借款页面 Borrower's page     ${url}/apply
  控制台 Console               ${url}/console
${playLines(links)}${firstLine(links)}
Try it:
${sampleCurl(url, keys.secret)}

`;
}

/** Two people, so that one can propose a change and the other approve it. */
function playLines({ sandbox }: ConsoleLinks): string {
  if (sandbox === null) return '';
  return `  以运营登录 Try as operator   ${sandbox.operator}\n  以审批登录 Try as approver   ${sandbox.approver}\n`;
}

function firstLine({ first }: ConsoleLinks): string {
  return first === null ? '' : `  首位管理员（24 小时内，一次有效） First administrator (once, within 24 hours)\n    ${first}\n`;
}

function sampleCurl(url: string, secret: string): string {
  const body = {
    applicant: {
      name: '张三',
      id_number: '110105199003072338',
      phone: '13800000001',
      phone_verification_id: 'pv_sandbox',
      monthly_income_fen: 1_200_000,
      employment: 'salaried',
      assets: { housing_fund: '2y_plus', zhima_band: '700_750' },
    },
    request: { amount_fen: 2_000_000, term_months: 12, purpose: 'consumption' },
    documents: ['doc_sandbox_front', 'doc_sandbox_back'],
    consents: ['platform', 'fnd_river', 'fnd_summit', 'fnd_lotus', 'fnd_jade', 'fnd_cedar', 'fnd_ember'].map((recipient) => ({
      recipient,
      purpose: recipient === 'platform' ? 'application' : 'credit_decision',
      text_version: '2026-11-01',
      agreed_at: new Date().toISOString(),
    })),
  };
  return `curl -s ${url}/v1/applications -H 'Authorization: Bearer ${secret}' -H 'Content-Type: application/json' \\
  -H "Idempotency-Key: try-$(date +%s)" -H 'Prefer: wait=8' -d '${JSON.stringify(body)}'`;
}
