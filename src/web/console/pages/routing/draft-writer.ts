/**
 * One draft being written: edits show at once, and are saved on the server when the hand rests. Saves go one at a time, each with the revision that
 * was read, so that what somebody else wrote meanwhile is never lost without a word.
 */
import { ask, Refused, type ProblemBody } from '../../api.ts';
import type { FaultWords, Validation, WholeDraft, WholePolicy } from '../../policy/records.ts';
import type { Policy } from '../../../../domain/policy.ts';

export type WriteStatus = 'kept' | 'waiting' | 'saving' | 'conflict' | 'failed';
export interface Written {
  readonly body: Policy;
  /** As last saved; null before the first edit. */
  readonly saved: WholeDraft | null;
  readonly status: WriteStatus;
  /** Of the draft as last saved. */
  readonly faults: readonly FaultWords[];
  /** Why the last save came to nothing. */
  readonly problem: ProblemBody | null;
}

const REST_MS = 500;

export class DraftWriter {
  #state: Written;
  #timer: ReturnType<typeof setTimeout> | null = null;
  #busy = false;
  #listeners = new Set<() => void>();
  #onCreated: (draft: WholeDraft) => void;

  constructor(active: WholePolicy, draft: WholeDraft | null, onCreated: (draft: WholeDraft) => void) {
    this.#state = { body: draft?.body ?? active.body, saved: draft, status: 'kept', faults: [], problem: null };
    this.#onCreated = onCreated;
    if (draft !== null) void this.#validate(draft);
  }

  readonly state = (): Written => this.#state;
  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  };

  edit(change: (body: Policy) => Policy): void {
    this.#set({ body: change(this.#state.body), status: this.#state.status === 'conflict' ? 'conflict' : 'waiting' });
    if (this.#state.status === 'conflict') return;
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#save(), REST_MS);
  }

  /** Leaves one's own and goes on from what the other saved. */
  async takeTheirs(): Promise<void> {
    const theirs = await this.#read();
    this.#set({ body: theirs.body, saved: theirs, status: 'kept', problem: null });
    await this.#validate(theirs);
  }

  /** Saves one's own over what the other saved; the other's is in the trail. */
  async keepMine(): Promise<void> {
    this.#set({ saved: await this.#read(), status: 'waiting', problem: null });
    await this.#save();
  }

  /** The writer has seen that the policy moved on, and means to replace the newer version. */
  async rebase(version: number): Promise<void> {
    await this.#save(version);
  }

  /** What is not saved yet is saved now: the page is being left. */
  flush(): void {
    if (this.#timer === null) return;
    clearTimeout(this.#timer);
    void this.#save();
  }

  /** The policy in force has become another version: shown where nothing is written, and said where something is. */
  async follow(active: WholePolicy): Promise<void> {
    if (this.#state.saved === null) {
      if (this.#state.status === 'kept') this.#set({ body: active.body });
      return;
    }
    const { stale, diff } = await this.#read();
    this.#set({ saved: { ...this.#state.saved, stale, diff } });
  }

  async #read(): Promise<WholeDraft> {
    return ask<WholeDraft>('GET', `/v1/desk/policies/${this.#state.saved!.id}`);
  }

  async #save(baseVersion?: number): Promise<void> {
    this.#timer = null;
    // The one under way goes on with what is newest when it has ended.
    if (this.#busy) return;
    this.#busy = true;
    const { body, saved } = this.#state;
    this.#set({ status: 'saving', problem: null });
    try {
      const draft =
        saved === null
          ? await ask<WholeDraft>('POST', '/v1/desk/policies', { body })
          : await ask<WholeDraft>('PUT', `/v1/desk/policies/${saved.id}`, {
              revision: saved.revision,
              body,
              ...(baseVersion === undefined ? {} : { base_version: baseVersion }),
            });
      this.#busy = false;
      const isNewest = this.#state.body === body;
      this.#set({ saved: draft, status: isNewest ? 'kept' : 'waiting' });
      if (saved === null) this.#onCreated(draft);
      if (isNewest) await this.#validate(draft);
      else if (this.#timer === null) await this.#save();
    } catch (error) {
      this.#busy = false;
      const problem = error instanceof Refused ? error.problem : null;
      this.#set({ status: problem?.code === 'stale' ? 'conflict' : 'failed', problem });
    }
  }

  async #validate(draft: WholeDraft): Promise<void> {
    try {
      const { faults } = await ask<Validation>('POST', `/v1/desk/policies/${draft.id}/validate`);
      if (this.#state.saved?.revision === draft.revision) this.#set({ faults });
    } catch {
      // The proposal is held against everything once more; a look-over that failed says nothing.
    }
  }

  #set(more: Partial<Written>): void {
    this.#state = { ...this.#state, ...more };
    for (const listener of this.#listeners) listener();
  }
}
