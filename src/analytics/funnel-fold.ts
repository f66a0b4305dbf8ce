/**
 * The feed as counts. In: events in their order, and how far each application had come. Out: what is to be added to the hourly and daily rows, and
 * how far each now is. An application counts once per stage, whatever is repeated, replanned or late; an end that is left again is taken back from
 * its cohort. It reads ids, codes and amounts, and must not be asked who anybody is.
 */
import { DECIDED_COUNTS, DECIDED_WITHIN_MS, HOUR_MS, startOf, type FunderCount, type FunnelCount, type RollupDimensions } from '../domain/rollups.ts';
import { APPLICATION_MOVES, ATTEMPT_MOVES, bitOf, funderBitOf, LOAN_MOVES, PAGE_MOVES, STEP_MOVES, type Ended } from './funnel-moves.ts';
import { RollupSheet } from './rollup-sheet.ts';

/** How far an application has come. Plain data, changed in place. */
export interface Progress extends RollupDimensions {
  readonly applicationId: string;
  seq: number;
  cohortMs: number;
  stages: number;
  ended: string;
  reasons: readonly string[];
  funders: Record<string, readonly [stages: number, grantedFen: number]>;
}

/** The part of an event that is read. */
export interface FunnelEvent {
  readonly type: string;
  readonly applicationId: string | null;
  readonly applicationSeq: number | null;
  readonly channelId: string | null;
  readonly atMs: number;
  readonly data: Readonly<Record<string, unknown>>;
}

/** The types that are counted; others need not be handed in. */
export const COUNTED_EVENTS: readonly string[] = [
  ...Object.keys(PAGE_MOVES),
  'application.drafted',
  'application.step_done',
  'application.submitted',
  ...Object.keys(APPLICATION_MOVES),
  ...Object.keys(ATTEMPT_MOVES),
  ...Object.keys(LOAN_MOVES),
  'offer.created',
  'partner_offer.shown',
  'partner_offer.clicked',
  'partner_offer.converted',
];

type Changing = { -readonly [K in keyof Progress]: Progress[K] };

/** Use one for one batch of events. `load` is asked once for each application: how far it was before them. */
export class FunnelFold {
  readonly sheet = new RollupSheet();
  /** By application: those the events are about. */
  readonly progress = new Map<string, Progress>();
  readonly #load: (applicationId: string) => Progress | undefined;

  constructor(load: (applicationId: string) => Progress | undefined) {
    this.#load = load;
  }

  take(event: FunnelEvent): void {
    const { applicationId, applicationSeq: seq, type } = event;
    const ofPage = PAGE_MOVES[type];
    if (ofPage !== undefined) return this.#count(event, ofPage);
    if (applicationId === null || seq === null) return;
    const begins = type === 'application.drafted' || type === 'application.submitted';
    const known = (this.progress.get(applicationId) ?? this.#load(applicationId)) as Changing | undefined;
    if (known === undefined && !begins) return;
    // Events of one application are numbered in their order: what is not above the last is a repeat.
    if (known !== undefined && seq <= known.seq) return;
    const of = known ?? begun(event);
    of.seq = seq;
    this.progress.set(applicationId, of);
    if (known === undefined) this.#add(of, of.cohortMs, 'started');
    if (type === 'application.submitted') this.#submit(of, event);
    else if (!begins && has(of, 'submitted')) this.#move(of, event);
    else if (type === 'application.step_done') this.#step(of, event);
  }

  #count({ channelId, atMs, data }: FunnelEvent, count: FunnelCount): void {
    const whose = { ...dimensionsOf(channelId, data), policyId: '', segmentId: '', arm: '' };
    for (const basis of ['cohort', 'activity'] as const) this.sheet.funnel(basis, startOf('hour', atMs), whose, count, 1);
  }

  #step(of: Changing, { atMs, data }: FunnelEvent): void {
    const stage = typeof data['step'] === 'string' && Object.hasOwn(STEP_MOVES, data['step']) ? STEP_MOVES[data['step']] : undefined;
    if (stage !== undefined) this.#reach(of, startOf('hour', atMs), stage);
  }

  #submit(of: Changing, { channelId, atMs, data }: FunnelEvent): void {
    if (has(of, 'submitted')) return;
    // A draft moves, with the steps behind it, from the hour it was begun to the one of its submission; begun it was when it was.
    const before = ['started' as const, ...Object.values(STEP_MOVES).filter((stage) => has(of, stage))];
    for (const stage of before) this.sheet.funnel('cohort', of.cohortMs, of, stage, -1);
    Object.assign(of, dimensionsOf(channelId, data), { cohortMs: startOf('hour', atMs) });
    for (const stage of before) this.sheet.funnel('cohort', of.cohortMs, of, stage, 1);
    this.sheet.funnel('cohort', of.cohortMs, of, 'open', 1);
    this.#reach(of, of.cohortMs, 'submitted');
    this.#sum(of, of.cohortMs, 'asked_fen', fenOf(data, 'amount_fen'));
    const earlier = data['after_loan'];
    if (typeof earlier === 'string') this.#comeBack(earlier, of.cohortMs);
  }

  /** The borrower of a loan applies again: that counts at the application that had the loan. */
  #comeBack(applicationId: string, hourMs: number): void {
    const earlier = (this.progress.get(applicationId) ?? this.#load(applicationId)) as Changing | undefined;
    if (earlier === undefined || !has(earlier, 'disbursed')) return;
    this.progress.set(applicationId, earlier);
    this.#reach(earlier, hourMs, 'reloan');
  }

  #move(of: Changing, event: FunnelEvent): void {
    const { type, data } = event;
    const hourMs = Math.floor(event.atMs / HOUR_MS) * HOUR_MS;
    const application = APPLICATION_MOVES[type];
    if (application !== undefined) {
      for (const stage of application.reaches) this.#reach(of, hourMs, stage);
      if (application.ended !== undefined) this.#end(of, hourMs, application.ended, codesOf(data));
    }
    const loan = LOAN_MOVES[type];
    if (loan !== undefined) this.#reach(of, hourMs, loan);
    const funderId = data['funder_id'];
    if (typeof funderId === 'string') this.#atFunder(of, hourMs, funderId, event);
    this.#promote(of, hourMs, event);
    if (type === 'application.accepted') this.#sum(of, hourMs, 'accepted_fen', fenOf(data, 'amount_fen'));
    if (type !== 'application.disbursed') return;
    this.#sum(of, hourMs, 'disbursed_fen', fenOf(data, 'amount_fen'));
    this.#sum(of, hourMs, 'commission_fen', fenOf(data, 'commission_fen'));
  }

  #atFunder(of: Changing, hourMs: number, funderId: string, { type, data }: FunnelEvent): void {
    const add = (count: FunderCount, n: number): void => this.#addFunder(of, hourMs, funderId, count, n);
    const attempt = ATTEMPT_MOVES[type];
    if (attempt !== undefined) {
      this.#reachFunder(of, hourMs, funderId, 'attempts');
      if (attempt === 'sent' || attempt === 'approved') this.#reach(of, hourMs, attempt);
      const first = attempt !== 'attempts' && this.#reachFunder(of, hourMs, funderId, attempt);
      const ms = data['latency_ms'];
      if (first && (attempt === 'approved' || attempt === 'declined') && typeof ms === 'number') {
        add('latency_ms', ms);
        add(DECIDED_COUNTS[partOf(ms)]!, 1);
      }
    }
    const loan = LOAN_MOVES[type];
    if (loan !== undefined) this.#reachFunder(of, hourMs, funderId, loan);
    if (type === 'offer.created') this.#offer(of, hourMs, funderId, data);
    if (type === 'application.accepted') this.#reachFunder(of, hourMs, funderId, 'accepted');
    if (type === 'application.disbursed' && this.#reachFunder(of, hourMs, funderId, 'disbursed')) {
      add('disbursed_fen', fenOf(data, 'amount_fen'));
      add('commission_fen', fenOf(data, 'commission_fen'));
    }
  }

  /** Of several offers the largest is what was granted. */
  #offer(of: Changing, hourMs: number, funderId: string, data: FunnelEvent['data']): void {
    const granted = fenOf(data, 'amount_fen');
    if (this.#reachFunder(of, hourMs, funderId, 'offered')) this.#addFunder(of, hourMs, funderId, 'asked_fen', fenOf(data, 'asked_fen'));
    const [stages, before] = of.funders[funderId]!;
    if (granted <= before) return;
    this.#addFunder(of, hourMs, funderId, 'granted_fen', granted - before);
    of.funders[funderId] = [stages, granted];
  }

  #promote(of: Changing, hourMs: number, { type, data }: FunnelEvent): void {
    const earned = fenOf(data, 'earned_fen');
    switch (type) {
      case 'partner_offer.shown':
        this.#reach(of, hourMs, 'promoted');
        return this.#sum(of, hourMs, 'partner_shown', fenOf(data, 'count'));
      case 'partner_offer.clicked':
        this.#reach(of, hourMs, 'clicked');
        this.#sum(of, hourMs, 'partner_clicks', 1);
        return this.#sum(of, hourMs, 'partner_earned_fen', earned);
      case 'partner_offer.converted':
        if (data['kind'] !== 'reversal') this.#reach(of, hourMs, 'converted');
        this.#sum(of, hourMs, 'partner_leads', data['kind'] === 'lead' ? 1 : 0);
        this.#sum(of, hourMs, 'partner_sales', data['kind'] === 'sale' ? 1 : 0);
        return this.#sum(of, hourMs, 'partner_earned_fen', earned);
    }
  }

  /** In its cohort an application is where it has ended; where it has been on the way is activity. */
  #end(of: Changing, hourMs: number, ended: Ended, reasons: readonly string[]): void {
    if (ended !== '' && ended !== 'disbursed' && !has(of, ended)) {
      of.stages |= bitOf(ended);
      this.sheet.funnel('activity', hourMs, of, ended, 1);
      if (ended === 'refused') for (const reason of reasons) this.sheet.refusal('activity', hourMs, of, reason, 1);
    }
    if (of.ended === ended) return;
    this.#countEnd(of, -1);
    of.ended = ended;
    of.reasons = ended === 'refused' ? reasons : [];
    this.#countEnd(of, 1);
  }

  #countEnd(of: Changing, n: 1 | -1): void {
    const { cohortMs, ended } = of;
    if (ended === '') {
      this.sheet.funnel('cohort', cohortMs, of, 'open', n);
      for (const funderId of Object.keys(of.funders)) this.sheet.funder('cohort', cohortMs, of, funderId, 'open', n);
    } else if (ended !== 'disbursed') this.sheet.funnel('cohort', cohortMs, of, ended as Exclude<Ended, '' | 'disbursed'>, n);
    for (const reason of of.reasons) this.sheet.refusal('cohort', cohortMs, of, reason, n);
  }

  #reach(of: Changing, hourMs: number, stage: FunnelCount): void {
    if (has(of, stage)) return;
    of.stages |= bitOf(stage);
    this.#add(of, hourMs, stage);
  }

  /** True the first time. */
  #reachFunder(of: Changing, hourMs: number, funderId: string, stage: FunderCount): boolean {
    if (of.funders[funderId] === undefined && of.ended === '') this.sheet.funder('cohort', of.cohortMs, of, funderId, 'open', 1);
    const [stages, granted] = of.funders[funderId] ?? [0, 0];
    const bit = funderBitOf(stage);
    if ((stages & bit) !== 0) return false;
    of.funders[funderId] = [stages | bit, granted];
    this.#addFunder(of, hourMs, funderId, stage, 1);
    return true;
  }

  #add(of: Progress, hourMs: number, count: FunnelCount): void {
    this.#sum(of, hourMs, count, 1);
  }

  #sum(of: Progress, hourMs: number, count: FunnelCount, n: number): void {
    if (n === 0) return;
    this.sheet.funnel('cohort', of.cohortMs, of, count, n);
    this.sheet.funnel('activity', hourMs, of, count, n);
  }

  #addFunder(of: Progress, hourMs: number, funderId: string, count: FunderCount, n: number): void {
    if (n === 0) return;
    this.sheet.funder('cohort', of.cohortMs, of, funderId, count, n);
    this.sheet.funder('activity', hourMs, of, funderId, count, n);
  }
}

function begun({ applicationId, channelId, atMs, data }: FunnelEvent): Changing {
  return {
    applicationId: applicationId!,
    seq: 0,
    cohortMs: startOf('hour', atMs),
    ...dimensionsOf(channelId, data),
    stages: 0,
    ended: '',
    reasons: [],
    funders: {},
  };
}

function dimensionsOf(channelId: string | null, data: FunnelEvent['data']): RollupDimensions {
  const text = (name: string): string => (typeof data[name] === 'string' ? data[name] : '');
  return { channelId: channelId ?? '', variant: text('variant'), policyId: text('policy_id'), segmentId: text('segment_id'), arm: text('arm') };
}

function has({ stages }: Progress, stage: FunnelCount): boolean {
  return (stages & bitOf(stage)) !== 0;
}

function partOf(ms: number): number {
  const part = DECIDED_WITHIN_MS.findIndex((boundMs) => ms <= boundMs);
  return part === -1 ? DECIDED_WITHIN_MS.length : part;
}

/** A whole number of an event, 0 where it has none. */
function fenOf(data: FunnelEvent['data'], name: string): number {
  const value = data[name];
  return typeof value === 'number' && Number.isSafeInteger(value) ? value : 0;
}

function codesOf(data: FunnelEvent['data']): readonly string[] {
  const reasons = data['reasons'];
  return Array.isArray(reasons) ? [...new Set(reasons.filter((reason) => typeof reason === 'string'))] : [];
}
