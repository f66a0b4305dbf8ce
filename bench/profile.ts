/** Where the server's time goes, by room: a run of its own under V8's sampling profiler, for profiling slows what it looks at. */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { round } from './measure.ts';
import { startRig } from './rig.ts';
import type { RigOptions } from './rig.ts';
import type { Target } from './target.ts';

export interface Share {
  readonly where: string;
  /** Of all samples but the idle ones. */
  readonly share: number;
}

interface CpuProfile {
  readonly nodes: readonly { readonly id: number; readonly callFrame: { readonly functionName: string; readonly url: string } }[];
  readonly samples: readonly number[];
}

/** Runs the target at saturation under the profiler. The server must end on SIGTERM of its own accord. */
export async function profileByRoom(
  target: Target,
  options: RigOptions,
  load: { readonly inFlight: number; readonly forMs: number },
): Promise<Share[]> {
  const folder = mkdtempSync(join(options.dataRoot, 'millrace-profile-'));
  try {
    const rig = await startRig(target, { ...options, nodeFlags: [...options.nodeFlags, '--cpu-prof', `--cpu-prof-dir=${folder}`] });
    await rig.run({ kind: 'closed', inFlight: load.inFlight, rampMs: 1_000, forMs: load.forMs });
    await rig.close();
    return readdirSync(folder).flatMap((file) => sharesOf(JSON.parse(readFileSync(join(folder, file), 'utf8')) as CpuProfile));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Self time by place, largest first; what is below half a percent is left out. */
export function sharesOf(profile: CpuProfile): Share[] {
  const places = new Map(profile.nodes.map(({ id, callFrame }) => [id, placeOf(callFrame.functionName, callFrame.url)]));
  const counts = new Map<string, number>();
  for (const sample of profile.samples) {
    const where = places.get(sample) ?? 'unknown';
    counts.set(where, (counts.get(where) ?? 0) + 1);
  }
  counts.delete('(idle)');
  const all = [...counts.values()].reduce((sum, one) => sum + one, 0);
  return [...counts]
    .map(([where, samples]) => ({ where, share: round(samples / all, 4) }))
    .filter(({ share }) => share >= 0.005)
    .toSorted((left, right) => right.share - left.share);
}

/** A room, a package, or a part of Node. Native calls have no file and go by their name. */
export function placeOf(functionName: string, url: string): string {
  const path = url.replace(/^file:\/\//, '');
  const packaged = /.*\/node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(path)?.[1];
  if (packaged !== undefined) return packaged;
  const room = /\/(src\/[^/]+|adapters|bench)\//.exec(path)?.[1];
  if (room !== undefined) return room;
  if (path.startsWith('node:')) return path.replace(/^node:(internal\/)?/, 'node:').split('/')[0]!;
  return functionName.startsWith('(') ? functionName : `native ${functionName || '(anonymous)'}`;
}
