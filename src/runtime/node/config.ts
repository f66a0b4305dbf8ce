/**
 * Configuration of the Node host: the environment goes in, a `Config` or the list of everything that is wrong with it comes out. It is
 * parsed once, at start. It must not read anything else, and no value may get into a fault: a wrong secret is still a secret.
 */
import { closeSync, fsyncSync, mkdirSync, openSync, readFileSync, writeSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { z } from 'zod';
import { readMasterKeys, type Fault } from '../master-keys.ts';
import { OIDC_VARIABLES, readOidc } from '../oidc-settings.ts';
import type { OidcSettings } from '../oidc-sso.ts';
import { readSms, SMS_VARIABLES, type SmsSettings } from '../sms/settings.ts';
import type { MasterKey } from '../vault.ts';

export interface Config {
  readonly mode: 'sandbox' | 'live';
  readonly host: string;
  /** 0 takes a free one. */
  readonly port: number;
  /** Absolute. Holds the database, the sealed objects and, in sandbox mode, the generated key. */
  readonly dataDir: string;
  /** Origin that borrowers and funders reach us at, no slash at the end. Null: only known once the port is (sandbox). */
  readonly publicUrl: string | null;
  /** Oldest first, the last is current. Null in sandbox mode when none was given: see `sandboxMasterKey`. */
  readonly masterKeys: readonly MasterKey[] | null;
  /** First of the six ports of the simulated funders; 0 takes free ones. */
  readonly sandboxPortBase: number;
  /** Bearer token for /metrics; null: /metrics answers 404. */
  readonly metricsToken: string | null;
  readonly logLevel: 'debug' | 'info' | 'warn' | 'error' | 'silent';
  /** Requests being worked on at once, beyond which new ones are shed with 503. */
  readonly maxInFlight: number;
  readonly cell: number;
  /** Largest number of closures that share one fsynced transaction; 1 gives each its own. */
  readonly groupCommit: number;
  /** How long SIGTERM waits for what is in flight. */
  readonly shutdownMs: number;
  /** Directory of manifests of protocols and funders, absolute; null: those that are shipped alone. */
  readonly manifestsDir: string | null;
  /** Who vouches for operators; null: nobody does. */
  readonly oidc: OidcSettings | null;
  /** Who sends text messages; null: nobody does. */
  readonly sms: SmsSettings | null;
}

export type ConfigFault = Fault;

const SANDBOX_FUNDERS = 6;
const KEY_BYTES = 32;
const MAX_CELL = 32 ** 3 - 1;

const whole = (min: number, max: number, fallback: number) =>
  z
    .string()
    .regex(/^\d{1,9}$/, 'must be a whole number')
    .transform(Number)
    .refine((value) => value >= min && value <= max, `must be from ${min} to ${max}`)
    .prefault(String(fallback));

const oneOf = <const T extends readonly [string, ...string[]]>(values: T, fallback: T[number]) =>
  z.enum(values, { error: `must be one of ${values.join(', ')}` }).default(fallback as never);

const VARIABLES = {
  MILLRACE_MODE: oneOf(['sandbox', 'live'], 'sandbox'),
  MILLRACE_HOST: z.union([z.ipv4(), z.ipv6()], { error: 'must be an IP address to listen on' }).optional(),
  PORT: whole(0, 65_535, 8_787),
  MILLRACE_DATA_DIR: z.string().prefault('./data'),
  MILLRACE_PUBLIC_URL: z.string().refine(isOrigin, 'must be an http or https origin: no path, query or user').optional(),
  MILLRACE_MASTER_KEY: z.string().optional(),
  MILLRACE_MASTER_KEY_PREVIOUS: z.string().optional(),
  MILLRACE_SANDBOX_PORT_BASE: whole(0, 65_536 - SANDBOX_FUNDERS, 8_791),
  MILLRACE_METRICS_TOKEN: z.string().min(16, 'must have at least 16 characters').optional(),
  MILLRACE_LOG_LEVEL: oneOf(['debug', 'info', 'warn', 'error', 'silent'], 'info'),
  MILLRACE_MAX_IN_FLIGHT: whole(1, 100_000, 1_000),
  MILLRACE_CELL: whole(0, MAX_CELL, 0),
  MILLRACE_GROUP_COMMIT: whole(1, 4_096, 256),
  MILLRACE_SHUTDOWN_MS: whole(0, 600_000, 10_000),
  MILLRACE_MANIFESTS: z.string().optional(),
};
const Environment = z.object(VARIABLES);
type Environment = z.infer<typeof Environment>;

/** Reads the environment. An empty variable counts as absent. All faults are reported together. */
export function readConfig(env: Readonly<Record<string, string | undefined>>): Config | ConfigFault[] {
  const given = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== undefined && value !== ''));
  const read = Environment.safeParse(given);
  const faults = (read.error?.issues ?? []).map((issue) => ({ variable: String(issue.path[0]), reason: issue.message }));
  const live = given['MILLRACE_MODE'] === 'live';
  const keys = readMasterKeys(given['MILLRACE_MASTER_KEY'], given['MILLRACE_MASTER_KEY_PREVIOUS'], live);
  const { oidc, faults: oidcFaults } = readOidc(given, live);
  const { sms, faults: smsFaults } = readSms(given, live);
  faults.push(...keys.faults, ...oidcFaults, ...smsFaults, ...(read.success ? faultsBetween(read.data, live) : []));
  return read.success && faults.length === 0 ? { ...toConfig(read.data), masterKeys: keys.keys, oidc, sms } : faults;
}

/** Variables of our prefix that nothing reads: probably misspelt. */
export function unknownVariables(env: Readonly<Record<string, string | undefined>>): string[] {
  const read: readonly string[] = [...Object.keys(VARIABLES), ...OIDC_VARIABLES, ...SMS_VARIABLES];
  return Object.keys(env).filter((name) => name.startsWith('MILLRACE_') && !read.includes(name));
}

/** The faults as one text for a person, a line each. */
export function describeFaults(faults: readonly ConfigFault[]): string {
  return faults.map(({ variable, reason }) => `${variable} ${reason}`).join('\n');
}

/**
 * The sandbox's own master key, made once and kept beside the data with mode 0600. `randomBytes` must be cryptographic.
 * Throws when the file can neither be read nor made, or does not hold a key.
 */
export function sandboxMasterKey(dataDir: string, randomBytes: (count: number) => Uint8Array): MasterKey {
  const file = join(dataDir, 'sandbox-master.key');
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  let descriptor: number | null = null;
  try {
    descriptor = openSync(file, 'wx', 0o600);
    writeSync(descriptor, `${Buffer.from(randomBytes(KEY_BYTES)).toString('base64')}\n`);
    fsyncSync(descriptor);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  } finally {
    if (descriptor !== null) closeSync(descriptor);
  }
  const key = Buffer.from(readFileSync(file, 'utf8').trim(), 'base64');
  if (key.length !== KEY_BYTES) throw new Error('sandbox-master.key does not hold 32 bytes; remove it together with the sandbox data');
  return { version: 1, key };
}

function toConfig(env: Environment): Omit<Config, 'masterKeys' | 'oidc' | 'sms'> {
  return {
    mode: env.MILLRACE_MODE,
    host: env.MILLRACE_HOST ?? (env.MILLRACE_MODE === 'live' ? '0.0.0.0' : '127.0.0.1'),
    port: env.PORT,
    dataDir: resolve(env.MILLRACE_DATA_DIR),
    publicUrl: env.MILLRACE_PUBLIC_URL === undefined ? null : new URL(env.MILLRACE_PUBLIC_URL).origin,
    sandboxPortBase: env.MILLRACE_SANDBOX_PORT_BASE,
    metricsToken: env.MILLRACE_METRICS_TOKEN ?? null,
    logLevel: env.MILLRACE_LOG_LEVEL,
    maxInFlight: env.MILLRACE_MAX_IN_FLIGHT,
    cell: env.MILLRACE_CELL,
    groupCommit: env.MILLRACE_GROUP_COMMIT,
    shutdownMs: env.MILLRACE_SHUTDOWN_MS,
    manifestsDir: env.MILLRACE_MANIFESTS === undefined ? null : resolve(env.MILLRACE_MANIFESTS),
  };
}

/** What only shows when several variables are seen together. */
function faultsBetween(env: Environment, live: boolean): ConfigFault[] {
  const faults: ConfigFault[] = [];
  const url = env.MILLRACE_PUBLIC_URL;
  if (live && url === undefined) faults.push({ variable: 'MILLRACE_PUBLIC_URL', reason: 'is required in live mode' });
  if (live && url !== undefined && !url.startsWith('https:')) faults.push({ variable: 'MILLRACE_PUBLIC_URL', reason: 'must be https in live mode' });
  const base = env.MILLRACE_SANDBOX_PORT_BASE;
  if (!live && base !== 0 && env.PORT >= base && env.PORT < base + SANDBOX_FUNDERS) {
    faults.push({ variable: 'MILLRACE_SANDBOX_PORT_BASE', reason: `starts six ports that include PORT` });
  }
  return faults;
}

function isOrigin(text: string): boolean {
  const url = URL.parse(text);
  if (url === null || !['http:', 'https:'].includes(url.protocol)) return false;
  return url.pathname === '/' && url.search === '' && url.hash === '' && url.username === '' && url.password === '';
}
