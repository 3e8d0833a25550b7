/** Errors as answers: application/problem+json (RFC 9457), never a stack, never a secret. */
import type { Context, ErrorHandler, NotFoundHandler } from 'hono';
import { HTTPException } from 'hono/http-exception';
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import type { z } from 'zod';
import { HomeAssistantUnavailable } from '../../home/home-assistant.ts';
import { withDeadline } from '../../runtime/deadline.ts';
import type { Log } from '../../runtime/log.ts';
import type { Problem } from '../../schemas/common.ts';
import { inputProblem } from './input-problem.ts';
import type { Stores } from './ports.ts';

const titles: Readonly<Record<number, string>> = {
  400: 'Bad request',
  403: 'Not allowed',
  404: 'Not found',
  405: 'Method not allowed',
  409: 'Conflict',
  413: 'Too large',
  415: 'Unsupported media type',
  500: 'Internal error',
  503: 'Not available now',
};

interface ProblemMore {
  readonly detail?: string;
  readonly field?: string;
  readonly expected?: string;
  readonly retryAfterSeconds?: number;
  readonly allow?: string;
  readonly cause?: unknown;
}

/** An answer that is a problem; thrown by a handler, answered by `problemHandler`. */
export class HttpProblem extends Error {
  override name = 'HttpProblem';
  readonly status: number;
  readonly more: ProblemMore;
  constructor(status: number, more: ProblemMore = {}) {
    super(more.detail ?? titles[status] ?? String(status), { cause: more.cause });
    this.status = status;
    this.more = more;
  }
}

export function problemResponse(status: number, more: ProblemMore = {}): Response {
  const body: Problem = {
    type: 'about:blank',
    title: titles[status] ?? 'Error',
    status,
    ...(more.detail === undefined ? {} : { detail: more.detail }),
    ...(more.field === undefined ? {} : { field: more.field }),
    ...(more.expected === undefined ? {} : { expected: more.expected }),
  };
  const headers = new Headers({ 'content-type': 'application/problem+json', 'cache-control': 'no-store' });
  if (more.retryAfterSeconds !== undefined) headers.set('retry-after', String(more.retryAfterSeconds));
  if (more.allow !== undefined) headers.set('allow', more.allow);
  return new Response(JSON.stringify(body), { status, headers });
}

const storeNames = { questdb: 'QuestDB', mongodb: 'The document store' } as const;
/** A request of a panel waits no longer than that; and a store that hangs, as the status page knows, is given less. */
const storeWithinMs = 12_000;
const hangingStoreWithinMs = 2000;

/** Does something with a store; its rejection or silence becomes a 503 that says which store does not answer. */
export async function fromStore<T>(
  stores: Stores,
  store: keyof typeof storeNames,
  work: () => Promise<T>,
  limitMs = stores[store]().isOk ? storeWithinMs : hangingStoreWithinMs,
): Promise<T> {
  try {
    return await withDeadline(work(), limitMs, `A call to ${store}`);
  } catch (cause) {
    if (cause instanceof HttpProblem || cause instanceof HomeAssistantUnavailable) throw cause;
    throw new HttpProblem(503, {
      detail: `${storeNames[store]} does not answer. Recording goes on; try again in a moment.`,
      retryAfterSeconds: 5,
      cause,
    });
  }
}

export function problemHandler(log: Log): ErrorHandler {
  return (error, c) => {
    const at = { method: c.req.method, path: c.req.path.slice(0, 200) };
    if (error instanceof HttpProblem) {
      if (error.status >= 500) log.warn({ ...at, err: error.cause ?? error }, error.message);
      return problemResponse(error.status, error.more);
    }
    if (error instanceof HomeAssistantUnavailable) {
      return problemResponse(503, {
        detail: 'Home Assistant does not answer. Its address and token are on the settings page.',
        retryAfterSeconds: 10,
      });
    }
    if (error instanceof HTTPException) {
      const status: ContentfulStatusCode =
        error.status === 401 ? 403 : (error.status as ContentfulStatusCode);
      if (status === 400)
        return problemResponse(400, {
          detail: 'The body is not JSON.',
          field: 'body',
          expected: 'a JSON object',
        });
      return problemResponse(status);
    }
    log.error({ ...at, err: error }, 'A request failed');
    return problemResponse(500, { detail: 'Something went wrong here; see the log of the app.' });
  };
}

export const notFound: NotFoundHandler = (c) =>
  problemResponse(404, { detail: `There is nothing at ${c.req.path.slice(0, 200)}.` });

interface ValidationResult {
  readonly success: boolean;
  readonly target: string;
  /** As it came, where it was refused. */
  readonly data?: unknown;
  readonly error?: z.ZodError;
}

/** Called by @hono/zod-openapi after each validation; answers with the first problem. */
export function onValidated(result: ValidationResult, _c: Context): Response | undefined {
  if (result.success) return undefined;
  const whole = result.target === 'json' ? 'body' : result.target;
  const [issue] = result.error?.issues ?? [];
  if (issue === undefined) return problemResponse(400, { field: whole });
  return problemResponse(400, { ...inputProblem(issue, whole, result.data) });
}
