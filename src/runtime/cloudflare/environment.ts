/** The bindings of the edge host: parsed once in each object; all that is wrong is told together, and never a value. */
import { z } from 'zod';
import { readMasterKeys } from '../master-keys.ts';
import { readOidc } from '../oidc-settings.ts';
import type { OidcSettings } from '../oidc-sso.ts';
import { readSms, type SmsSettings } from '../sms/settings.ts';
import type { MasterKey } from '../vault.ts';
import type { LogLevel } from '../json-log.ts';
import { readGenerations, type Generations } from '../cells/generations.ts';
import type { AssetFetcher, DurableObjectNamespace, R2Bucket } from './platform.ts';

/** What is bound besides variables and secrets. */
export interface Bindings {
  readonly CELL: DurableObjectNamespace;
  readonly DESK: DurableObjectNamespace;
  /** Sealed photos. */
  readonly PHOTOS: R2Bucket;
  /** Built pages. */
  readonly PAGES: AssetFetcher;
}

export interface EdgeEnvironment {
  readonly mode: 'sandbox' | 'live';
  /** Origin at which borrowers and funders reach us. */
  readonly publicUrl: string;
  /** Oldest first, the last is current. */
  readonly masterKeys: readonly MasterKey[];
  readonly logLevel: LogLevel;
  readonly maxInFlight: number;
  /** How many cells there are. */
  readonly generations: Generations;
  /** Sandbox mode: base URL by funder id. */
  readonly sandboxFunders: Readonly<Record<string, string>>;
  /** Who vouches for operators; null: nobody does. */
  readonly oidc: OidcSettings | null;
  /** Who sends text messages; null: nobody does. */
  readonly sms: SmsSettings | null;
  /** Opens the way for one import; null: there is none. */
  readonly importSecret: string | null;
}

/** Characters; as many as 32 bytes have in hex, and half of it. */
const LEAST_SECRET = 32;

const Variables = z.object({
  MILLRACE_MODE: z.enum(['sandbox', 'live']).default('sandbox'),
  MILLRACE_PUBLIC_URL: z.url({ protocol: /^https?$/ }),
  MILLRACE_MASTER_KEY: z.string().optional(),
  MILLRACE_MASTER_KEY_PREVIOUS: z.string().optional(),
  MILLRACE_LOG_LEVEL: z.enum(['debug', 'info', 'warn', 'error', 'silent']).default('info'),
  MILLRACE_MAX_IN_FLIGHT: z.coerce.number().int().min(1).max(100_000).default(1_000),
  MILLRACE_CELLS: z.string().default('4'),
  MILLRACE_SANDBOX_FUNDERS: z.string().default('{}'),
  MILLRACE_IMPORT_SECRET: z
    .string()
    .refine((text) => text === '' || text.length >= LEAST_SECRET, `must have at least ${LEAST_SECRET} characters`)
    .default(''),
});

/** Throws an Error that names every variable that is wrong, and no value. */
export function readEnvironment(env: object): EdgeEnvironment {
  const read = Variables.safeParse(env);
  const given = env as Readonly<Record<string, string | undefined>>;
  const live = given['MILLRACE_MODE'] === 'live';
  const { keys, faults } = readMasterKeys(given['MILLRACE_MASTER_KEY'], given['MILLRACE_MASTER_KEY_PREVIOUS'], live);
  const oidc = readOidc(given, live);
  const sms = readSms(given, live);
  const generations = readGenerations(read.data?.MILLRACE_CELLS ?? '4');
  const all = [
    ...(read.error?.issues ?? []).map(({ path, message }) => `${path.join('.')} ${message}`),
    ...[...faults, ...oidc.faults, ...sms.faults].map(({ variable, reason }) => `${variable} ${reason}`),
    ...(keys === null && faults.length === 0 ? ['MILLRACE_MASTER_KEY is required: an object has nowhere to keep one of its own'] : []),
    ...(generations === null ? ['MILLRACE_CELLS must be rising numbers of cells with commas between, such as 4,16'] : []),
    ...(live && read.data?.MILLRACE_PUBLIC_URL.startsWith('https:') === false ? ['MILLRACE_PUBLIC_URL must be https in live mode'] : []),
  ];
  if (!read.success || keys === null || generations === null || all.length > 0) throw new Error(all.join('; '));
  const { data } = read;
  return {
    mode: data.MILLRACE_MODE,
    publicUrl: new URL(data.MILLRACE_PUBLIC_URL).origin,
    masterKeys: keys,
    logLevel: data.MILLRACE_LOG_LEVEL,
    maxInFlight: data.MILLRACE_MAX_IN_FLIGHT,
    generations,
    sandboxFunders: JSON.parse(data.MILLRACE_SANDBOX_FUNDERS) as Record<string, string>,
    oidc: oidc.oidc,
    sms: sms.sms,
    importSecret: data.MILLRACE_IMPORT_SECRET || null,
  };
}
