/** The cases of a new funder: how the protocol goes, and the whole vocabulary of how it goes wrong. Signatures are the double's business. */
import { callCases, callbackCases, orderCases } from './case-calls.ts';
import { oddCallbacks, oddReplies, refusals } from './case-faults.ts';
import type { CaseFiles } from './case-parts.ts';
import type { Choices } from './choices.ts';

/** By path below the adapter's folder. */
export function caseFiles(choices: Choices): CaseFiles {
  return {
    'cases/world.json': { secrets: { sign_key: `canary-${choices.id}-sign-key` }, params: { app_id: 'millrace-test' } },
    ...below('cases/exemplary', { ...callCases(choices.shape), ...orderCases(choices.shape), ...callbackCases() }),
    ...below('cases/supplemental', { ...refusals(), ...oddReplies(choices.shape), ...oddCallbacks() }),
  };
}

function below(folder: string, cases: CaseFiles): CaseFiles {
  return Object.fromEntries(Object.entries(cases).map(([name, value]) => [`${folder}/${name}.json`, value]));
}
