/** Renders docs/figures.md from the table of figures. `npm run figures` writes it; test/tidy.test.ts holds the two together. */
import { writeFileSync } from 'node:fs';
import { FIGURES, type Figure } from '../src/analytics/figures.ts';

const PARTS: Readonly<Record<Figure['kind'], readonly [title: string, about: string]>> = {
  funnel: ['Applications 申请', 'One application counts at most once in each.'],
  funder: ['Applications at a funder 资金方', 'One application counts at most once in each, for each funder; by `funder`, or of one.'],
  derived: ['Worked out of these 推算', 'Not stored.'],
};

/** The whole page, as Markdown. */
export function renderFigures(): string {
  return [
    '# Figures 指标',
    '',
    'Rendered from `src/analytics/figures.ts` by `npm run figures`; do not edit. `GET /v1/desk/figures` answers the same.',
    '',
    '**`cohort`** (the funnel): an application counts in the hour in which it was submitted, in every stage it has reached since, however late; a draft that was never submitted in the hour it was begun.',
    'Its channel, variant, policy, segment and arm are those of its submission. **`activity`**: it counts in the hour in which it first reached a stage. Hours and days begin by the clock of China.',
    '',
    '按 **`cohort`**（漏斗口径）：申请计入其提交的那一小时，此后到达的每个阶段都算在该小时，不论多晚；未提交的草稿计入其开始的那一小时。渠道、版本、策略、分组以提交时为准。按 **`activity`**：计入首次到达该阶段的那一小时。时区为中国时间。',
    '',
    ...(Object.keys(PARTS) as Figure['kind'][]).flatMap(part),
  ].join('\n');
}

function part(kind: Figure['kind']): string[] {
  const [title, about] = PARTS[kind];
  return [
    `## ${title}`,
    '',
    about,
    '',
    '| Figure | Unit | Share of | Meaning | 含义 |',
    '|---|---|---|---|---|',
    ...FIGURES.filter((figure) => figure.kind === kind).map(
      ({ id, unit, of, name, meaning }) =>
        `| \`${id}\` | ${unit} | ${of === null ? '' : `\`${of}\``} | **${name.en}**: ${meaning.en} | **${name.zh}**：${meaning.zh} |`,
    ),
    '',
  ];
}

if (import.meta.main) writeFileSync(new URL('../docs/figures.md', import.meta.url), renderFigures());
