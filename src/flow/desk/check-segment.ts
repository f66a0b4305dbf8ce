/** What must hold between segments and policies: whoever comes is taken by one of them, each can be reached, and what they name is in force. */
import type { DeskSnapshot } from '../../domain/desk.ts';
import { fault, type Fault } from '../../domain/failures.ts';
import { findRuleFault } from '../../domain/rules.ts';
import type { Segment } from '../../domain/segment.ts';

type Sight = Pick<DeskSnapshot, 'policy' | 'policyVersion' | 'policies' | 'segments'>;

/** Pointers go into the record. */
export function checkSegment(desk: Sight, segment: Segment): Fault[] {
  const { rule, champion, challenger } = segment;
  const found = findRuleFault(rule);
  return [
    ...(found === null ? [] : [{ ...found, pointer: `/rule${found.pointer}` }]),
    ...named(desk, '/champion', champion),
    ...(challenger === null ? [] : named(desk, '/challenger/policy', challenger.policy)),
    ...(challenger?.policy === champion
      ? [fault('/challenger/policy', 'same_policy', '挑战者与冠军是同一策略', 'is the champion itself: there is nothing to compare')]
      : []),
    ...placed(
      desk.segments.filter(({ id }) => id !== segment.id),
      segment,
    ),
  ];
}

/** Why a policy cannot be retired, or null. */
export function policyNeeded(desk: Sight, id: string): Fault | null {
  const users = usersOf(desk, id).map(({ segment }) => segment);
  if (users.length > 0)
    return fault('/retire', 'needed', `分群 ${users.join('、')} 正在使用，不能停用`, `cannot be retired: in use by segment ${users.join(', ')}`);
  if (desk.policy.id !== id) return null;
  return fault('/retire', 'needed', '系统离不开这条记录，只能修改，不能停用', 'nothing works without this record: it can be changed, not retired');
}

/** Why a segment cannot be retired, or null. */
export function segmentNeeded(desk: Sight, id: string): Fault | null {
  if (desk.segments.at(-1)?.id !== id) return null;
  return fault(
    '/retire',
    'needed',
    '末位分群接收其余所有申请，只能修改，不能停用',
    'the last segment takes whoever is left: it can be changed, not retired',
  );
}

/** The segments that name a policy, and as what. */
export function usersOf(desk: Pick<Sight, 'segments'>, policyId: string): { readonly segment: string; readonly arm: 'champion' | 'challenger' }[] {
  return desk.segments.flatMap(({ id, champion, challenger }) => [
    ...(champion === policyId ? [{ segment: id, arm: 'champion' as const }] : []),
    ...(challenger?.policy === policyId ? [{ segment: id, arm: 'challenger' as const }] : []),
  ]);
}

/** Without segments the first policy by id decides for all; a new one must not become that by its name. */
export function takesOver({ segments, policies, policy, policyVersion }: Sight, id: string): Fault[] {
  if (segments.length > 0 || policyVersion === 0 || policies.has(id) || id > policy.id) return [];
  return [
    fault(
      '/id',
      'takes_over',
      `尚无分群，标识排在 ${policy.id} 之前的策略会立即接管全部申请；请先建立分群`,
      `there are no segments yet, and the first policy by id decides for all: it would take over from ${policy.id}; make a segment first`,
    ),
  ];
}

function named({ policies }: Sight, pointer: string, id: string): Fault[] {
  return policies.has(id) ? [] : [fault(pointer, 'unknown_policy', '没有生效的这份策略', 'there is no such policy in force')];
}

function placed(others: readonly Segment[], segment: Segment): Fault[] {
  const twin = others.find(({ order }) => order === segment.order);
  if (twin !== undefined) return [fault('/order', 'same_order', `与分群 ${twin.id} 的次序相同`, `is the order of segment ${twin.id} as well`)];
  const all = [...others, segment].toSorted((a, b) => a.order - b.order);
  const last = all.at(-1)!;
  if (last.rule !== true) {
    return [
      fault(
        last === segment ? '/rule' : '/order',
        'last_takes_all',
        `末位分群 ${last.id} 的规则须为 true，接收其余所有申请`,
        `the last segment, ${last.id}, must have the rule true: it takes whoever is left`,
      ),
    ];
  }
  const early = all.find((each) => each !== last && each.rule === true);
  if (early === undefined) return [];
  return [
    fault(
      early === segment ? '/rule' : '/order',
      'unreachable',
      `分群 ${early.id} 的规则为 true，其后的分群不会被用到`,
      `segment ${early.id} has the rule true: none behind it would ever be reached`,
    ),
  ];
}
