/** Wilson's 90% interval of a share: sensible for few as for many, and never outside 0 to 1. */
export function shareInterval(part: number, whole: number): { readonly low: number; readonly high: number } {
  const z = 1.6449;
  const share = part / whole;
  const centre = (share + (z * z) / (2 * whole)) / (1 + (z * z) / whole);
  const half = (z / (1 + (z * z) / whole)) * Math.sqrt((share * (1 - share)) / whole + (z * z) / (4 * whole * whole));
  return { low: Math.max(0, centre - half), high: Math.min(1, centre + half) };
}
