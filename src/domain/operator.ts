/** Operators of the console as persons who sign in, and what a password must be. Pure. */

/** `invited`: has a link and no password yet. `disabled`: kept for the record, admitted nowhere. */
export type OperatorStatus = 'invited' | 'active' | 'disabled';

/** How a session was begun. `sandbox`: by a link of the sandbox, which is worth nothing in live mode. */
export type SessionMethod = 'password' | 'invitation' | 'sso' | 'sandbox';

/** Longest time of a session, and longest pause in it. */
export const SESSION_MS = 12 * 3_600_000;
export const IDLE_MS = 60 * 60_000;

const LEAST_CHARACTERS = 12;
const MOST_CHARACTERS = 200;
const LEAST_DISTINCT = 5;
const LEAST_RUN = 4;

export type PasswordFault = 'too_short' | 'too_long' | 'too_obvious';

export const PASSWORD_FAULTS: Readonly<Record<PasswordFault, { readonly zh: string; readonly en: string }>> = {
  too_short: { zh: `密码至少 ${LEAST_CHARACTERS} 个字符`, en: `a password has at least ${LEAST_CHARACTERS} characters` },
  too_long: { zh: `密码最多 ${MOST_CHARACTERS} 个字符`, en: `a password has at most ${MOST_CHARACTERS} characters` },
  too_obvious: { zh: '这个密码太容易猜到，请换一个', en: 'this password is too easy to guess; choose another' },
};

/** As one writes an address to compare it: without blanks around it, its letters A to Z in lower case. Others are not folded: the Kelvin sign would become a k. */
export function normaliseEmail(email: string): string {
  return email.trim().replaceAll(/[A-Z]+/g, (letters) => letters.toLowerCase());
}

/** The same bytes for the same password, whichever keyboard it was typed on (NFKC, as NIST SP 800-63B advises). */
export function normalisePassword(password: string): string {
  return password.normalize('NFKC');
}

/** What is wrong with a password; null when nothing is. `about`: words an attacker would try first, such as name and address. */
export function checkPassword(password: string, about: readonly string[]): PasswordFault | null {
  const characters = [...normalisePassword(password)];
  if (characters.length < LEAST_CHARACTERS) return 'too_short';
  if (characters.length > MOST_CHARACTERS) return 'too_long';
  const text = characters.join('').toLowerCase();
  if (new Set(text).size < LEAST_DISTINCT || /^(.{1,6})\1+.?$/u.test(text) || /^[\d\s./-]{1,19}$/.test(text)) return 'too_obvious';
  const words = [...OBVIOUS, ...about.flatMap((word) => word.toLowerCase().split(/[^\p{L}\p{N}]+/u))].filter((word) => word.length >= 4);
  const longestFirst = words.toSorted((a, b) => b.length - a.length);
  return [text, plainLetters(text)].some((each) => isWords(each, longestFirst)) ? 'too_obvious' : null;
}

/** Whether little is left of it once the known words are gone: that little is all an attacker has to guess. */
function isWords(text: string, words: readonly string[]): boolean {
  const left = withoutRuns(words.reduce((rest, word) => rest.replaceAll(word, ''), text));
  return left.replaceAll(/[^\p{L}]/gu, '').length < 4 && left.length < LEAST_CHARACTERS - 2;
}

/** Without letters and digits that follow each other on a keyboard, in the alphabet or by counting, four and more. */
function withoutRuns(text: string): string {
  const characters = [...text];
  let left = '';
  for (let at = 0; at < characters.length;) {
    let end = at + 1;
    while (end < characters.length && RUNS.some((row) => row.includes(characters.slice(at, end + 1).join('')))) end += 1;
    if (end - at < LEAST_RUN) left += characters.slice(at, (end = at + 1)).join('');
    at = end;
  }
  return left;
}

/** p@ssw0rd is password. */
function plainLetters(text: string): string {
  return text
    .replaceAll(/[@4]/g, 'a')
    .replaceAll('0', 'o')
    .replaceAll(/[1!]/g, 'i')
    .replaceAll('3', 'e')
    .replaceAll(/[$5]/g, 's')
    .replaceAll('7', 't');
}

const ROWS = ['01234567890123', 'abcdefghijklmnopqrstuvwxyz', 'qwertyuiopasdfghjklzxcvbnm', '1qaz2wsx3edc4rfv5tgb6yhn7ujm'];
const RUNS = ROWS.flatMap((row) => [row, [...row].toReversed().join('')]);

/** Words that lists of leaked passwords are made of, here and abroad, and those nearest to hand. */
const OBVIOUS = `
  password passwort passphrase letmein welcome iloveyou admin administrator operator approver login signin qwerty qwertyuiop asdfghjkl zxcvbnm qazwsx
  monkey dragon sunshine princess football baseball superman changeme default secret testtest master shadow trustno whatever starwars computer internet
  hello abcd millrace console company loan money bank finance sandbox woaini aini zhongguo mima beijing shanghai`
  .trim()
  .split(/\s+/);
