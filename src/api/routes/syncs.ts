import { createRoute, OpenAPIHono, z } from '@hono/zod-openapi';
import { syncRun, syncRuns } from '../../schemas/readings.ts';
import type { ApiDeps, ApiEnv } from '../http/deps.ts';
import { fromStore, HttpProblem, onValidated } from '../http/problems.ts';
import { syncRow } from '../http/wire.ts';
import { json, problems } from './answers.ts';

const list = createRoute({
  method: 'get',
  path: '/api/syncs',
  tags: ['Readings'],
  summary: 'Back-fills, imports of the past and reconciliations, and what they changed; the newest first',
  request: { query: z.object({ limit: z.coerce.number().int().min(1).max(500).default(50) }) },
  responses: { 200: json(syncRuns, 'Runs'), ...problems(400, 503) },
});

const one = createRoute({
  method: 'get',
  path: '/api/syncs/{sync_id}',
  tags: ['Readings'],
  summary: 'One run',
  request: { params: z.object({ sync_id: z.string().min(1).max(64) }) },
  responses: { 200: json(syncRun, 'The run'), ...problems(404, 503) },
});

export function syncRoutes({ syncLog, backfill, ledger, integrity, stores }: ApiDeps) {
  return new OpenAPIHono<ApiEnv>({ defaultHook: onValidated })
    .openapi(list, async (c) => {
      const { limit } = c.req.valid('query');
      const runs = await fromStore(stores, 'mongodb', () => syncLog.recent(limit));
      return c.json({ syncs: runs.map(syncRow), count: runs.length }, 200);
    })
    .openapi(one, async (c) => {
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
