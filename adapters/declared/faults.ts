/** What is wrong with a manifest, told so that whoever wrote it finds the place: file, path in the JSON, rule. Never a value that could be a secret. */

export interface ManifestFault {
  /** JSON path, as `/submit/body/mobile`; empty for the whole file. */
  readonly path: string;
  readonly rule: string;
}

/** All faults of one or more manifests, a line each: `adapters/manifests/x.json: /submit/path: …`. */
export class ManifestError extends Error {
  override name = 'ManifestError';
  readonly faults: readonly (ManifestFault & { readonly file: string })[];

  constructor(faults: readonly (ManifestFault & { readonly file: string })[]) {
    super(faults.map(({ file, path, rule }) => `${file}: ${path === '' ? '' : `${path}: `}${rule}`).join('\n'));
    this.faults = faults;
  }
}

/** One step further down a path. */
export function below(path: string, ...keys: readonly (string | number)[]): string {
  return path + keys.map((key) => `/${key}`).join('');
}
