/**
 * Replays every case of every adapter. A case is JSON beside its adapter; its folder carries a rule: `exemplary` shows how the protocol goes
 * and may hold no failure, `supplemental` may. An adapter's cases must show each of its capabilities and each word of the vocabulary.
 */
import { describe, expect, it } from 'vitest';
import type { FunderAdapter } from '../../adapters/contract.ts';
import { adapters } from '../../adapters/registry.ts';
import type { NamedCase } from './cases.ts';
import { callsOf, casesOf } from './cases.ts';
import type { Replayed } from './replay.ts';
import { replay } from './replay.ts';
import { contextOf, FIELDS, NOW_MS, secretValues } from './world.ts';

interface Word {
  readonly word: string;
  readonly folder: NamedCase['folder'] | 'either';
  /** What at least one case of that name must come to. */
  readonly shows: (replayed: Replayed) => boolean;
}

const answered =
  (...kinds: readonly string[]) =>
  ({ answers }: Replayed): boolean =>
    answers.some(({ kind }) => kinds.includes(kind));

const VOCABULARY: readonly Word[] = [
  { word: 'approved', folder: 'exemplary', shows: answered('approved', 'offers') },
  { word: 'declined', folder: 'either', shows: answered('declined', 'ineligible', 'offers') },
  { word: 'pending', folder: 'either', shows: answered('pending', 'authorised', 'offers') },
  {
    word: 'unknown-status',
    folder: 'supplemental',
    shows: ({ answers }) => answers.some((one) => ((one as { unrecognised?: unknown }).unrecognised ?? null) !== null),
  },
  { word: 'malformed-body', folder: 'supplemental', shows: answered('unknown') },
  { word: 'empty-body', folder: 'supplemental', shows: answered('unknown') },
  { word: 'http-400', folder: 'supplemental', shows: answered('unavailable', 'unknown') },
  { word: 'http-401', folder: 'supplemental', shows: answered('unavailable', 'unknown') },
  { word: 'http-429', folder: 'supplemental', shows: answered('unavailable') },
  { word: 'http-503', folder: 'supplemental', shows: answered('unavailable', 'unknown') },
  { word: 'timeout', folder: 'supplemental', shows: ({ answers }) => answers.length === 0 },
];
const OF_LOANS: readonly Word[] = [{ word: 'disbursed', folder: 'exemplary', shows: answered('loan') }];
const OF_CALLBACKS: readonly Word[] = [
  { word: 'forged-callback', folder: 'supplemental', shows: ({ verdicts }) => verdicts.some(({ ok }) => !ok) },
  {
    word: 'duplicate-callback',
    folder: 'supplemental',
    shows: ({ news: [first, second] }) => first !== undefined && first !== null && JSON.stringify(first) === JSON.stringify(second),
  },
  {
    word: 'late-callback',
    folder: 'supplemental',
    // Read with the time of its event, or refused where the protocol has a window.
    shows: ({ verdicts, news }) =>
      verdicts.some(({ ok }) => !ok) ||
      news.some((one) => ((one?.answer as { eventAtMs?: number | null } | undefined)?.eventAtMs ?? NOW_MS) < NOW_MS - 60_000),
  },
  {
    word: 'reordered-callback',
    folder: 'supplemental',
    shows: ({ news }) => {
      const [newer, older] = news.map((one) => (one?.answer as { eventAtMs?: number | null } | undefined)?.eventAtMs ?? Number.NaN);
      return newer! > older!;
    },
  },
];

for (const [id, adapter] of adapters) {
  const cases = casesOf(id);

  describe(id, () => {
    it('shows at least twelve cases, and each of its calls by what is sent and what is answered', () => {
      expect(cases.length).toBeGreaterThanOrEqual(12);
      expect(cases.filter(({ folder }) => folder !== 'exemplary' && folder !== 'supplemental')).toEqual([]);
      const exemplary = cases.filter(({ folder }) => folder === 'exemplary').map((one) => one.read());
      for (const name of callsOf(adapter)) {
        const shown = exemplary.filter(({ call }) => call === name);
        expect(
          shown.some(({ request, content }) => request !== undefined || content !== undefined),
          `what ${name} sends`,
        ).toBe(true);
        expect(
          shown.some(({ response }) => response !== undefined),
          `what ${name} answers`,
        ).toBe(true);
      }
      if (adapter.callback !== undefined) expect(exemplary.some(({ call }) => call === 'callback')).toBe(true);
    });

    it.each(wordsFor(adapter))('shows $word', ({ word, folder, shows }) => {
      const named = cases.filter((one) => one.name.includes(word) && (folder === 'either' || one.folder === folder));
      expect(named.length, `cases named ${word} in ${folder}`).toBeGreaterThan(0);
      expect(named.some((one) => shows(replay(adapter, contextOf(id), one.read())))).toBe(true);
    });

    it.each(cases)('$folder/$name', ({ folder, read }) => {
      const replayed = replay(adapter, contextOf(id), read());
      if (folder === 'exemplary') expect(failuresIn(replayed)).toEqual([]);
      const said = JSON.stringify([replayed.answers, replayed.verdicts], (_key, value: unknown) => (typeof value === 'number' ? null : value));
      for (const word of unspeakable(id)) expect(said).not.toContain(word);
    });
  });
}

function wordsFor(adapter: FunderAdapter): readonly Word[] {
  const withLoans = adapter.draw !== undefined || adapter.plan !== undefined;
  return [...VOCABULARY, ...(withLoans ? OF_LOANS : []), ...(adapter.callback === undefined ? [] : OF_CALLBACKS)];
}

/** The secrets of both sides, and the borrower. */
function unspeakable(id: string): readonly string[] {
  return [...secretValues(id), FIELDS.name, FIELDS.phone, FIELDS.id_number, FIELDS.bank_card.number];
}

function failuresIn({ answers, verdicts, news }: Replayed): readonly unknown[] {
  const failed = answers.filter((answer) => {
    const { kind, unrecognised } = answer as { kind: string; unrecognised?: string | null };
    return kind === 'unknown' || kind === 'unavailable' || (unrecognised !== undefined && unrecognised !== null);
  });
  return [...failed, ...verdicts.filter(({ ok }) => !ok), ...news.filter((one) => one === null)];
}
