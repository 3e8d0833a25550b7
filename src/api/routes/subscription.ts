import type { OpenAPIHono } from '@hono/zod-openapi';
import { route } from '../../schemas/calls.ts';
import { ManualRun } from '../answers/manual-run.ts';
import { requireTracked } from '../answers/subjects.ts';
import type { ApiDeps, ApiEnv } from '../http/deps.ts';
import { isoOrNull } from '../http/wire.ts';

export function subscriptionRoutes(app: OpenAPIHono<ApiEnv>, deps: ApiDeps) {
  const { recording, home, homeAssistant, backfill: service } = deps;
  const runs = new ManualRun((syncId) => service.running(syncId));
  app
    .openapi(route('GET /api/subscription/status'), (c) => {
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
    .openapi(route('POST /api/subscription/backfill'), (c) => {
      const request = c.req.valid('json');
      requireTracked(home, request.entity_ids);
      const entityIds = request.entity_ids;
      const syncId = runs.start({ entityIds }, () => service.request(entityIds));
      return c.json({ sync_id: syncId }, 202);
    });
}
