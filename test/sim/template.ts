/** The disk that every seed begins with, and the vault over simulated chance. */
import { setSecret } from '../../src/flow/desk/secrets.ts';
import type { Vault } from '../../src/ports/vault.ts';
import { seedSandbox } from '../../src/runtime/sandbox-seed.ts';
import { createVault } from '../../src/runtime/vault.ts';
import { makeTemplate } from './database.ts';
import { createDice, type Dice } from './dice.ts';
import { FUNDER_IDS, funderSecret, START_MS } from './setting.ts';

/** A vault with the one master key of all seeds. */
export function vaultOf(dice: Dice): Vault {
  return createVault({ masterKeys: [{ version: 1, key: new Uint8Array(32).fill(7) }], current: 1 }, (count) => dice.bytes(count));
}

let template: Buffer | null = null;

/** A migrated and seeded database, the same for every seed; made once in a process. */
export function templateBytes(): Buffer {
  if (template !== null) return template;
  const vault = vaultOf(createDice(0, 'template'));
  template = makeTemplate(START_MS, (tx) => {
    // Which funders there are is each seed's own matter.
    seedSandbox(tx, vault, { funders: [], secrets: {} }, START_MS);
    for (const id of FUNDER_IDS) setSecret(tx, vault, id, 'key', funderSecret(id), START_MS);
    setSecret(tx, vault, 'ep_sim', 'current', `whsec_${Buffer.alloc(24, 5).toString('base64')}`, START_MS);
  });
  return template;
}
