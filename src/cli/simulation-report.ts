/** A simulation as a person reads it. */
import type { Estimate, PolicyOutcome, SimulationReport } from '../domain/simulation.ts';
import { renderTable, type Cell } from './table.ts';

type Show = (value: number) => string;
const percent: Show = (value) => `${(100 * value).toFixed(1)}%`;
const yuan: Show = (value) => (value / 100).toFixed(2);
const plain: Show = (value) => value.toFixed(3);

const LINES: readonly (readonly [key: keyof PolicyOutcome, words: string, show: Show])[] = [
  ['approvals', 'approved 获批', percent],
  ['revenue_fen', 'yuan earned 佣金', yuan],
  ['attempt_cost_fen', 'yuan of attempts 尝试成本', yuan],
  ['attempts', 'attempts 尝试次数', plain],
  ['steering', 'steering 偏离借款人利益', plain],
];
const WHY = {
  no_exploration: 'no order in this log was left to luck 无探索',
  not_a_waterfall: 'only where funders are asked in turn 非瀑布策略',
  too_few: 'too few applications 样本过少',
  no_support: 'the candidate does what the log has hardly tried 日志缺乏支持',
} as const;

export function renderSimulation(report: SimulationReport): string {
  const { active, candidate, difference, actual } = report;
  const figures = LINES.map(([key, words, show]): Cell[] => [
    words,
    key === 'steering' ? '' : show(actual[key]),
    show(active[key].value),
    show(candidate[key].value),
    signed(difference[key].value, show),
    between(difference[key], show),
  ]);
  const observed = (['asked', 'approvals', 'revenue_fen'] as const).map((key): Cell[] => [
    `  of it observed 其中实际观测 (${key})`,
    '',
    percent(active.observed[key]),
    percent(candidate.observed[key]),
    '',
    '',
  ]);
  const shares = report.funders
    .toSorted((left, right) => right.candidate.value - left.candidate.value)
    .map((each): Cell[] => [
      each.funder_id,
      percent(each.active.value),
      percent(each.candidate.value),
      signed(each.difference.value, percent),
      between(each.difference, percent),
      plain(each.asked.active),
      plain(each.asked.candidate),
    ]);
  return [
    renderTable(
      ['per application 每笔申请', 'actual 实际', 'active 现行', 'candidate 候选', 'difference 差异', '90% interval 区间'],
      [...figures, ...observed],
    ),
    '',
    renderTable(['share of approvals 获批占比', 'active', 'candidate', 'difference', '90% interval', 'asked (active)', 'asked (candidate)'], shares),
    '',
    ...notes(report),
  ].join('\n');
}

function notes(report: SimulationReport): string[] {
  const { doubly_robust: second, calibration, unusable } = report;
  const opinion =
    'refused' in second
      ? `doubly robust 双重稳健: none; ${WHY[second.refused]}`
      : `doubly robust 双重稳健: approved ${signed(second.approvals.value, percent)} ${between(second.approvals, percent)}, yuan earned ` +
        `${signed(second.revenue_fen.value, yuan)} ${between(second.revenue_fen, yuan)}; worth ${second.effective} of ${second.applications} applications`;
  return [
    `${report.applications} applications, ${calibration.answers} answers; left out: ${unusable.erased} erased, ${unusable.open} open`,
    opinion,
    ...(report.not_simulated.length === 0 ? [] : [`not in these figures 未纳入: changes of ${report.not_simulated.join(', ')}`]),
    ...(report.funders_without_history.length === 0 ? [] : [`without history 无历史: ${report.funders_without_history.join(', ')}`]),
  ];
}

function signed(value: number, show: Show): string {
  return `${value > 0 ? '+' : ''}${show(value)}`;
}

function between({ low, high }: Estimate, show: Show): string {
  return `[${signed(low, show)}, ${signed(high, show)}]`;
}
