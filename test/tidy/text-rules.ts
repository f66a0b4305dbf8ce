/** Names, sizes and words. */
import { posix } from 'node:path';
import { mask } from './lexer.ts';
import { code } from './world.ts';
import type { Rule } from './world.ts';

const MAX_LINES = 300;
// Put together from halves, so that this file does not break its own rule.
const BANNED_TEXT = new RegExp(
  [
    String.raw`\b(?:${'TO'}DO|${'FIX'}ME)\b`,
    String.raw`\b(?:it|test|describe)\.(?:${'sk'}ip|${'on'}ly|${'to'}do)\b`,
    `@ts-(?:${'ig'}nore|no${'check'})`,
    `(?:ox|es)lint-${'dis'}able`,
  ].join('|'),
);
/** Looked for in code alone: in a sentence these words may stand together. */
const BANNED_CODE = /\bas any\b|\bretry: [1-9]/;
const BANNED_WORDS = ['util', 'utils', 'helper', 'helpers', 'common', 'manager', 'service', 'services', 'misc'];
const KEBAB = /^\.?[a-z0-9]+(?:-[a-z0-9]+)*(?:\.[a-z0-9]+(?:-[a-z0-9]+)*)*$/;

/** A file of code has at most 300 lines. */
export const sizes: Rule = (world) => {
  const files = code(world, 'src/', 'adapters/', 'scripts/', 'bench/');
  const lines = files.map(([path, text]) => ({ path, count: text.trimEnd().split('\n').length }));
  return { scanned: files.length, violations: lines.filter(({ count }) => count > MAX_LINES).map(({ path, count }) => `${path}: ${count} lines`) };
};

/** Folders and files of code are kebab-case, and named for what they are about. */
export const fileNames: Rule = (world) => {
  const files = code(world);
  const violations = files.flatMap(([path]) => {
    const parts = path.split('/');
    const words = parts.flatMap((part) => part.split(/[.-]/));
    const banned = BANNED_WORDS.filter((word) => words.includes(word));
    return [
      ...parts.filter((part) => !KEBAB.test(part)).map((part) => `${path}: ${part} is not kebab-case`),
      ...banned.map((word) => `${path}: "${word}" says nothing`),
    ];
  });
  return { scanned: files.length, violations };
};

/** No promise to do it later, no test switched off, no hole in the types. */
export const bannedText: Rule = (world) => {
  const files = [...code(world), ...[...world.files].filter(([path]) => /\.(?:sql|md)$/.test(path))];
  const violations = files.flatMap(([path, text]) => {
    const inText = text.split('\n').flatMap((line, index) => {
      const found = BANNED_TEXT.exec(line);
      return found === null ? [] : [`${path}:${index + 1}: ${found[0]}`];
    });
    const inCode = BANNED_CODE.exec(mask(text).masked);
    return inCode === null ? inText : [...inText, `${path}: ${inCode[0]}`];
  });
  return { scanned: files.length, violations };
};

const NAMED_PATH = /(?<![\w./-])((?:src|adapters|test|docs|bench|scripts|fixtures|migrations)\/[\w./-]*[\w/])/g;

/** Every path that a living page names is there. Notes in docs/decisions/ are frozen and may name what has gone. */
export const docPaths: Rule = (world) => {
  const pages = [...world.files].filter(([path]) => path === 'README.md' || /^docs\/[^/]+\.md$/.test(path));
  const violations: string[] = [];
  let scanned = 0;
  for (const [page, text] of pages) {
    const links = [...text.matchAll(/\]\((?!https?:|#|mailto:)([^)#\s]+)/g)].map(([, to]) => posix.normalize(posix.join(posix.dirname(page), to!)));
    // A name that goes on with a place-holder or a wildcard names no file.
    const named = [...text.matchAll(NAMED_PATH)]
      .filter((found) => !/^[*<{…$]/.test(text.slice(found.index + found[0].length)))
      .map(([, path]) => path!);
    for (const path of [...links, ...named]) {
      scanned += 1;
      const bare = path.replace(/\/$/, '');
      if (!world.files.has(bare) && ![...world.files.keys()].some((one) => one.startsWith(`${bare}/`))) violations.push(`${page}: ${path}`);
    }
  }
  return { scanned, violations };
};
