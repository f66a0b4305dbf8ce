export interface LockEntry {
  readonly version?: string;
  readonly resolved?: string;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}
/** The entries a parsed lock lacks, by their path in it. Throws when a package's name tells no platform. */
export function missingEntries(lock: { readonly packages: Readonly<Record<string, LockEntry>> }): Record<string, LockEntry>;
