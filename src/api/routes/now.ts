import { createRoute, OpenAPIHono } from '@hono/zod-openapi';
import { now } from '../../schemas/now.ts';
import { nowOf } from '../answers/now.ts';
import type { ApiDeps, ApiEnv } from '../http/deps.ts';
import { json } from './answers.ts';

const get = createRoute({
  method: 'get',
  path: '/api/now',
  tags: ['Readings'],
  summary: 'Live power and today’s counts of everything tracked',
  description:
    'From memory. Power in W, import, production and discharge positive. `/api/live` tells what changes.',
  responses: { 200: json(now, 'Now') },
});

export function nowRoutes(deps: ApiDeps) {
  return new OpenAPIHono<ApiEnv>().openapi(get, (c) => c.json(nowOf(deps), 200));
}
