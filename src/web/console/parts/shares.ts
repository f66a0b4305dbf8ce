/** What may be said of a share that was counted. Pure. */

/** Two-sided 95%. */
const Z = 1.959_964;

/** Wilson's interval of `part` in `whole`, 95%; null of nothing, and of what is no share at all. */
export function intervalOf(part: number, whole: number): readonly [low: number, high: number] | null {
  if (whole <= 0 || part < 0 || part > whole) return null;
  const share = part / whole;
  const spread = Z * Math.sqrt((share * (1 - share)) / whole + (Z * Z) / (4 * whole * whole));
  const middle = share + (Z * Z) / (2 * whole);
  const scale = 1 + (Z * Z) / whole;
  return [Math.max(0, (middle - spread) / scale), Math.min(1, (middle + spread) / scale)];
}

/** An interval wider than this is told beside its share. */
const WIDE = 0.02;

/** `31–52%`; empty where the share is sure enough to stand alone. */
export function intervalText(part: number, whole: number): string {
  const interval = intervalOf(part, whole);
  if (interval === null || interval[1] - interval[0] <= WIDE) return '';
  const digits = interval[1] - interval[0] < 0.1 ? 1 : 0;
  return `${(interval[0] * 100).toFixed(digits)}–${(interval[1] * 100).toFixed(digits)}%`;
}
