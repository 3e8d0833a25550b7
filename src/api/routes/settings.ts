import { createRoute, OpenAPIHono, type z } from '@hono/zod-openapi';
import { readPreferences } from '../../home/preferences.ts';
import type { entity } from '../../schemas/entities.ts';
import {
  connectionTest,
  discoveryResult,
  homeAssistantSettings,
  settings,
  trackedEntities,
  trackedEntitiesResult,
} from '../../schemas/settings.ts';
import type { CurrentStates } from '../answers/current-states.ts';
import type { Administrators } from '../http/administrators.ts';
import type { ApiDeps, ApiEnv } from '../http/deps.ts';
import { administratorsOnly } from '../http/guard.ts';
import { fromStore, HttpProblem, onValidated } from '../http/problems.ts';
import { entityRow } from '../http/wire.ts';
import { body, json, problems } from './answers.ts';

const get = createRoute({
  method: 'get',
  path: '/api/settings',
  tags: ['Settings'],
  summary: 'Settings and connections',
  responses: { 200: json(settings, 'Settings; a token is never among them') },
});

const saveHomeAssistant = createRoute({
  method: 'post',
  path: '/api/settings/home-assistant',
  tags: ['Settings'],
  summary: 'Use another Home Assistant',
  description:
    'Tried before it is saved; takes effect without a restart. Not under the Supervisor, which says itself where Home Assistant is. For administrators.',
  request: { body: body(homeAssistantSettings) },
  responses: {
    200: json(connectionTest, 'Tried, saved and in use'),
    ...problems(400, 403, 409, 503),
  },
});

const testConnection = createRoute({
  method: 'post',
  path: '/api/settings/test-connection',
  tags: ['Settings'],
  summary: 'Ask Home Assistant for its version and energy preferences',
  responses: { 200: json(connectionTest, 'What came of it; `error` says why not'), ...problems(403) },
});

const discoverEntities = createRoute({
  method: 'post',
  path: '/api/settings/discover-entities',
  tags: ['Entities'],
  summary: 'Look for energy entities now',
  description:
    'By the energy preferences first, then device class, unit and words of the id. It also happens by itself: after each connect, when Home Assistant’s registries change, and every five minutes.',
  responses: { 200: json(discoveryResult, 'What was found'), ...problems(403, 503) },
});

const trackEntities = createRoute({
  method: 'post',
  path: '/api/settings/tracked-entities',
  tags: ['Entities'],
  summary: 'Choose what is recorded',
  description:
    'Exactly these are tracked afterwards; unknown ids are refused and then nothing changes. For administrators.',
  request: { body: body(trackedEntities) },
  responses: { 200: json(trackedEntitiesResult, 'Tracked from now on'), ...problems(400, 403, 503) },
});

/** Another Home Assistant is tried first, and may take its time. */
const changeWithinMs = 40_000;

export function settingsRoutes(deps: ApiDeps, administrators: Administrators, currentStates: CurrentStates) {
  const { home, homeAssistant, connection, stores } = deps;
  const app = new OpenAPIHono<ApiEnv>({ defaultHook: onValidated });
  app.on('POST', ['/api/settings/*'], administratorsOnly(administrators));
  return app
    .openapi(get, async (c) => {
      const config = home.config();
      const permission = await administrators.mayChange(c.get('access'));
      const answer: z.infer<typeof settings> = {
        settings: {
          home_assistant_url: connection.url(),
          token_set: connection.isTokenSet(),
          source: connection.source(),
          time_zone: config?.timeZone ?? null,
          currency: config?.currency ?? null,
          language: config?.language ?? null,
          may_change: permission.kind === 'allowed',
        },
        ha_connected: homeAssistant.status().kind === 'connected',
        databases: { mongodb: stores.mongodb().isOk, questdb: stores.questdb().isOk },
      };
      return c.json(answer, 200);
    })
    .openapi(saveHomeAssistant, async (c) => {
      const target = c.req.valid('json');
      const outcome = await fromStore(stores, 'mongodb', () => connection.change(target), changeWithinMs);
      switch (outcome.kind) {
        case 'under_supervisor':
          throw new HttpProblem(409, {
            detail: 'The Supervisor says where Home Assistant is; there is nothing to set here.',
          });
        case 'failed':
          throw new HttpProblem(400, {
            detail: outcome.error,
            field: 'url, token',
            expected: 'an address at which Home Assistant answers, and an access token that it accepts',
          });
        case 'changed':
          return c.json(
            {
              connected: true,
              version: outcome.trial.version,
              energy_sources: outcome.trial.energySources,
              error: null,
            },
            200,
          );
      }
    })
    .openapi(testConnection, async (c) => {
      try {
        const [config, preferences] = await Promise.all([
          homeAssistant.config(),
          homeAssistant.energyPreferences(),
        ]);
        return c.json(
          {
            connected: true,
            version: config.version,
            energy_sources: preferences === null ? null : readPreferences(preferences).sourceCount,
            error: null,
          },
          200,
        );
      } catch (error) {
        deps.log.info({ err: error }, 'The connection test failed');
        const status = homeAssistant.status();
        const why =
          status.kind === 'not_configured'
            ? 'No Home Assistant is set yet: give its address and an access token.'
            : 'error' in status && status.error !== null
              ? status.error
              : 'Home Assistant does not answer.';
        return c.json({ connected: false, version: null, energy_sources: null, error: why }, 200);
      }
    })
    .openapi(discoverEntities, async (c) => {
      const found = await home.discover();
      const states = await currentStates.all();
      const entities = found.map((one) => entityRow(one, states.get(one.entityId)));
      return c.json(
        { discovered: entities.length, entities } satisfies {
          discovered: number;
          entities: z.infer<typeof entity>[];
        },
        200,
      );
    })
    .openapi(trackEntities, async (c) => {
      const { entity_ids: entityIds } = c.req.valid('json');
      const outcome = await fromStore(stores, 'mongodb', () => home.setTracked(entityIds));
      if (outcome.kind === 'unknown_entities')
        throw new HttpProblem(400, {
          detail: `Not known: ${outcome.entityIds.slice(0, 10).join(', ')}. Nothing was changed.`,
          field: 'entity_ids',
          expected: 'ids of entities that /api/entities/cached lists',
        });
      return c.json({ entity_ids: [...outcome.entityIds], count: outcome.entityIds.length }, 200);
    });
}
