import type { OpenAPIHono } from '@hono/zod-openapi';
import { tolerance } from '../../integrity/detectors/hours-differ.ts';
import { jobsLimit, nightlySpanUs } from '../../integrity/reconciliation/reconciler.ts';
import { withDeadline } from '../../runtime/deadline.ts';
import { route } from '../../schemas/calls.ts';
import { limits } from '../../schemas/common.ts';
import type { Reconciliation } from '../../schemas/tickets.ts';
import { valueFromMicro } from '../../units/amount.ts';
import { dayUs } from '../../units/durations.ts';
import { isoFromInstant } from '../../units/instant.ts';
import { lastDays, rangeOf } from '../answers/ranges.ts';
import { requireTracked } from '../answers/subjects.ts';
import type { ApiDeps, ApiEnv } from '../http/deps.ts';
import { HttpProblem } from '../http/problems.ts';
import { isoOrNull } from '../http/wire.ts';

const planWithinMs = 3000;

export function reconciliationRoutes(app: OpenAPIHono<ApiEnv>, deps: ApiDeps) {
  const { home, log, integrity } = deps;
  const { reconciler } = integrity;

  /** Null while the store that knows what was verified is away. */
  const planOf = async (): Promise<Reconciliation['plan']> => {
    try {
      const plan = await withDeadline(reconciler.plan(), planWithinMs, 'The plan of the next night');
      if (plan === null) return null;
      const { startUs, endUs, entities, hours, unverifiedHours } = plan;
      return {
        ...{ start: isoFromInstant(startUs), end: isoFromInstant(endUs) },
        ...{ entities, hours, unproven_hours: unverifiedHours },
      };
    } catch (error) {
      log.debug({ err: error }, 'The plan of the next nightly run is not known');
      return null;
    }
  };

  app
    .openapi(route('GET /api/reconciliation'), async (c) => {
      const status = reconciler.status();
      return c.json(
        {
          last_hourly: isoOrNull(status.lastHourlyUs),
          last_nightly: isoOrNull(status.lastNightlyUs),
          next_hourly: isoFromInstant(status.nextHourlyUs),
          next_nightly: isoOrNull(status.nextNightlyUs),
          running: status.run !== null,
          plan: await planOf(),
          tolerance: { absolute: valueFromMicro(tolerance.absoluteMicro), relative: tolerance.relative },
        },
        200,
      );
    })
    .openapi(route('POST /api/reconciliation'), (c) => {
      const asked = c.req.valid('json');
      requireTracked(home, asked.entity_ids);
      const { startUs, endUs } = rangeOf(deps, asked, limits.ledgerDays, lastDays(nightlySpanUs / dayUs));
      const syncId = reconciler.request(startUs, endUs, asked.entity_ids);
      if (syncId === null)
        throw new HttpProblem(409, {
          detail: `${jobsLimit} checks wait already; start again when one of them is done.`,
        });
      return c.json({ sync_id: syncId }, 202);
    });
}
