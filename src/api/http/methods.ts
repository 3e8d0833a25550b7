/**
 * 405 with the methods that a path has. Read from the registered routes, so that a new one is never missed:
 * handlers only, because middleware has methods and wildcards that are no routes.
 */
import type { Hono } from 'hono';
import { inspectRoutes } from 'hono/dev';
import { createMiddleware } from 'hono/factory';
import type { ApiEnv } from './deps.ts';
import { problemResponse } from './problems.ts';

interface Template {
  readonly segments: readonly string[];
  readonly methods: Set<string>;
}

const isParameter = (segment: string): boolean => segment.startsWith(':');

/** Fixed segments before parameters, so that the first match is the most precise. */
function byPrecision(a: Template, b: Template): number {
  if (a.segments.length !== b.segments.length) return a.segments.length - b.segments.length;
  const differs = a.segments.findIndex(
    (one, index) => isParameter(one) !== isParameter(b.segments[index] ?? ''),
  );
  if (differs < 0) return 0;
  return isParameter(a.segments[differs] ?? '') ? 1 : -1;
}

function fits({ segments }: Template, path: readonly string[]): boolean {
  return (
    segments.length === path.length &&
    segments.every((segment, index) => (isParameter(segment) ? path[index] !== '' : segment === path[index]))
  );
}

function templatesOf(app: Hono<ApiEnv>): Template[] {
  const byPath = new Map<string, Set<string>>();
  for (const { path, method, isMiddleware } of inspectRoutes(app)) {
    if (isMiddleware || method === 'ALL' || path.includes('*')) continue;
    const methods = byPath.get(path) ?? new Set();
    byPath.set(path, methods.add(method));
    if (method === 'GET') methods.add('HEAD');
  }
  return [...byPath].map(([path, methods]) => ({ segments: path.split('/'), methods })).toSorted(byPrecision);
}

const reading = ['GET', 'HEAD'];
const isCall = (path: string): boolean => /^\/(api|v1)(\/|$)/.test(path);

/** The methods of a path, in order; null when there is none. Any other path may be a file of the panel. */
function methodsOf(templates: readonly Template[], path: string): string[] | null {
  const segments = path.split('/');
  const found = templates.find((template) => fits(template, segments));
  if (found !== undefined) return [...found.methods].sort();
  return isCall(path) ? null : reading;
}

/** Registered before the handlers of `app`; their routes are read at the first request. */
export function methodGuard(app: Hono<ApiEnv>) {
  let templates: readonly Template[] | null = null;
  return createMiddleware<ApiEnv>(async (c, next) => {
    templates ??= templatesOf(app);
    const methods = methodsOf(templates, c.req.path);
    if (methods === null || methods.includes(c.req.method)) return next();
    const allow = methods.join(', ');
    return problemResponse(405, { detail: `Only ${allow} can be done here.`, allow });
  });
}
