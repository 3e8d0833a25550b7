import { createMiddleware } from 'hono/factory';
import type { ApiDeps, ApiEnv } from './deps.ts';

const ofReadings = ['/api/readings/'];
const ofLedger = [
  '/api/balance',
  '/api/coverage',
  '/api/devices',
  '/api/ledger/',
  '/api/power-analytics/',
  '/api/statistics/',
  '/v1/capacity/',
  '/v1/series',
];
/** Who asks as often as a health check does, and only whether the process is well. */
export const healthCheckHeader = 'x-health-check';

/**
 * Readings lie in the spool and the running quarter in memory until somebody asks: whoever does is answered with the
 * present. The status is from memory; who looks at it finds what waited gone when he looks again.
 */
export function presentFirst({ present, log }: Pick<ApiDeps, 'present' | 'log'>) {
  return createMiddleware<ApiEnv>(async (c, next) => {
    const { path } = c.req;
    if (ofLedger.some((start) => path.startsWith(start))) await present.ledger();
    else if (ofReadings.some((start) => path.startsWith(start))) await present.readings();
    else if (path === '/api/status' && c.req.header(healthCheckHeader) === undefined)
      present
        .ledger()
        .catch((error: unknown) => log.debug({ err: error }, 'The present could not be brought up'));
    return next();
  });
}
