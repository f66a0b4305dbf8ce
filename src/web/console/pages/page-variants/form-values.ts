/** Between a variant's record and its form: sums in yuan, words that are left empty left out, limits behind a switch. */
import type { PageStep, PageVariant } from '../../../../domain/page-variant.ts';

export const LANGS = ['zh', 'en'] as const;
type Lang = (typeof LANGS)[number];
/** The words a variant may set, and how long each may be. */
export const WORDS = {
  headline: { zh: 40, en: 80 },
  promise: { zh: 120, en: 240 },
  button: { zh: 20, en: 40 },
  submit: { zh: 20, en: 40 },
} as const;
export type WordName = keyof typeof WORDS;
export const WORD_NAMES = Object.keys(WORDS) as WordName[];
const FEN = 100;
const STEPS: readonly PageStep[] = ['identity', 'work', 'assets', 'purpose', 'photos'];
export const OPTIONAL_STEPS: readonly PageStep[] = ['assets', 'photos'];

export interface VariantValues {
  readonly id: string;
  readonly name: string;
  readonly channel?: string | undefined;
  readonly status: PageVariant['status'];
  readonly weight: number;
  readonly texts: Readonly<Record<Lang, Readonly<Partial<Record<WordName, string | undefined>>>>>;
  readonly steps: readonly PageStep[];
  readonly narrowAmount: boolean;
  readonly amount?: { readonly min_fen: number; readonly max_fen: number; readonly preset_fen: number };
  readonly narrowTerms: boolean;
  /** Months as typed. */
  readonly terms?: { readonly months: readonly (number | string)[]; readonly preset: number };
}

/** A new one is shown to nobody until it is given weight, and can be looked at before. */
export function freshValues(channel: string | undefined): VariantValues {
  const texts = { zh: {}, en: {} };
  return { id: '', name: '', channel, status: 'live', weight: 0, texts, steps: STEPS, narrowAmount: false, narrowTerms: false };
}

export function valuesOf({ amount, terms, ...variant }: PageVariant): VariantValues {
  return {
    ...variant,
    narrowAmount: amount !== null,
    ...(amount === null ? {} : { amount: { min_fen: amount.min_fen / FEN, max_fen: amount.max_fen / FEN, preset_fen: amount.preset_fen / FEN } }),
    narrowTerms: terms !== null,
    ...(terms === null ? {} : { terms }),
  };
}

export function recordOf({ narrowAmount, amount, narrowTerms, terms, texts, ...values }: VariantValues): object {
  const fen = (yuan: number): number => Math.round(yuan * FEN);
  return {
    ...values,
    texts: { zh: wordsOf(texts.zh), en: wordsOf(texts.en) },
    amount:
      narrowAmount && amount !== undefined
        ? { min_fen: fen(amount.min_fen), max_fen: fen(amount.max_fen), preset_fen: fen(amount.preset_fen) }
        : null,
    terms: narrowTerms && terms !== undefined ? { months: terms.months.map(Number), preset: terms.preset } : null,
  };
}

function wordsOf(words: VariantValues['texts'][Lang]): object {
  return Object.fromEntries(WORD_NAMES.flatMap((name) => ((words[name] ?? '').trim() === '' ? [] : [[name, words[name]!.trim()]])));
}
