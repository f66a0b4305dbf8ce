/** Equal instalments in whole fen: what a borrower pays each month is the same, the last takes the rounding. */

export interface PlanRow {
  readonly period: number;
  readonly principalFen: number;
  readonly interestFen: number;
  readonly feeFen: number;
}

/** An annuity over `months` at a nominal yearly rate; principals sum to the amount exactly. */
export function equalInstalments(amountFen: number, months: number, aprBps: number): readonly PlanRow[] {
  const rate = aprBps / 120_000;
  const payment = Math.round(rate === 0 ? amountFen / months : (amountFen * rate) / (1 - (1 + rate) ** -months));
  const rows: PlanRow[] = [];
  let balance = amountFen;
  for (let period = 1; period <= months; period += 1) {
    const interestFen = Math.floor((balance * aprBps + 60_000) / 120_000);
    const principalFen = period === months ? balance : Math.min(balance, payment - interestFen);
    rows.push({ period, principalFen, interestFen, feeFen: 0 });
    balance -= principalFen;
  }
  return rows;
}
