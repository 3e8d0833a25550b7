import { createRoute, OpenAPIHono } from '@hono/zod-openapi';
import { backfillRequest, backfillStarted, subscriptionStatus } from '../../schemas/readings.ts';
import { ManualRun } from '../answers/manual-run.ts';
import { requireTracked } from '../answers/subjects.ts';
import type { Administrators } from '../http/administrators.ts';
import type { ApiDeps, ApiEnv } from '../http/deps.ts';
import { administratorsOnly } from '../http/guard.ts';
import { onValidated } from '../http/problems.ts';
import { isoOrNull } from '../http/wire.ts';
import { json, problems } from './answers.ts';

const get = createRoute({
  method: 'get',
  path: '/api/subscription/status',
  tags: ['Readings'],
  summary: 'How Home Assistant is listened to',
  responses: { 200: json(subscriptionStatus, 'The subscription') },
});

const backfill = createRoute({
  method: 'post',
  path: '/api/subscription/backfill',
  tags: ['Readings'],
  summary: 'Bring in what Home Assistant recorded and we did not hear',
  description:
    'As far back as Home Assistant keeps raw history. Answers at once; the run is at /api/syncs/{sync_id}. One at a time: the same again answers the run that is at work, something else 409. For administrators.',
  request: { body: { required: false, content: { 'application/json': { schema: backfillRequest } } } },
  responses: { 202: json(backfillStarted, 'Started'), ...problems(400, 403, 409) },
});

export function subscriptionRoutes(deps: ApiDeps, administrators: Administrators) {
  const { recording, home, homeAssistant, backfill: service } = deps;
  const runs = new ManualRun((syncId) => service.running(syncId));
  const app = new OpenAPIHono<ApiEnv>({ defaultHook: onValidated });
  app.on('POST', '/api/subscription/backfill', administratorsOnly(administrators));
  return app
    .openapi(get, (c) => {
      const state = recording.subscription();
      return c.json(
        {
          subscription: {
            status: state.status,
            subscribed_at: isoOrNull(state.subscribedAtUs),
            last_event_at: isoOrNull(state.lastEventAtUs),
            reconnect_count: state.reconnectCount,
            error_message: state.errorMessage,
          },
          entities_tracked: home.recorded().length,
          ha_connected: homeAssistant.status().kind === 'connected',
        },
        200,
      );
    })
    .openapi(backfill, (c) => {
      const request = c.req.valid('json');
      requireTracked(home, request.entity_ids);
      const entityIds = request.entity_ids;
      const syncId = runs.start({ entityIds }, () => service.request(entityIds));
      return c.json({ sync_id: syncId }, 202);
    });
}
