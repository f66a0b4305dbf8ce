/** What an expression may name, by where it stands. A name that is not there is found when the manifest is loaded, not at the first borrower. */
import type { FieldName } from '../../src/domain/applicant.ts';
import { Assets, EDUCATION, EMPLOYER_TYPE, EMPLOYMENT, PURPOSE } from '../../src/domain/applicant.ts';

export interface Scope {
  /** Fields that the call's `needs` name; null where there is no borrower. */
  readonly needs: readonly FieldName[] | null;
  readonly usedFields: Set<string>;
  readonly params: readonly string[] | null;
  readonly usedParams: Set<string>;
  readonly terms: readonly string[];
  readonly order: boolean;
  readonly reply: boolean;
  /** Words that a field can be, where the list is closed. */
  readonly words?: Readonly<Record<string, readonly string[]>>;
}

export const TERMS = ['amount', 'term_months', 'offer_ref'] as const;
export const FIELD_WORDS = { employment: EMPLOYMENT, employer_type: EMPLOYER_TYPE, education: EDUCATION, purpose: PURPOSE } as const;
const MEMBERS: Readonly<Record<string, readonly string[]>> = { assets: Object.keys(Assets.shape), bank_card: ['number', 'phone'] };
const INHERITED = ['__proto__', 'constructor', 'prototype'];

/** Why that cannot be named here, or null. */
export function checkAccess(word: string, name: unknown, scope: Scope): string | null {
  if (typeof name !== 'string' || name === '') return `${word} takes a name as a plain text`;
  switch (word) {
    case 'field':
      return checkField(name, scope);
    case 'param':
      scope.usedParams.add(name);
      if (scope.params === null) return 'there is no parameter here';
      return scope.params.includes(name) ? null : `params does not name ${shown(name)}`;
    case 'attempt':
      return scope.order ? oneOf(name, ['ref', 'funder_ref']) : 'there is no order here';
    case 'call':
      return scope.order ? oneOf(name, ['now_ms', 'nonce', 'callback_url']) : 'there is no call here';
    case 'terms':
      return scope.terms.length === 0 ? 'there are no terms here' : oneOf(name, scope.terms);
    default:
      return scope.reply ? checkPath(name) : 'there is no reply here';
  }
}

/** Why a path of members cannot be, or null. */
export function checkPath(path: string): string | null {
  const parts = path.split('.');
  return parts.includes('') || parts.length > 8 || parts.some((part) => INHERITED.includes(part)) ? 'is not the path of a member' : null;
}

function checkField(name: string, { needs, usedFields }: Scope): string | null {
  const [field = '', member, ...more] = name.split('.');
  if (needs === null) return 'no field of the borrower is handed over here';
  if (!(needs as readonly string[]).includes(field)) return `needs does not name ${shown(field)}`;
  usedFields.add(field);
  if (field === 'id_photos') return 'photos cannot be sent by a declared protocol';
  const members = MEMBERS[field];
  if (members === undefined) return member === undefined ? null : `${field} has no members`;
  if (member === undefined || more.length > 0) return `name one member of ${field}: ${members.join(', ')}`;
  return oneOf(member, members);
}

function oneOf(name: string, names: readonly string[]): string | null {
  return names.includes(name) ? null : `must be one of ${names.join(', ')}`;
}

function shown(name: string): string {
  return name.slice(0, 40);
}
