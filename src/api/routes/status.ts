import { createRoute, OpenAPIHono } from '@hono/zod-openapi';
import { status as statusSchema } from '../../schemas/status.ts';
import { statusOf } from '../answers/status.ts';
import type { ApiDeps, ApiEnv } from '../http/deps.ts';
import { json } from './answers.ts';

const get = createRoute({
  method: 'get',
  path: '/api/status',
  tags: ['Settings'],
  summary: 'Health of every part',
  description:
    '200 while readings are taken in and kept (status ok or degraded), 503 when they are not (down); the body is the same.',
  responses: {
    200: json(statusSchema, 'It does its job'),
    503: json(statusSchema, 'It can’t do its job; each part says why'),
  },
});

export function statusRoutes(deps: ApiDeps) {
  return new OpenAPIHono<ApiEnv>().openapi(get, (c) => {
    const status = statusOf(deps);
    if (status.status !== 'down') return c.json(status, 200);
    c.header('retry-after', '10');
    return c.json(status, 503);
  });
}
