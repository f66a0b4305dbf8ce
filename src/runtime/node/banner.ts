import type { SandboxKeys } from '../sandbox-seed.ts';

/** What a start prints: where it serves and, in sandbox mode (`keys` given), how to try it. */
export function banner(url: string, keys: SandboxKeys | null, name: string): string {
  if (keys === null) return `${name} serves on ${url} (live)\n`;
  return `
${name} serves on ${url} - SANDBOX: simulated funders, no real data, no real money
  API description   ${url}/docs   ${url}/openapi.json
  publishable key   ${keys.publishable}
  secret key        ${keys.secret}
  operator key      ${keys.operator}
  approver key      ${keys.approver}
  Magic phones 13800000001 to 13800000008; every SMS code is 000000.

Try it:
${sampleCurl(url, keys.secret)}

`;
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
