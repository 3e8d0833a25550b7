import type { OpenAPIHono } from '@hono/zod-openapi';
import { readPreferences } from '../../home/preferences.ts';
import { type AnswerOf, route } from '../../schemas/calls.ts';
import type { CurrentStates } from '../answers/current-states.ts';
import type { Administrators } from '../http/administrators.ts';
import type { ApiDeps, ApiEnv } from '../http/deps.ts';
import { fromStore, HttpProblem } from '../http/problems.ts';
import { entityRow } from '../http/wire.ts';

/** Another Home Assistant is tried first, and may take its time. */
const changeWithinMs = 40_000;

export function settingsRoutes(
  app: OpenAPIHono<ApiEnv>,
  deps: ApiDeps,
  administrators: Administrators,
  currentStates: CurrentStates,
) {
  const { home, connection, stores } = deps;
  app
    .openapi(route('GET /api/settings'), async (c) => {
      const permission = await administrators.mayChange(c.get('access'));
      return c.json(settingsAnswer(deps, permission.kind === 'allowed'), 200);
    })
    .openapi(route('POST /api/settings/home-assistant'), async (c) => {
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
    .openapi(route('POST /api/settings/test-connection'), async (c) =>
      c.json(await testConnection(deps), 200),
    )
    .openapi(route('POST /api/settings/discover-entities'), async (c) => {
      const found = await home.discover();
      const states = await currentStates.all();
      const entities = found.map((one) => entityRow(one, states.get(one.entityId)));
      return c.json({ discovered: entities.length, entities }, 200);
    })
    .openapi(route('POST /api/settings/tracked-entities'), async (c) => {
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

async function testConnection({
  homeAssistant,
  log,
}: ApiDeps): Promise<AnswerOf<'POST /api/settings/test-connection'>> {
  try {
    const [config, preferences] = await Promise.all([
      homeAssistant.config(),
      homeAssistant.energyPreferences(),
    ]);
    return {
      connected: true,
      version: config.version,
      energy_sources: preferences === null ? null : readPreferences(preferences).sourceCount,
      error: null,
    };
  } catch (error) {
    log.info({ err: error }, 'The connection test failed');
    const status = homeAssistant.status();
    const why =
      status.kind === 'not_configured'
        ? 'No Home Assistant is set yet: give its address and an access token.'
        : 'error' in status && status.error !== null
          ? status.error
          : 'Home Assistant does not answer.';
    return { connected: false, version: null, energy_sources: null, error: why };
  }
}

function settingsAnswer(
  { home, homeAssistant, connection, stores }: ApiDeps,
  mayChange: boolean,
): AnswerOf<'GET /api/settings'> {
  const config = home.config();
  return {
    settings: {
      home_assistant_url: connection.url(),
      token_set: connection.isTokenSet(),
      source: connection.source(),
      time_zone: config?.timeZone ?? null,
      currency: config?.currency ?? null,
      language: config?.language ?? null,
      may_change: mayChange,
    },
    ha_connected: homeAssistant.status().kind === 'connected',
    databases: { mongodb: stores.mongodb().isOk, questdb: stores.questdb().isOk },
  };
}
