/** Proposes a whole record as it shall be, and keeps what came of it: the change, or what is wrong and where. */
import { useQueryClient } from '@tanstack/react-query';
import { useRef, useState } from 'react';
import { ask, problemOf, type ProblemBody } from '../api.ts';
import type { Change } from './records.ts';

export interface Wish {
  readonly kind: string;
  readonly id: string;
  readonly body: unknown;
  readonly note: string;
  readonly publish_at?: string;
}
export interface Proposing {
  readonly busy: boolean;
  readonly made: Change | null;
  readonly wrong: ProblemBody | null;
  readonly propose: (wish: Wish) => Promise<void>;
  /** For a form's item: what is wrong at a pointer of the record, or below it. */
  readonly faultAt: (pointer: string) => { readonly validateStatus?: 'error'; readonly help?: string };
}

export function useProposal(): Proposing {
  const queries = useQueryClient();
  const [busy, setBusy] = useState(false);
  const [made, setMade] = useState<Change | null>(null);
  const [wrong, setWrong] = useState<ProblemBody | null>(null);
  const last = useRef({ wish: '', key: '' });
  const propose = async (wish: Wish): Promise<void> => {
    setBusy(true);
    setWrong(null);
    // The same wish again, because the reply was lost, is the same proposal.
    const text = JSON.stringify(wish);
    if (last.current.wish !== text) last.current = { wish: text, key: newKey() };
    try {
      setMade(await ask<Change>('POST', '/v1/desk/changes', wish, { key: last.current.key }));
      await queries.invalidateQueries({ queryKey: ['changes'] });
    } catch (error) {
      setWrong(problemOf(error));
    } finally {
      setBusy(false);
    }
  };
  const faultAt: Proposing['faultAt'] = (pointer) => {
    const found = wrong?.errors?.filter((each) => within(each.pointer, `/body${pointer}`)) ?? [];
    return found.length === 0 ? {} : { validateStatus: 'error', help: found.map((each) => each.message).join('；') };
  };
  return { busy, made, wrong, propose, faultAt };
}

/** An idempotency key. */
export function newKey(): string {
  return [...crypto.getRandomValues(new Uint32Array(4))].map((part) => part.toString(36)).join('');
}

function within(pointer: string, above: string): boolean {
  return pointer === above || pointer.startsWith(`${above}/`);
}
