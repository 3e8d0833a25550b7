import type { OpenAPIHono } from '@hono/zod-openapi';
import { route } from '../../schemas/calls.ts';
import { nowOf } from '../answers/now.ts';
import type { ApiDeps, ApiEnv } from '../http/deps.ts';

export function nowRoutes(app: OpenAPIHono<ApiEnv>, deps: ApiDeps) {
  app.openapi(route('GET /api/now'), (c) => c.json(nowOf(deps), 200));
}
