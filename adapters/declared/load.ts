/**
 * Manifests made into what the service works with: adapters by name, and the desk records of further legal entities behind them. What is wrong
 * with any of them is told together, and nothing is loaded.
 */
import type { z } from 'zod';
import type { Funder } from '../../src/domain/funder.ts';
import type { FunderAdapter } from '../contract.ts';
import type { Json } from '../kit/read-json.ts';
import { at } from '../kit/read-json.ts';
import { compileProtocol } from './compile.ts';
import type { ManifestFault } from './faults.ts';
import { below, ManifestError } from './faults.ts';
import { FunderManifest, funderRecord } from './funder-manifest.ts';
import { Protocol } from './schema.ts';

export { ManifestError } from './faults.ts';

export interface ManifestFile {
  /** As it is told in faults. */
  readonly file: string;
  readonly json: unknown;
}
export interface Manifests {
  /** Those that were known, and the declared ones. */
  readonly adapters: ReadonlyMap<string, FunderAdapter>;
  readonly funders: readonly Funder[];
}
type Told = ManifestFault & { readonly file: string };

/** Throws ManifestError with every fault of every file. An adapter that is known already cannot be declared again. */
export function loadManifests(files: readonly ManifestFile[], known: ReadonlyMap<string, FunderAdapter> = new Map()): Manifests {
  const faults: Told[] = [];
  const adapters = new Map(known);
  const funders = new Map<string, Funder>();
  const kinds = files.map(({ file, json }) => ({ file, json, kind: (json as { kind?: unknown } | null)?.kind }));
  for (const { file, json, kind } of kinds) {
    if (kind === 'protocol') addProtocol(adapters, file, json, faults);
    else if (kind !== 'funder') faults.push({ file, path: '/kind', rule: 'must be "protocol" or "funder"' });
  }
  for (const { file, json, kind } of kinds) if (kind === 'funder') addFunder(adapters, funders, file, json, faults);
  if (faults.length > 0) throw new ManifestError(faults);
  return { adapters, funders: [...funders.values()] };
}

function addProtocol(adapters: Map<string, FunderAdapter>, file: string, json: unknown, faults: Told[]): void {
  const read = Protocol.safeParse(json);
  if (!read.success) return void faults.push(...faultsOf(file, json, read.error));
  const made = compileProtocol(read.data);
  if ('length' in made) return void faults.push(...made.map((fault) => ({ file, ...fault })));
  if (adapters.has(made.manifest.id)) return void faults.push({ file, path: '/id', rule: 'there is an adapter of that name already' });
  adapters.set(made.manifest.id, made);
}

function addFunder(adapters: ReadonlyMap<string, FunderAdapter>, funders: Map<string, Funder>, file: string, json: unknown, faults: Told[]): void {
  const read = FunderManifest.safeParse(json);
  if (!read.success) return void faults.push(...faultsOf(file, json, read.error));
  const funder = funderRecord(read.data);
  const names = adapters.get(funder.adapter)?.manifest.paramNames;
  if (names === undefined) faults.push({ file, path: '/protocol', rule: `there is no such protocol; there are ${[...adapters.keys()].join(', ')}` });
  if (funders.has(funder.id)) faults.push({ file, path: '/id', rule: 'another manifest has it already' });
  for (const name of names ?? []) if (!Object.hasOwn(funder.params, name)) faults.push({ file, path: below('/params', name), rule: 'is missing' });
  for (const name of Object.keys(funder.params)) {
    if (names?.includes(name) === false) faults.push({ file, path: below('/params', name), rule: 'the protocol has no such parameter' });
  }
  funders.set(funder.id, funder);
}

function faultsOf(file: string, json: unknown, error: z.ZodError): Told[] {
  return error.issues.flatMap((issue) => {
    const path = below('', ...issue.path.map(String));
    if (issue.code === 'unrecognized_keys') return issue.keys.map((key) => ({ file, path: below(path, key), rule: 'is not known here' }));
    return [{ file, path, rule: at(json as Json, ...issue.path.map(String)) === undefined && issue.path.length > 0 ? 'is missing' : issue.message }];
  });
}
