import type { OpenAPIHono } from '@hono/zod-openapi';
import { route } from '../../schemas/calls.ts';
import type { ApiDeps, ApiEnv } from '../http/deps.ts';
import { contentType, expose } from '../metrics/exposition.ts';
import { metricsOf } from '../metrics/metrics.ts';

export function metricsRoutes(app: OpenAPIHono<ApiEnv>, deps: ApiDeps) {
  app.openapi(route('GET /metrics'), (c) => {
    c.header('cache-control', 'no-store');
    return c.text(expose(metricsOf(deps)), 200, { 'content-type': contentType });
  });
}
