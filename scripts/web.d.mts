/** Builds the pages when their sources are not those of the last build. Exits when that fails. */
export function ensureWeb(): Promise<void>;
