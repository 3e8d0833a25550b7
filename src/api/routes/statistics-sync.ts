import type { OpenAPIHono } from '@hono/zod-openapi';
import { route } from '../../schemas/calls.ts';
import { limits } from '../../schemas/common.ts';
import { isoFromInstant } from '../../units/instant.ts';
import { ManualRun } from '../answers/manual-run.ts';
import { always, rangeOf } from '../answers/ranges.ts';
import { requireTracked } from '../answers/subjects.ts';
import type { ApiDeps, ApiEnv } from '../http/deps.ts';
import { fromStore, HttpProblem } from '../http/problems.ts';
import { isoOrNull, syncRow } from '../http/wire.ts';

export function statisticsSyncRoutes(app: OpenAPIHono<ApiEnv>, deps: ApiDeps) {
  const { home, ledger, stores, syncLog } = deps;
  const { history } = ledger;
  const runs = new ManualRun((syncId) => history.running(syncId));
  app
    .openapi(route('POST /api/statistics/sync'), (c) => {
      const asked = c.req.valid('json');
      requireTracked(home, asked.entity_ids);
      const isBounded = asked.start_time !== undefined || asked.end_time !== undefined;
      const range = rangeOf(deps, asked, limits.spanDays.year, always);
      const { entity_ids: entityIds, period, start_time: start, end_time: end } = asked;
      const [startUs, endUs] = isBounded ? [range.startUs, range.endUs] : [undefined, undefined];
      const syncId = runs.start({ entityIds, period, start, end }, () =>
        history.request(entityIds, startUs, endUs, period),
      );
      return c.json({ sync_id: syncId }, 202);
    })
    .openapi(route('GET /api/statistics/sync-status'), async (c) => {
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
    .openapi(route('GET /api/statistics/sync/{sync_id}'), async (c) => {
      const { sync_id: syncId } = c.req.valid('param');
      const run = history.running(syncId) ?? (await fromStore(stores, 'mongodb', () => syncLog.find(syncId)));
      if (run === null) throw new HttpProblem(404, { detail: 'There is no such run.', field: 'sync_id' });
      return c.json(syncRow(run), 200);
    });
}
