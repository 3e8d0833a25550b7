import type { OpenAPIHono } from '@hono/zod-openapi';
import { route } from '../../schemas/calls.ts';
import type { ApiDeps, ApiEnv } from '../http/deps.ts';
import { fromStore, HttpProblem } from '../http/problems.ts';
import { syncRow } from '../http/wire.ts';

export function syncRoutes(
  app: OpenAPIHono<ApiEnv>,
  { syncLog, backfill, ledger, integrity, stores }: ApiDeps,
) {
  app
    .openapi(route('GET /api/syncs'), async (c) => {
      const { limit } = c.req.valid('query');
      const runs = await fromStore(stores, 'mongodb', () => syncLog.recent(limit));
      return c.json({ syncs: runs.map(syncRow), count: runs.length }, 200);
    })
    .openapi(route('GET /api/syncs/{sync_id}'), async (c) => {
      const { sync_id: syncId } = c.req.valid('param');
      // One under way is newer in memory than in the log.
      const run =
        backfill.running(syncId) ??
        ledger.history.running(syncId) ??
        integrity.reconciler.running(syncId) ??
        (await fromStore(stores, 'mongodb', () => syncLog.find(syncId)));
      if (run === null) throw new HttpProblem(404, { detail: 'There is no such run.', field: 'sync_id' });
      return c.json(syncRow(run), 200);
    });
}
