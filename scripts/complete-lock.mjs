// Fills the lock file's gaps: optional per-platform packages that the registry in use could not resolve when the lock was made.
// npm leaves them out in silence and then `npm ci` refuses the lock on every machine. Their integrity is unknown here, so the
// entries carry none; a platform named here is skipped everywhere else by its `os`, `cpu` and `libc`.
import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const OS = ['android', 'darwin', 'freebsd', 'linux', 'openharmony', 'win32'];
const CPU = ['arm64', 'arm', 'x64', 'ia32', 'ppc64', 'riscv64', 's390x', 'loong64', 'mips64el'];

/** The missing entries of a parsed lock, by their path in it. Throws when a package names no platform. */
export function missingEntries(lock) {
  const missing = {};
  for (const [path, entry] of Object.entries(lock.packages)) {
    for (const [name, version] of Object.entries(entry.optionalDependencies ?? {})) {
      const nested = `${path}/node_modules/${name}`;
      if (`node_modules/${name}` in lock.packages || nested in lock.packages) continue;
      missing[`node_modules/${name}`] = { version, ...platformOf(name), ...(entry.dev ? { dev: true } : {}), optional: true };
    }
  }
  return missing;
}

function platformOf(name) {
  const words = name.split('/').at(-1).split('-');
  const os = OS.find((one) => words.includes(one)) ?? (words.includes('windows') ? 'win32' : undefined);
  // workerd's packages say `64` where others say `x64`.
  const cpu = CPU.find((one) => words.includes(one)) ?? (words.includes('64') ? 'x64' : undefined);
  if (os === undefined || cpu === undefined) throw new Error(`cannot tell the platform of ${name}; resolve it by hand`);
  const libc = words.includes('musl') ? 'musl' : words.includes('gnu') ? 'glibc' : undefined;
  return { cpu: [cpu], ...(libc === undefined ? {} : { libc: [libc] }), os: [os] };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const file = join(dirname(dirname(fileURLToPath(import.meta.url))), 'package-lock.json');
  const lock = JSON.parse(readFileSync(file, 'utf8'));
  const missing = missingEntries(lock);
  Object.assign(lock.packages, missing);
  lock.packages = Object.fromEntries(Object.entries(lock.packages).sort(([left], [right]) => (left < right ? -1 : 1)));
  writeFileSync(file, `${JSON.stringify(lock, null, 2)}\n`);
  console.log(`${Object.keys(missing).length} entries added to package-lock.json`);
}
