import { createRoute, OpenAPIHono } from '@hono/zod-openapi';
import { tolerance } from '../../integrity/detectors/hours-differ.ts';
import { jobsLimit, nightlySpanUs } from '../../integrity/reconciliation/reconciler.ts';
import { withDeadline } from '../../runtime/deadline.ts';
import { limits } from '../../schemas/common.ts';
import { backfillStarted } from '../../schemas/readings.ts';
import { type Reconciliation, reconciliation, reconciliationRequest } from '../../schemas/tickets.ts';
import { valueFromMicro } from '../../units/amount.ts';
import { isoFromInstant } from '../../units/instant.ts';
import { readRange } from '../answers/ranges.ts';
import { requireTracked } from '../answers/subjects.ts';
import type { Administrators } from '../http/administrators.ts';
import type { ApiDeps, ApiEnv } from '../http/deps.ts';
import { administratorsOnly } from '../http/guard.ts';
import { HttpProblem, onValidated } from '../http/problems.ts';
import { isoOrNull } from '../http/wire.ts';
import { json, problems } from './answers.ts';

const tags = ['Integrity'];

const get = createRoute({
  method: 'get',
  path: '/api/reconciliation',
  tags,
  summary: 'When was held against Home Assistant, and what the next night looks at',
  responses: { 200: json(reconciliation, 'Reconciliation') },
});

const start = createRoute({
  method: 'post',
  path: '/api/reconciliation',
  tags,
  summary: 'Hold what is recorded against Home Assistant now',
  description: `Of every tracked entity and the last ten days when nothing is named; at most ${limits.ledgerDays} days. Answers at once; the run is at /api/syncs/{sync_id}. At most ${jobsLimit} wait; one more is 409. It happens by itself every hour for the last hours and at two in the night for the last ten days. For administrators.`,
  request: { body: { required: false, content: { 'application/json': { schema: reconciliationRequest } } } },
  responses: { 202: json(backfillStarted, 'Accepted'), ...problems(400, 403, 409) },
});

const planWithinMs = 3000;

export function reconciliationRoutes(deps: ApiDeps, administrators: Administrators) {
  const { home, clock, log, integrity, ledger } = deps;
  const { reconciler } = integrity;

  /** Null while it is not known: the store that says what was proven may be away. */
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
      log.debug({ err: error }, 'What the next night looks at is not known');
      return null;
    }
  };

  const app = new OpenAPIHono<ApiEnv>({ defaultHook: onValidated });
  app.on('POST', ['/api/reconciliation'], administratorsOnly(administrators));
  return app
    .openapi(get, async (c) => {
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
    .openapi(start, (c) => {
      const asked = c.req.valid('json');
      requireTracked(home, asked.entity_ids);
      const { startUs, endUs } = readRange({
        asked,
        zone: ledger.views.zone(),
        nowUs: clock.nowUs(),
        longestDays: limits.ledgerDays,
        defaults: { endUs: clock.nowUs(), startUs: (rangeEndUs) => rangeEndUs - nightlySpanUs },
      });
      const syncId = reconciler.request(startUs, endUs, asked.entity_ids);
      if (syncId === null)
        throw new HttpProblem(409, {
          detail: `${jobsLimit} checks wait already; start again when one of them is done.`,
        });
      return c.json({ sync_id: syncId }, 202);
    });
}
