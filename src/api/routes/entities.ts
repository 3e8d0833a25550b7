import { createRoute, OpenAPIHono } from '@hono/zod-openapi';
import { cachedEntityList, entityList } from '../../schemas/entities.ts';
import type { CurrentStates } from '../answers/current-states.ts';
import type { ApiDeps, ApiEnv } from '../http/deps.ts';
import { fromStore } from '../http/problems.ts';
import { cachedEntityRow, entityRow } from '../http/wire.ts';
import { json, problems } from './answers.ts';

const cached = createRoute({
  method: 'get',
  path: '/api/entities/cached',
  tags: ['Entities'],
  summary: 'Energy entities as the document store keeps them',
  description:
    'Answers while Home Assistant is away, with those that it no longer has (`is_active` false). From memory when the document store is away too.',
  responses: { 200: json(cachedEntityList, 'Known energy entities'), ...problems(503) },
});

const now = createRoute({
  method: 'get',
  path: '/api/entities',
  tags: ['Entities'],
  summary: 'Energy entities as Home Assistant shows them now',
  description: 'State and unit are Home Assistant’s own, not converted.',
  responses: { 200: json(entityList, 'Energy entities'), ...problems(503) },
});

export function entityRoutes(deps: ApiDeps, currentStates: CurrentStates) {
  return new OpenAPIHono<ApiEnv>()
    .openapi(cached, async (c) => {
      const inMemory = deps.home.entities();
      // The memory is what the store holds, and newer; before the first discovery only the store knows.
      const known =
        inMemory.length > 0
          ? inMemory
          : await fromStore(deps.stores, 'mongodb', () => deps.entityStore.all());
      const entities = known.map(cachedEntityRow);
      return c.json({ entities, count: entities.length }, 200);
    })
    .openapi(now, async (c) => {
      const states = await currentStates.all();
      const entities = deps.home
        .entities()
        .filter((entity) => entity.isActive)
        .map((entity) => entityRow(entity, states.get(entity.entityId)));
      return c.json({ entities, count: entities.length }, 200);
    });
}
