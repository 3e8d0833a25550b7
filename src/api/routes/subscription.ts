import { createRoute, OpenAPIHono } from '@hono/zod-openapi';
import { backfillRequest, backfillStarted, subscriptionStatus } from '../../contract/readings.ts';
import type { ApiDeps, ApiEnv } from '../deps.ts';
import { onValidated } from '../problems.ts';
import { requireTracked } from '../subjects.ts';
import { isoOrNull } from '../wire.ts';
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
    'As far back as Home Assistant keeps raw history. Answers at once; the run is at /api/syncs/{sync_id}.',
  request: { body: { required: false, content: { 'application/json': { schema: backfillRequest } } } },
  responses: { 202: json(backfillStarted, 'Started'), ...problems(400, 403) },
});

export function subscriptionRoutes({ recording, home, homeAssistant, backfill: service }: ApiDeps) {
  return new OpenAPIHono<ApiEnv>({ defaultHook: onValidated })
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
      const syncId = service.request(request.entity_ids);
      return c.json({ sync_id: syncId }, 202);
    });
}
