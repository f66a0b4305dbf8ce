/** A body that passes every check: 张三, phone 13800000001 (every funder approves), consents to the platform and all funders. */
export function applicationBody(
  nowMs: number,
  funderIds: readonly string[],
  applicant: object = {},
  request: object = {},
  more: object = {},
): object {
  const agreed = { text_version: '2026-11-01', agreed_at: new Date(nowMs).toISOString() };
  return {
    applicant: {
      name: '张三',
      id_number: '110105199003072338',
      phone: '13800000001',
      phone_verification_id: 'pv_sandbox',
      monthly_income_fen: 1_200_000,
      employment: 'salaried',
      assets: { housing_fund: '2y_plus', zhima_band: '700_750' },
      ...applicant,
    },
    request: { amount_fen: 2_000_000, term_months: 12, purpose: 'consumption', ...request },
    documents: ['doc_sandbox_front', 'doc_sandbox_back'],
    consents: [
      { recipient: 'platform', purpose: 'application', ...agreed },
      ...funderIds.map((recipient) => ({ recipient, purpose: 'credit_decision', ...agreed })),
    ],
    ...more,
  };
}
