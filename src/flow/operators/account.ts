/** What the desk keeps of an operator, sealed and opened. */
import { normaliseEmail } from '../../domain/operator.ts';
import type { Role } from '../../domain/desk.ts';
import type { OperatorAccountRow, OperatorRow } from '../../store/index.ts';
import type { Deps } from '../deps.ts';

export interface Person {
  readonly email: string;
  readonly name: string;
}
/** As an operator is told about. */
export interface OperatorView extends Person {
  readonly id: string;
  readonly role: Role;
}

type Keyed = Pick<Deps, 'vault'>;
const decoder = new TextDecoder();

export function emailIndex({ vault }: Keyed, email: string): string {
  return vault.blindIndex('operator', `email/${normaliseEmail(email)}`);
}

/** A text sealed for one place of one operator's account. */
export function sealFor({ vault }: Keyed, operatorId: string, field: 'person' | 'password' | 'totp', text: string): Buffer {
  return vault.serviceKey.seal(`operator_accounts/${operatorId}/${field}`, text) as Buffer;
}

export function openFor({ vault }: Keyed, operatorId: string, field: 'person' | 'password' | 'totp', sealed: Uint8Array): string {
  return decoder.decode(vault.serviceKey.open(`operator_accounts/${operatorId}/${field}`, sealed));
}

/** The account of somebody who has no password yet. */
export function newAccount(deps: Keyed, operatorId: string, person: Person): OperatorAccountRow {
  return {
    operatorId,
    emailIndex: emailIndex(deps, person.email),
    personSealed: sealFor(deps, operatorId, 'person', JSON.stringify({ email: normaliseEmail(person.email), name: person.name })),
    passwordSealed: null,
    totpSealed: null,
    totpStep: 0,
  };
}

export function personOfAccount(deps: Keyed, account: Pick<OperatorAccountRow, 'operatorId' | 'personSealed'>): Person {
  return JSON.parse(openFor(deps, account.operatorId, 'person', account.personSealed)) as Person;
}

/** The desk alone has accounts: elsewhere there is nothing to show. */
export function operatorView(deps: Pick<Deps, 'vault' | 'store'>, operator: OperatorRow): OperatorView {
  const account = deps.store.operators.account(operator.id);
  const { email, name } = account === undefined ? { email: '', name: '' } : personOfAccount(deps, account);
  return { id: operator.id, email, name, role: operator.role };
}
