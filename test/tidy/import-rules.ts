/** Who imports whom, on the real graph: the room table, host modules, and cycles. */
import { posix } from 'node:path';
import { CRYPTO_ROOMS, HOST_ROOMS, mayImport, roomOf } from '../../scripts/rooms.ts';
import { importsOf, mask } from './lexer.ts';
import { code } from './world.ts';
import type { Rule } from './world.ts';

const BUILT_IN = /^(?:node:|(?:fs|path|crypto|http|https|net|os|child_process|worker_threads|timers|stream|util|events|url)(?:\/|$))/;

/** Every import between rooms is in the table of scripts/rooms.ts, and leads to a file. */
export const importTable: Rule = (world) => {
  const violations: string[] = [];
  let scanned = 0;
  for (const [path, text] of code(world)) {
    for (const { specifier, typesOnly } of importsOf(text)) {
      scanned += 1;
      if (!specifier.startsWith('.')) continue;
      const target = posix.normalize(posix.join(posix.dirname(path), specifier));
      if (!world.files.has(target)) violations.push(`${path}: ${specifier} is not a file`);
      else if (!mayImport(path, target, typesOnly)) violations.push(`${path} (${roomOf(path)}) imports ${target} (${roomOf(target) ?? 'no room'})`);
    }
  }
  return { scanned, violations };
};

/** Below the host rooms nothing of Node, and no time or randomness that the linter's rules cannot name. */
export const ambient: Rule = (world) => {
  const violations: string[] = [];
  const below = code(world, 'src/', 'adapters/').filter(([path]) => !HOST_ROOMS.includes(roomOf(path) ?? 'runtime') && roomOf(path) !== 'web');
  for (const [path, text] of below) {
    const cryptoAllowed = CRYPTO_ROOMS.includes(roomOf(path)!);
    for (const { specifier } of importsOf(text)) {
      if (BUILT_IN.test(specifier) && !(cryptoAllowed && specifier === 'node:crypto')) violations.push(`${path}: imports ${specifier}`);
    }
    for (const [found] of mask(text).masked.matchAll(
      /\bnew Date\(\s*\)|\bDate\(\s*\)|\bDate\.now\b|\bMath\.random\b|\bprocess\.\w+|\bglobalThis\b/g,
    )) {
      violations.push(`${path}: ${found}`);
    }
  }
  return { scanned: below.length, violations };
};

/** No file reaches itself by way of value imports. */
export const cycles: Rule = (world) => {
  const graph = new Map(
    code(world).map(([path, text]) => [
      path,
      importsOf(text)
        .filter(({ specifier, typesOnly }) => specifier.startsWith('.') && !typesOnly)
        .map(({ specifier }) => posix.normalize(posix.join(posix.dirname(path), specifier))),
    ]),
  );
  const violations: string[] = [];
  const done = new Set<string>();
  const visit = (path: string, trail: readonly string[]): void => {
    if (trail.includes(path)) violations.push([...trail.slice(trail.indexOf(path)), path].join(' -> '));
    if (done.has(path) || trail.includes(path)) return;
    for (const next of graph.get(path) ?? []) visit(next, [...trail, path]);
    done.add(path);
  };
  for (const path of graph.keys()) visit(path, []);
  return { scanned: graph.size, violations };
};
