/** What a change does, in sentences: for its author before it is proposed, and for whoever is to approve it. */
import type { Lang } from '../language-kept.ts';
import { yuan } from '../language.tsx';
import { volumeOf, volumeWords } from './cap-words.ts';
import { fieldAt, KIND_WORDS, type Unit } from './fields.ts';
import type { Difference } from './records.ts';
import { ruleWords } from './rule-words.ts';

/** `nameOf` says the name of a funder or policy by its id, or the id. */
export type NameOf = (id: string) => string;

export function differenceWords(kind: string, difference: Difference, nameOf: NameOf, lang: Lang): string {
  const { pointer, change, from, to } = difference;
  if (pointer === '') return wholeWords(kind, change, lang);
  const found = fieldAt(kind, pointer);
  const name = fieldName(kind, pointer, nameOf, lang);
  const say = (value: unknown): string => valueWords(kind, pointer, value, nameOf, lang);
  // A weight that is not written down is 1.
  if (kind === 'policy' && pointer.startsWith('/weights/')) return moved(name, from ?? 1, to ?? 1, String, lang);
  if (change === 'added') return lang === 'zh' ? `新增${name}：${say(to)}` : `${name} is added: ${say(to)}`;
  if (change === 'removed') return lang === 'zh' ? `去掉${name}（原为 ${say(from)}）` : `${name} is removed (it was ${say(from)})`;
  if (found?.field.unit === 'rule') return lang === 'zh' ? `${name}由“${say(from)}”改为“${say(to)}”` : `${name}: “${say(from)}” becomes “${say(to)}”`;
  return moved(name, from, to, say, lang);
}

/** What a field is called, such as 长河银行的权重. */
export function fieldName(kind: string, pointer: string, nameOf: NameOf, lang: Lang): string {
  const found = fieldAt(kind, pointer);
  return found === undefined ? pointer : found.field.words[lang].replace('{}', found.within === null ? '' : nameOf(found.within));
}

/** A value as a person says it: with its unit, its list word, its rule as a sentence. */
export function valueWords(kind: string, pointer: string, value: unknown, nameOf: NameOf, lang: Lang): string {
  const field = fieldAt(kind, pointer)?.field;
  if (value === undefined || value === null) return lang === 'zh' ? '无' : 'none';
  if (typeof value === 'string') return field?.values?.[value]?.[lang] ?? (value === '' ? (lang === 'zh' ? '空' : 'empty') : nameOf(value));
  if (typeof value === 'number') return numberWords(value, field?.unit ?? 'plain', lang);
  if (field?.unit === 'rule') return ruleWords(value, lang);
  if (field?.unit === 'hours' && Array.isArray(value)) return `${String(value[0])}–${String(value[1])}${lang === 'zh' ? ' 点' : ' h'}`;
  if (Array.isArray(value)) {
    const items = value.map((item) =>
      typeof item === 'object' ? membersWords(kind, pointer, item as object, nameOf, lang) : valueWords(kind, pointer, item, nameOf, lang),
    );
    return items.length === 0 ? (lang === 'zh' ? '无' : 'none') : items.join(lang === 'zh' ? '、' : ', ');
  }
  return typeof value === 'object' ? membersWords(kind, pointer, value, nameOf, lang) : yesNo(value, lang);
}

function membersWords(kind: string, pointer: string, value: object, nameOf: NameOf, lang: Lang): string {
  const volume = volumeOf(value);
  if (volume !== null) return volumeWords(volume.volume, volume.amount, lang);
  const members = Object.entries(value).map(([name, member]) => {
    const below = `${pointer}/${name}`;
    const words = fieldAt(kind, below) === undefined ? name : fieldName(kind, below, nameOf, lang);
    return `${words} ${valueWords(kind, below, member, nameOf, lang)}`;
  });
  return members.length === 0 ? (lang === 'zh' ? '无' : 'none') : members.join(lang === 'zh' ? '，' : ', ');
}

function moved(name: string, from: unknown, to: unknown, say: (value: unknown) => string, lang: Lang): string {
  const [was, is] = [say(from), say(to)];
  const way = typeof from === 'number' && typeof to === 'number' ? Math.sign(to - from) : 0;
  if (lang === 'zh') return `${name}由 ${was} ${way > 0 ? '调高到' : way < 0 ? '调低到' : '改为'} ${is}`;
  return `${name}: ${way > 0 ? 'raised' : way < 0 ? 'lowered' : 'changed'} from ${was} to ${is}`;
}

function wholeWords(kind: string, change: Difference['change'], lang: Lang): string {
  const what = KIND_WORDS[kind]?.[lang] ?? kind;
  if (change === 'added') return lang === 'zh' ? `新建${what}` : `${what} is new`;
  return lang === 'zh' ? `停用${what}` : `${what} is taken out of force`;
}

function yesNo(value: unknown, lang: Lang): string {
  if (value === true) return lang === 'zh' ? '是' : 'yes';
  return value === false ? (lang === 'zh' ? '否' : 'no') : String(value);
}

function numberWords(value: number, unit: Unit, lang: Lang): string {
  switch (unit) {
    case 'fen':
      return yuan(value);
    case 'share':
      return `${trimmed(value * 100)}%`;
    case 'bps':
      return `${trimmed(value / 100)}%`;
    case 's':
      return secondsWords(value, lang);
    case 'ms':
      return value < 1_000 ? `${value} ms` : secondsWords(value / 1_000, lang);
    case 'days':
      return lang === 'zh' ? `${value} 天` : `${value} days`;
    case 'months':
      return lang === 'zh' ? `${value} 个月` : `${value} months`;
    default:
      return value.toLocaleString('en-US', { maximumFractionDigits: 6 });
  }
}

const SPANS: readonly (readonly [number, string, string])[] = [
  [86_400, '天', 'days'],
  [3_600, '小时', 'h'],
  [60, '分钟', 'min'],
];

/** The largest unit that leaves no fraction. */
export function secondsWords(seconds: number, lang: Lang): string {
  const span = SPANS.find(([size]) => seconds >= size && seconds % size === 0);
  if (span === undefined) return lang === 'zh' ? `${trimmed(seconds)} 秒` : `${trimmed(seconds)} s`;
  return `${seconds / span[0]} ${lang === 'zh' ? span[1] : span[2]}`;
}

function trimmed(value: number): string {
  return String(Math.round(value * 1e4) / 1e4);
}
