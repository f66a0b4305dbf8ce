/** Effect -> what carries it out. */
import { unreachable } from '../domain/failures.ts';
import { precheckFunder, submitToFunder } from './ask-funder.ts';
import { deliverWebhook } from './deliver-webhook.ts';
import type { Deps } from './deps.ts';
import { drawLoan } from './draw-loan.ts';
import type { Effect } from './effects.ts';
import { lendQuota } from './lend-quota.ts';
import { cancelAttempt, queryAttempt } from './query-attempt.ts';
import { processCallback } from './receive-callback.ts';
import { refreshLoan, sendRepayment } from './repay-loan.ts';

function carryOut(deps: Deps, effect: Effect): Promise<void> {
  switch (effect.kind) {
    case 'precheck':
      return precheckFunder(deps, effect.attemptId, effect.receiptId);
    case 'submit':
      return submitToFunder(deps, effect.attemptId, effect.receiptId, effect.carry);
    case 'query':
      return queryAttempt(deps, effect.attemptId);
    case 'cancel':
      return cancelAttempt(deps, effect.attemptId);
    case 'draw':
      return drawLoan(deps, effect.loanId);
    case 'refresh_loan':
      return refreshLoan(deps, effect.loanId);
    case 'repay':
      return sendRepayment(deps, effect.repaymentId);
    case 'lease':
      return lendQuota(deps, effect.attemptId, effect.wants);
    case 'callback':
      return processCallback(deps, effect.callbackId);
    case 'deliver':
      return deliverWebhook(deps, effect.deliveryId, effect.carry);
    default:
      return unreachable(effect);
  }
}

/** Runs effects beside each other and keeps count, so that a stop can wait for them. A failure is logged; its timer will take it up. */
export function createActor(depsOf: () => Deps): { act(effect: Effect): void; readonly running: number; idle(): Promise<void> } {
  const running = new Set<Promise<void>>();
  return {
    act(effect) {
      const deps = depsOf();
      const work: Promise<void> = carryOut(deps, effect)
        .catch((error: unknown) => deps.log.error('effect.failed', { effect: effect.kind, error: error instanceof Error ? error.name : 'unknown' }))
        .finally(() => running.delete(work));
      running.add(work);
    },
    get running() {
      return running.size;
    },
    async idle() {
      while (running.size > 0) await Promise.all(running);
    },
  };
}
