/**
 * A fixed world for adapter tests: one moment, one applicant, one order; and each adapter's own secrets, which are easy to find where they
 * should not be. Nothing of Node, so that the same tests run on the edge's engine.
 */
/// <reference types="vite/types/importMeta.d.ts" />
import type { AdapterContext, AttemptRef, FieldName, FieldValues, Granted } from '../../adapters/contract.ts';

/** 2026-03-02T10:00:00+08:00 */
export const NOW_MS = Date.UTC(2026, 2, 2, 2, 0, 0);

type Texts = Readonly<Record<string, string>>;
/** What an adapter's tests and its double in the sandbox are set up with: `cases/world.json`. */
export interface AdapterWorld {
  readonly secrets: Texts;
  readonly params: Texts;
  /** The funder's own keys, which its double needs and the adapter must not have. */
  readonly funderSecrets: Texts;
}

const WORLDS = new Map(
  Object.entries(
    import.meta.glob<string>(['../../adapters/*/cases/world.json'], {
      eager: true,
      query: '?raw',
      import: 'default',
    }),
  ).map(([path, text]) => {
    const { secrets, params, funder_secrets: funderSecrets } = JSON.parse(text) as { secrets?: Texts; params?: Texts; funder_secrets?: Texts };
    return [path.split('/').at(-3)!, { secrets: secrets ?? {}, params: params ?? {}, funderSecrets: funderSecrets ?? {} }];
  }),
);

export const FIELDS: FieldValues = {
  name: '张三丰',
  phone: '13912345678',
  id_number: '11010519900307233X',
  age: 35,
  region: '110105',
  monthly_income_fen: 1_200_000,
  employment: 'salaried',
  employer_type: 'private',
  years_employed: 4,
  education: 'bachelor',
  assets: { housing_fund: '2y_plus', zhima_band: '700_750' },
  amount_fen: 2_000_000,
  term_months: 3,
  purpose: 'consumption',
  id_photos: [],
  device_id: null,
  ip: null,
  bank_card: { number: '6222020200112233445', phone: '13912345678' },
};

export const ATTEMPT: AttemptRef = { ref: 'att_01hzx3k9q0002v7c5n8m4', funderRef: null };

/** Throws when the adapter has no `cases/world.json`. */
export function worldOf(adapterId: string): AdapterWorld {
  const world = WORLDS.get(adapterId);
  if (world === undefined) throw new Error(`adapters/${adapterId}/cases/world.json is missing`);
  return world;
}

/** The secrets of both sides. What is a parameter too (an application's name, which the funder must know) is none. */
export function secretValues(adapterId: string): readonly string[] {
  const { secrets, params, funderSecrets } = worldOf(adapterId);
  return [...Object.values(secrets), ...Object.values(funderSecrets)].filter((value) => !Object.values(params).includes(value));
}

export function contextOf(adapterId: string): AdapterContext {
  const { secrets, params } = worldOf(adapterId);
  return {
    baseUrl: 'https://funder.example/base/',
    params,
    secrets,
    nowMs: NOW_MS,
    nonce: '00112233445566778899aabbccddeeff',
    callbackUrl: 'https://millrace.example/v1/callbacks/fnd_x',
  };
}

/** Exactly the named fields, as the one who opens grants would hand them over. */
export function granted<N extends readonly FieldName[]>(needs: N, fields: FieldValues = FIELDS): Granted<N> {
  return Object.fromEntries(needs.map((name) => [name, fields[name]])) as unknown as Granted<N>;
}
