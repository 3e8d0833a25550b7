import type { OpenAPIHono } from '@hono/zod-openapi';
import { route } from '../../schemas/calls.ts';
import type { CurrentStates } from '../answers/current-states.ts';
import type { ApiDeps, ApiEnv } from '../http/deps.ts';
import { fromStore } from '../http/problems.ts';
import { cachedEntityRow, entityRow } from '../http/wire.ts';

export function entityRoutes(app: OpenAPIHono<ApiEnv>, deps: ApiDeps, currentStates: CurrentStates) {
  app
    .openapi(route('GET /api/entities/cached'), async (c) => {
      const inMemory = deps.home.entities();
      // The memory is what the store holds, and newer; before the first discovery only the store knows.
      const known =
        inMemory.length > 0
          ? inMemory
          : await fromStore(deps.stores, 'mongodb', () => deps.entityStore.all());
      const entities = known.map(cachedEntityRow);
      return c.json({ entities, count: entities.length }, 200);
    })
    .openapi(route('GET /api/entities'), async (c) => {
      const states = await currentStates.all();
      const entities = deps.home
        .entities()
        .filter((entity) => entity.isActive)
        .map((entity) => entityRow(entity, states.get(entity.entityId)));
      return c.json({ entities, count: entities.length }, 200);
    });
}
