import type { Facts } from '../../domain/applicant.ts';
import { invariant } from '../../domain/failures.ts';
import type { Funder } from '../../domain/funder.ts';
import type { Likelihood } from '../../domain/plan.ts';
import { APPLICANT_SCHEMA, levelsOfFacts, levelsOfFunder } from './applicant-features.ts';
import type { Model } from './model.ts';
import { betaOf, predictor } from './predict.ts';
import type { Asked, Prediction } from './predict.ts';
import { encode, encodeKind } from './schema.ts';

/** What routing asks of any learner, as in routing/likelihood.ts. */
export interface ModelLikelihoods {
  predict(funderId: string, facts: Facts): Likelihood;
  readonly version: number;
}

/**
 * The model as routing sees it at `nowMs`, for applications with our own facts and these funders. The shared part is kept for the facts
 * asked last, so asking every funder about one application computes it once. Throws InvariantError for a funder not on the desk.
 */
export function modelLikelihoods(model: Model, funders: ReadonlyMap<string, Funder>, nowMs: number): ModelLikelihoods {
  invariant(model.schema.print === APPLICANT_SCHEMA.print, 'likelihood model is not for our applications');
  const asked = new Map<string, Asked>();
  const kinds = new Map<string, Int32Array>();
  for (const [funderId, funder] of funders) {
    const levels = levelsOfFunder(funder);
    const kind = kinds.get(levels.join()) ?? encodeKind(model.schema, levels);
    kinds.set(levels.join(), kind);
    asked.set(funderId, { funderId, kind });
  }
  let last: Facts | null = null;
  let of: ((asked: Asked) => Prediction) | null = null;
  return {
    version: model.version,
    predict(funderId, facts) {
      const who = asked.get(funderId);
      invariant(who !== undefined, 'likelihood asked for a funder that is not on the desk');
      if (of === null || last !== facts) {
        of = predictor(model, encode(model.schema, levelsOfFacts(facts)), nowMs);
        last = facts;
      }
      return betaOf(of(who));
    },
  };
}
