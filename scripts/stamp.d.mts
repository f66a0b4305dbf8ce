/** Of every file that `sources` name, or hold when they are folders: its path and its bytes. Paths are of the repository. */
export function stampOf(sources: readonly string[]): string;
