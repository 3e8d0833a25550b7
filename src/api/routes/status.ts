import type { OpenAPIHono } from '@hono/zod-openapi';
import { route } from '../../schemas/calls.ts';
import { statusOf } from '../answers/status.ts';
import type { ApiDeps, ApiEnv } from '../http/deps.ts';

export function statusRoutes(app: OpenAPIHono<ApiEnv>, deps: ApiDeps) {
  app.openapi(route('GET /api/status'), (c) => {
    const status = statusOf(deps);
    if (status.status !== 'down') return c.json(status, 200);
    c.header('retry-after', '10');
    return c.json(status, 503);
  });
}
