/** The funnel as the desk answers it, and which of its stages are the way itself. */

export interface Stage {
  readonly stage: string;
  readonly count: number;
  readonly of: string | null;
  readonly of_before: number | null;
  readonly mature: boolean;
}
export interface Group {
  readonly key: string | null;
  readonly stages: readonly Stage[];
  readonly undecided: number;
  readonly running: number;
  readonly mature: boolean;
  readonly sums: Readonly<Record<string, number>>;
}
export interface Funnel {
  readonly from: string;
  readonly to: string;
  readonly by: string | null;
  readonly counts: 'application' | 'attempt';
  readonly behind: number;
  readonly total: Group;
  readonly refused_by: Readonly<Record<string, number>>;
  readonly groups: readonly Group[];
  readonly left_out: number;
}
export interface Flows {
  readonly from: string;
  readonly to: string;
  readonly flows: readonly { readonly channel: string | null; readonly funder: string; readonly outcome: string; readonly count: number }[];
}

/** Where the way ends. What comes back belongs to it, though it is a share of those paid out. */
const END = 'settled';
const AFTER = 'reloan';

const FIRST = 'started';
const BEFORE_FIRST = ['visited', 'phone_verified'];
const FORM_STEP = /^step_/;

/** What happens on the borrower's page stands where it happens: before and within the form. Applications by API alone have none of it. */
function withPage(stages: readonly Stage[], way: readonly Stage[]): Stage[] {
  if (way[0]?.stage !== FIRST || stages.every(({ stage, count }) => stage !== BEFORE_FIRST[0] || count === 0)) return [...way];
  const before = stages.filter(({ stage }) => BEFORE_FIRST.includes(stage));
  return [...before, way[0], ...stages.filter(({ stage }) => FORM_STEP.test(stage)), ...way.slice(1)];
}

/** The stages one after another, from the first to the last; the others branch off them. */
export function wayOf(stages: readonly Stage[]): Stage[] {
  const byName = new Map(stages.map((stage) => [stage.stage, stage]));
  const way: Stage[] = [];
  for (let at = byName.get(END) ?? stages.at(-1); at !== undefined && !way.includes(at); at = at.of === null ? undefined : byName.get(at.of))
    way.unshift(at);
  const after = byName.get(AFTER);
  return [...withPage(stages, way), ...(after === undefined ? [] : [after])];
}

export function stageOf(group: Group, name: string): Stage | undefined {
  return group.stages.find(({ stage }) => stage === name);
}

/** The count a stage's conversion is a share of; 0 for the first. */
export function wholeOf(group: Group, { of }: Stage): number {
  return of === null ? 0 : (stageOf(group, of)?.count ?? 0);
}
