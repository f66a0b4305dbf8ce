/** Our own address of a step at a funder: the step's id and a keyed tag of it, so that it can be neither guessed nor made up. */
import type { Vault } from '../ports/vault.ts';
import type { Deps } from './deps.ts';

const TAG_CHARS = 32;

export function linkOf(deps: Pick<Deps, 'vault' | 'publicUrl'>, stepId: string): string {
  return `${deps.publicUrl}/l/${stepId}.${tagOf(deps.vault, stepId)}`;
}

/** The step a token names, or null when it was not made here. */
export function stepOfToken(vault: Vault, token: string): string | null {
  const [stepId = '', tag = ''] = token.split('.');
  return vault.equal(tagOf(vault, stepId), tag) ? stepId : null;
}

function tagOf(vault: Vault, stepId: string): string {
  return vault.tag('step_link', stepId).slice(0, TAG_CHARS);
}
