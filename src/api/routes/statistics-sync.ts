import { createRoute, OpenAPIHono, z } from '@hono/zod-openapi';
import { limits } from '../../schemas/common.ts';
import { syncRun } from '../../schemas/readings.ts';
import { syncAccepted, syncRequest, syncStatus } from '../../schemas/statistics.ts';
import { isoFromInstant } from '../../units/instant.ts';
import { ManualRun } from '../answers/manual-run.ts';
import { earliestUs, readRange } from '../answers/ranges.ts';
import { requireTracked } from '../answers/subjects.ts';
import type { Administrators } from '../http/administrators.ts';
import type { ApiDeps, ApiEnv } from '../http/deps.ts';
import { administratorsOnly } from '../http/guard.ts';
import { fromStore, HttpProblem, onValidated } from '../http/problems.ts';
import { isoOrNull, syncRow } from '../http/wire.ts';
import { body, json, problems } from './answers.ts';

const start = createRoute({
  method: 'post',
  path: '/api/statistics/sync',
  tags: ['Statistics'],
  summary: 'Fetch Home Assistant’s statistics once more',
  description:
    'Whatever is stored already; of every tracked entity and as far back as there are rows when nothing is named. Answers at once; the run is at /api/statistics/sync/{sync_id}. It happens by itself for new entities and once a day. One at a time: the same again answers the run that is at work, something else 409. For administrators.',
  request: { body: { ...body(syncRequest), required: false } },
  responses: { 202: json(syncAccepted, 'Accepted'), ...problems(400, 403, 409) },
});

const one = createRoute({
  method: 'get',
  path: '/api/statistics/sync/{sync_id}',
  tags: ['Statistics'],
  summary: 'How far a run is',
  request: { params: z.object({ sync_id: z.string().min(1).max(64) }) },
  responses: { 200: json(syncRun, 'The run'), ...problems(404, 503) },
});

const status = createRoute({
  method: 'get',
  path: '/api/statistics/sync-status',
  tags: ['Statistics'],
  summary: 'What was fetched of each tracked entity',
  responses: { 200: json(syncStatus, 'By entity'), ...problems(503) },
});

export function statisticsSyncRoutes(deps: ApiDeps, administrators: Administrators) {
  const { home, clock, ledger, stores, syncLog } = deps;
  const { history } = ledger;
  const runs = new ManualRun((syncId) => history.running(syncId));
  const app = new OpenAPIHono<ApiEnv>({ defaultHook: onValidated });
  app.on('POST', '/api/statistics/sync', administratorsOnly(administrators));
  return app
    .openapi(start, (c) => {
      const asked = c.req.valid('json');
      requireTracked(home, asked.entity_ids);
      const isBounded = asked.start_time !== undefined || asked.end_time !== undefined;
      const range = readRange({
        asked,
        zone: ledger.views.zone(),
        nowUs: clock.nowUs(),
        longestDays: limits.spanDays.year,
        defaults: { endUs: clock.nowUs(), startUs: () => earliestUs },
      });
      const { entity_ids: entityIds, period, start_time: start, end_time: end } = asked;
      const [startUs, endUs] = isBounded ? [range.startUs, range.endUs] : [undefined, undefined];
      const syncId = runs.start({ entityIds, period, start, end }, () =>
        history.request(entityIds, startUs, endUs, period),
      );
      return c.json({ sync_id: syncId }, 202);
    })
    .openapi(status, async (c) => {
      const entities = await fromStore(stores, 'questdb', () => history.entitySyncs());
      return c.json(
        {
          entities: entities.map((entity) => ({
            entity_id: entity.entityId,
            last_sync: isoOrNull(entity.lastSyncUs),
            records_count_24h: entity.rowsInLastDay,
            recent_syncs: entity.syncs.map((sync) => ({
              type: sync.period,
              timestamp: isoFromInstant(sync.atUs),
              records: sync.rows,
              status: sync.status,
            })),
          })),
          total_tracked: entities.length,
        },
        200,
      );
    })
    .openapi(one, async (c) => {
      const { sync_id: syncId } = c.req.valid('param');
      const run = history.running(syncId) ?? (await fromStore(stores, 'mongodb', () => syncLog.find(syncId)));
      if (run === null) throw new HttpProblem(404, { detail: 'There is no such run.', field: 'sync_id' });
      return c.json(syncRow(run), 200);
    });
}
