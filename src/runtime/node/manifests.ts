/** Manifests from outside the repository: files of a directory go in, adapters and funders come out, or one error that names file, path and rule. */
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { ManifestFile, Manifests } from '../../../adapters/declared/load.ts';
import { loadManifests, ManifestError } from '../../../adapters/declared/load.ts';
import { adapters } from '../../../adapters/registry.ts';
import type { Funder } from '../../domain/funder.ts';
import type { SandboxFunders } from '../sandbox-seed.ts';

const ADAPTERS = new URL('../../../adapters/', import.meta.url);
const MOST_BYTES = 256 * 1024;

/** What is shipped, and what the directory adds; null adds nothing. Throws ManifestError, or an Error when the directory cannot be read. */
export function readManifests(directory: string | null): Manifests {
  if (directory === null) return { adapters, funders: [] };
  return loadManifests(
    namesIn(directory).map((name) => readFile(join(directory, name))),
    adapters,
  );
}

/** One funder's record out of its manifest, checked against what is shipped and the protocols beside it. Throws as `readManifests` does. */
export function readFunderManifest(file: string): Funder {
  const own = readFile(file);
  if (kindOf(own) !== 'funder') throw new ManifestError([{ file, path: '/kind', rule: 'must be "funder": a protocol is not added but loaded' }]);
  const beside = namesIn(dirname(file)).map((name) => readFile(join(dirname(file), name)));
  const protocols = beside.filter((one) => kindOf(one) === 'protocol' && !adapters.has((one.json as { id: string }).id));
  return loadManifests([...protocols, own], adapters).funders[0]!;
}

/** The sandbox's funders and those of manifests, live, with the secrets of their protocol's test world: those the funder's side in the sandbox has. */
export function inSandbox(sandbox: SandboxFunders, { funders }: Manifests): SandboxFunders {
  return {
    funders: [...sandbox.funders, ...funders.map((funder) => ({ ...funder, status: 'live' as const }))],
    secrets: { ...sandbox.secrets, ...Object.fromEntries(funders.map(({ id, adapter }) => [id, testSecretsOf(adapter)])) },
  };
}

function testSecretsOf(adapter: string): Readonly<Record<string, string>> {
  try {
    const world = readFileSync(new URL(`${adapter}/cases/world.json`, ADAPTERS), 'utf8');
    return (JSON.parse(world) as { secrets: Readonly<Record<string, string>> }).secrets;
  } catch {
    // A protocol from outside has no test world here; its secrets are set by an administrator, as outside a sandbox.
    return {};
  }
}

function namesIn(directory: string): readonly string[] {
  try {
    return readdirSync(directory)
      .filter((name) => name.endsWith('.json'))
      .toSorted();
  } catch (error) {
    throw new Error(`the manifests in ${directory} cannot be read (${(error as NodeJS.ErrnoException).code ?? 'unknown'})`, { cause: error });
  }
}

function readFile(file: string): ManifestFile {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    throw new Error(`${file} cannot be read (${(error as NodeJS.ErrnoException).code ?? 'unknown'})`, { cause: error });
  }
  if (text.length > MOST_BYTES) throw new ManifestError([{ file, path: '', rule: 'is larger than 256 KiB' }]);
  try {
    return { file, json: JSON.parse(text) as unknown };
  } catch (error) {
    // Where it broke, without the text around it: that is the engine's message, and may quote anything.
    const at = /line \d+ column \d+|position \d+/.exec(String(error))?.[0];
    throw new ManifestError([{ file, path: '', rule: `is not JSON${at === undefined ? '' : ` (${at})`}` }]);
  }
}

function kindOf({ json }: ManifestFile): unknown {
  return (json as { kind?: unknown } | null)?.kind;
}
