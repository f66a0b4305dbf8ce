/** @jsxImportSource preact */
/** A repayment plan, month by month. */
import { useSay } from '../language.tsx';
import type { PlanLine } from '../types.ts';
import { yuan } from '../words.ts';

export function Plan({ lines, open = false }: { readonly lines: readonly PlanLine[]; readonly open?: boolean }) {
  const say = useSay();
  return (
    <details open={open}>
      <summary>{say(['还款计划，共 {n} 期', 'Repayment plan, {n} payments'], { n: lines.length })}</summary>
      <div class="scroll" tabIndex={0} role="region" aria-label={say(['还款计划', 'Repayment plan'])}>
        <table>
          <thead>
            <tr>
              <th scope="col">{say(['第几月', 'Month'])}</th>
              <th scope="col">{say(['本金', 'Principal'])}</th>
              <th scope="col">{say(['利息费用', 'Interest, fees'])}</th>
              <th scope="col">{say(['应还', 'Due'])}</th>
            </tr>
          </thead>
          <tbody>
            {lines.map((line) => (
              <tr key={line.month}>
                <th scope="row">{line.month}</th>
                <td>{yuan(line.principal_fen)}</td>
                <td>{yuan(line.interest_fen + line.fee_fen)}</td>
                <td>{yuan(line.total_fen)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </details>
  );
}
