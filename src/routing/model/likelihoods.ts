import type { Facts } from '../../domain/applicant.ts';
import { invariant } from '../../domain/failures.ts';
import type { Funder } from '../../domain/funder.ts';
import type { Likelihood } from '../../domain/plan.ts';
import type { Likelihoods } from '../../ports/desk.ts';
import { APPLICANT_SCHEMA, levelCodeOf, levelsOfFunder } from './applicant-features.ts';
import { encodeCode } from './level-code.ts';
import type { Model } from './model.ts';
import { betaOf, predictor } from './predict.ts';
import type { Asked, Prediction } from './predict.ts';
import { encodeKind } from './schema.ts';

/**
 * The model as routing sees it at `nowMs`, for applications with our own facts and these funders. The shared part is kept for the facts
 * asked last, so asking every funder about one application computes it once. Throws InvariantError for a funder not on the desk.
 */
export function modelLikelihoods(model: Model, funders: ReadonlyMap<string, Funder>, nowMs: number): Pick<Likelihoods, 'predict'> {
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
    predict(funderId, facts) {
      const who = asked.get(funderId);
      invariant(who !== undefined, 'likelihood asked for a funder that is not on the desk');
      if (of === null || last !== facts) {
        of = predictor(model, encodeCode(model.schema, levelCodeOf(facts))!, nowMs);
        last = facts;
      }
      return short(betaOf(of(who)));
    },
  };
}

/** Four decimals: a plan is stored with a likelihood for every funder, and is made again from what is stored. */
function short({ alpha, beta }: Likelihood): Likelihood {
  return { alpha: Math.max(1, Math.round(alpha * 1e4)) / 1e4, beta: Math.max(1, Math.round(beta * 1e4)) / 1e4 };
}
