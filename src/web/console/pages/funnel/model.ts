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

/** The stages one after another, from the first to the last; the others branch off them. */
export function wayOf(stages: readonly Stage[]): Stage[] {
  const byName = new Map(stages.map((stage) => [stage.stage, stage]));
  const way: Stage[] = [];
  for (let at = byName.get(END) ?? stages.at(-1); at !== undefined && !way.includes(at); at = at.of === null ? undefined : byName.get(at.of))
    way.unshift(at);
  const after = byName.get(AFTER);
  return after === undefined ? way : [...way, after];
}

export function stageOf(group: Group, name: string): Stage | undefined {
  return group.stages.find(({ stage }) => stage === name);
}

/** The count a stage's conversion is a share of; 0 for the first. */
export function wholeOf(group: Group, { of }: Stage): number {
  return of === null ? 0 : (stageOf(group, of)?.count ?? 0);
}
