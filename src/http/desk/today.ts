/** What the console's overview and channels show: today against the usual, approvals beside each other, caps, and what channels cost and bring. */
import { Hono } from 'hono';
import { z } from 'zod';
import type { Problem } from '../../domain/failures.ts';
import { enterSpend, listSpend } from '../../flow/desk/enter-spend.ts';
import { showApprovals } from '../../flow/desk/show-approvals.ts';
import { showCaps } from '../../flow/desk/show-caps.ts';
import { showChannels } from '../../flow/desk/show-channels.ts';
import { showToday } from '../../flow/desk/show-today.ts';
import { withRole } from '../auth.ts';
import { json, refuse, type Env, type HttpOptions } from '../context.ts';
import { readAs } from '../read-body.ts';
import { readQuery } from './query.ts';
import { EVERYBODY } from './roles.ts';

const at = z.iso.datetime({ offset: true }).optional();
export const DAYS_QUERY = { from: at, to: at };
interface DaysWish {
  readonly from: string | undefined;
  readonly to: string | undefined;
}
/** A thousand million yuan: more is a slip of the hand. */
const MOST_FEN = 100_000_000_000;
export const SpendBody = z.strictObject({ spend_fen: z.int().min(0).max(MOST_FEN) });

export function todayRoutes({ deps }: HttpOptions): Hono<Env> {
  const app = new Hono<Env>();
  const read = withRole(deps, ...EVERYBODY);
  const byDays = (path: string, show: (wish: DaysWish) => object | Problem): void => {
    app.get(path, read, (c) => {
      const query = readQuery(c, DAYS_QUERY);
      if ('problem' in query) return refuse(c, query);
      const shown = show({ from: query.from, to: query.to });
      return 'problem' in shown ? refuse(c, shown) : json(shown);
    });
  };

  app.get('/v1/desk/today', read, () => json(showToday(deps)));
  app.get('/v1/desk/caps', read, () => json(showCaps(deps)));

  byDays('/v1/desk/approvals', (wish) => showApprovals(deps, wish));
  byDays('/v1/desk/channels', (wish) => showChannels(deps, wish));
  byDays('/v1/desk/spend', (wish) => listSpend(deps, wish));

  app.put('/v1/desk/channels/:id/spend/:day', withRole(deps, 'operator', 'finance'), async (c) => {
    const given = await readAs(c.req.raw, SpendBody);
    if ('problem' in given) return refuse(c, given);
    const entered = await enterSpend(deps, c.get('key').id, c.req.param('id'), c.req.param('day'), given.spend_fen);
    return 'problem' in entered ? refuse(c, entered) : json(entered);
  });

  return app;
}
