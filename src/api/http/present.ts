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
/** Sent by health checks, which ask often and only for the state of the process. */
const healthCheckHeader = 'x-health-check';

/**
 * Readings lie in the spool and the running quarter-hour in memory until they are requested: a request is answered with the
 * present. The status is answered from memory; reading it starts the same work in the background.
 */
export function presentFirst({ present, log }: Pick<ApiDeps, 'present' | 'log'>) {
  return createMiddleware<ApiEnv>(async (c, next) => {
    const { path } = c.req;
    if (ofLedger.some((start) => path.startsWith(start))) await present.ledger();
    else if (ofReadings.some((start) => path.startsWith(start))) await present.readings();
    else if (path === '/api/status' && c.req.header(healthCheckHeader) === undefined)
      present
        .ledger()
        .catch((error: unknown) => log.debug({ err: error }, 'Waiting readings could not be made readable'));
    return next();
  });
}
