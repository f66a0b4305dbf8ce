/** Numbers out of samples. Pure. */

export interface Latency {
  readonly p50_ms: number;
  readonly p95_ms: number;
  readonly p99_ms: number;
  readonly max_ms: number;
}

/** Percentiles by nearest rank; zeros when there is no sample. */
export function latencyOf(samplesMs: readonly number[]): Latency {
  const sorted = Float64Array.from(samplesMs).sort();
  const at = (share: number): number => round(sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? 0, 2);
  return { p50_ms: at(0.5), p95_ms: at(0.95), p99_ms: at(0.99), max_ms: at(1) };
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((left, right) => left - right);
  const middle = sorted.length / 2;
  if (sorted.length === 0) return 0;
  return sorted.length % 2 === 1 ? sorted[Math.floor(middle)]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

export interface MemorySample {
  readonly atMs: number;
  readonly rssMib: number;
}

export interface Memory {
  readonly peak_mib: number;
  /** Slope of a line through the second half of the samples: the first half is warming up. */
  readonly growth_mib_per_min: number;
  /** Growth over the second half is below a twentieth of the median, which garbage collection alone moves. */
  readonly flat: boolean;
}

export function memoryOf(samples: readonly MemorySample[]): Memory {
  const half = samples.slice(Math.floor(samples.length / 2));
  const peak = Math.max(0, ...samples.map(({ rssMib }) => rssMib));
  if (half.length < 2) return { peak_mib: round(peak, 1), growth_mib_per_min: 0, flat: true };
  const meanAt = half.reduce((sum, { atMs }) => sum + atMs, 0) / half.length;
  const mean = half.reduce((sum, { rssMib }) => sum + rssMib, 0) / half.length;
  const spread = half.reduce((sum, { atMs }) => sum + (atMs - meanAt) ** 2, 0);
  const slope = spread === 0 ? 0 : half.reduce((sum, { atMs, rssMib }) => sum + (atMs - meanAt) * (rssMib - mean), 0) / spread;
  const grown = slope * (half.at(-1)!.atMs - half[0]!.atMs);
  return { peak_mib: round(peak, 1), growth_mib_per_min: round(slope * 60_000, 2), flat: grown < median(half.map(({ rssMib }) => rssMib)) / 20 };
}

export function round(value: number, digits: number): number {
  return Number(value.toFixed(digits));
}
