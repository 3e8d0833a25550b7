import { createRoute, OpenAPIHono, z } from '@hono/zod-openapi';
import type { ApiDeps, ApiEnv } from '../http/deps.ts';
import { contentType, expose } from '../metrics/exposition.ts';
import { metricsOf } from '../metrics/metrics.ts';

const get = createRoute({
  method: 'get',
  path: '/metrics',
  tags: ['Integrity'],
  summary: 'Receipt, spool, lag, errors, reconciliation and memory in Prometheus’ text format',
  description:
    'From memory: it answers while every store is away. Like everything else only through ingress and on this machine.',
  responses: {
    200: { description: 'Text format 0.0.4', content: { 'text/plain': { schema: z.string() } } },
  },
});

export function metricsRoutes(deps: ApiDeps) {
  return new OpenAPIHono<ApiEnv>().openapi(get, (c) => {
    c.header('cache-control', 'no-store');
    return c.text(expose(metricsOf(deps)), 200, { 'content-type': contentType });
  });
}
