import { createRoute, OpenAPIHono } from '@hono/zod-openapi';
import { backfillRequest, backfillStarted, subscriptionStatus } from '../../contract/readings.ts';
import { instantFromIso } from '../../units/instant.ts';
import type { ApiDeps, ApiEnv } from '../deps.ts';
import { fromStore, HttpProblem, onValidated } from '../problems.ts';
import { readRange } from '../ranges.ts';
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
  description: 'Answers at once; the run is at /api/syncs/{sync_id}.',
  request: { body: { required: false, content: { 'application/json': { schema: backfillRequest } } } },
  responses: { 202: json(backfillStarted, 'Started'), ...problems(400, 403, 503) },
});

/** Longer than Home Assistant keeps raw history by default, and than most people set. */
const longestDays = 400;

export function subscriptionRoutes({ recording, home, homeAssistant, backfill: service, clock }: ApiDeps) {
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
          entities_tracked: home.tracked().length,
          ha_connected: homeAssistant.status().kind === 'connected',
        },
        200,
      );
    })
    .openapi(backfill, async (c) => {
      const request = c.req.valid('json');
      const unknown = request.entity_ids?.filter((id) => home.entity(id)?.isTracked !== true) ?? [];
      if (unknown.length > 0)
        throw new HttpProblem(400, {
          detail: `Not tracked: ${unknown.slice(0, 10).join(', ')}.`,
          field: 'entity_ids',
          expected: 'ids of tracked entities',
        });
      if (request.start_time !== undefined)
        readRange({
          start: { field: 'start_time', text: request.start_time },
          end: { field: 'end_time', text: request.end_time },
          nowUs: clock.nowUs(),
          longestDays,
        });
      const startUs = request.start_time === undefined ? null : instantFromIso(request.start_time);
      const endUs = request.end_time === undefined ? null : instantFromIso(request.end_time);
      const syncId = await fromStore('The document store', async () =>
        service.start({
          ...(request.entity_ids === undefined ? {} : { entityIds: request.entity_ids }),
          ...(startUs === null ? {} : { startUs }),
          ...(endUs === null ? {} : { endUs }),
        }),
      );
      return c.json({ sync_id: syncId }, 202);
    });
}
