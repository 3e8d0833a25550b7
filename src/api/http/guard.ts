import type { Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { createMiddleware } from 'hono/factory';
import { addressOf, type CallName, callNames } from '../../schemas/calls.ts';
import { limits } from '../../schemas/common.ts';
import { decideAccess, type RequestFacts } from './access.ts';
import type { Administrators } from './administrators.ts';
import type { ApiDeps, ApiEnv } from './deps.ts';
import { HttpProblem, problemResponse } from './problems.ts';

/** Refuses requests that `decideAccess` refuses, and stores the caller in the context. */
export function accessGuard({ access: rules, log }: Pick<ApiDeps, 'access' | 'log'>) {
  return createMiddleware<ApiEnv>(async (c, next) => {
    const facts: RequestFacts = {
      remoteAddress: c.env.incoming?.socket.remoteAddress,
      method: c.req.method,
      header: (name) => c.req.header(name),
    };
    const decision = decideAccess(rules, facts, c.req.header('upgrade') !== undefined);
    if (decision.kind === 'refused') {
      const path = c.req.path.slice(0, 200);
      log.warn({ remote: facts.remoteAddress, method: c.req.method, path }, decision.detail);
      return problemResponse(decision.status, { detail: decision.detail });
    }
    c.set('access', decision);
    return next();
  });
}

/** Only JSON bodies are read: a form of another site can't send JSON without a preflight request. */
export const jsonBodies = createMiddleware<ApiEnv>(async (c, next) => {
  if (c.req.method === 'GET' || c.req.method === 'HEAD') return next();
  const hasBody =
    (c.req.header('content-length') ?? '0') !== '0' || c.req.header('transfer-encoding') !== undefined;
  const type = c.req.header('content-type')?.split(';')[0]?.trim().toLowerCase();
  if (hasBody && type !== 'application/json')
    return problemResponse(415, {
      detail: 'The body must be JSON.',
      field: 'content-type',
      expected: 'application/json',
    });
  return next();
});

export const bodySize = bodyLimit({
  maxSize: limits.bodyBytes,
  onError: () =>
    problemResponse(413, {
      detail: `A body may have ${limits.bodyBytes} bytes.`,
      field: 'body',
      expected: `at most ${limits.bodyBytes} bytes`,
    }),
});

/** Calls that send a body and change nothing. */
const questions: readonly CallName[] = ['POST /api/statistics/compare'];

/** Lets only administrators make calls that change something. Registered before all routes, so that no call is missed. */
export function guardChanges(app: Hono<ApiEnv>, administrators: Administrators): void {
  const administratorsOnly = createMiddleware<ApiEnv>(async (c, next) => {
    const permission = await administrators.mayChange(c.get('access'));
    if (permission.kind === 'refused') throw new HttpProblem(403, { detail: permission.detail });
    return next();
  });
  for (const name of callNames) {
    if (name.startsWith('GET ') || questions.includes(name)) continue;
    const { method, path } = addressOf(name);
    app.on(method, path.replaceAll(/\{(\w+)\}/g, ':$1'), administratorsOnly);
  }
}

/**
 * Framed by Home Assistant's page, which has the same origin. Styles may stand in the page: charts and the theme's
 * colours set them.
 */
export const securityHeaders = createMiddleware<ApiEnv>(async (c, next) => {
  await next();
  const headers = c.res.headers;
  headers.set('x-content-type-options', 'nosniff');
  headers.set('referrer-policy', 'same-origin');
  headers.set('cross-origin-resource-policy', 'same-origin');
  headers.set(
    'content-security-policy',
    "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; connect-src 'self'; object-src 'none'; base-uri 'self'; form-action 'self'; frame-ancestors 'self'",
  );
  if (/^\/(api|v1)\//.test(c.req.path) && !headers.has('cache-control'))
    headers.set('cache-control', 'no-store');
});
