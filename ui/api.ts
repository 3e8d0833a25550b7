/**
 * Every request of the panel; the live websocket is in live.ts. All addresses are relative to <base href>, so that they
 * work under any ingress path.
 */
import type { AnswerOf, AnswerStatus, CallName, RequestOf } from '../src/schemas/calls.ts';
import type { Problem } from '../src/schemas/common.ts';
import type { Compare } from './hash.ts';
import type { BucketPeriod } from './period/buckets.ts';
import type { Span } from './period/period.ts';

const shortDeadlineMs = 20_000;
/** For calls that wait for Home Assistant, or that recalculate the past. */
const longDeadlineMs = 60_000;

/** Why a request failed. `status` is null when the app could not be reached. */
export class ApiProblem extends Error {
  override name = 'ApiProblem';
  readonly status: number | null;
  readonly retryAfterMs: number | null;
  readonly field: string | null;

  constructor(
    message: string,
    { status = null, retryAfterMs = null, field = null, cause }: Partial<ApiProblem> & { cause?: unknown },
  ) {
    super(message, { cause });
    this.status = status;
    this.retryAfterMs = retryAfterMs;
    this.field = field;
  }

  /** Whether a later retry can succeed. */
  get isTransient(): boolean {
    return this.status === null || this.status >= 500 || this.status === 429;
  }
}

interface RequestOptions<S> {
  readonly signal?: AbortSignal | undefined;
  readonly deadlineMs?: number;
  /** The statuses whose body is the answer; every 2xx when they are not given. */
  readonly answers?: readonly S[];
}

type Query = Readonly<Record<string, unknown>>;

/** What every call may send; `RequestOf` says what one takes. */
interface AnyRequest extends RequestOptions<unknown> {
  readonly params?: Query;
  readonly query?: Query;
  readonly body?: unknown;
}

export function apiAddress(path: string, query: Query = {}): URL {
  const url = new URL(path, document.baseURI);
  for (const [name, value] of Object.entries(query))
    if (value !== null && value !== undefined) url.searchParams.set(name, String(value));
  return url;
}

async function problemOf(response: Response): Promise<ApiProblem> {
  const seconds = Number(response.headers.get('retry-after') ?? Number.NaN);
  let problem: Partial<Problem> = {};
  try {
    problem = await response.json();
  } catch {
    // Not an answer of the app: ingress or a proxy answered instead.
  }
  return new ApiProblem(problem.detail ?? problem.title ?? '', {
    status: response.status,
    retryAfterMs: Number.isFinite(seconds) ? seconds * 1000 : null,
    field: problem.field ?? null,
  });
}

/** Makes a call of the table in src/schemas/calls.ts; rejects with an `ApiProblem`, or with the signal's reason. */
async function request<N extends CallName, S extends AnswerStatus<N> = AnswerStatus<N>>(
  name: N,
  sent: RequestOf<N> & RequestOptions<S>,
): Promise<AnswerOf<N, S>> {
  const {
    params = {},
    query,
    body,
    signal: cancel,
    deadlineMs = shortDeadlineMs,
    answers,
  }: AnyRequest = sent;
  const [method = '', template = ''] = name.split(' ');
  // Relative to <base href>.
  const path = template
    .slice(1)
    .replaceAll(/\{(\w+)\}/g, (_, key) => encodeURIComponent(String(params[key])));
  const deadline = AbortSignal.timeout(deadlineMs);
  const signal = cancel === undefined ? deadline : AbortSignal.any([cancel, deadline]);
  const hasBody = method === 'POST' || method === 'PATCH';
  let response: Response;
  try {
    response = await fetch(apiAddress(path, query), {
      method,
      signal,
      headers: {
        accept: 'application/json',
        ...(hasBody ? { 'content-type': 'application/json' } : {}),
      },
      ...(hasBody ? { body: JSON.stringify(body ?? {}) } : {}),
    });
    if (answers?.includes(response.status) ?? response.ok) return await response.json();
  } catch (cause) {
    if (cancel?.aborted) throw cancel.reason;
    throw new ApiProblem('', { cause });
  }
  throw await problemOf(response);
}

type BodyOf<N extends CallName> = RequestOf<N> extends { body?: infer B } ? NonNullable<B> : never;

function rangeQuery({ startMs, endMs }: Span) {
  return { start_time: new Date(startMs).toISOString(), end_time: new Date(endMs).toISOString() };
}

export const api = {
  now: (signal?: AbortSignal) => request('GET /api/now', { signal }),
  settings: (signal?: AbortSignal) => request('GET /api/settings', { signal }),
  /** Has the same body when a part is down. */
  status: (signal?: AbortSignal) => request('GET /api/status', { signal, answers: [200, 503] }),
  entities: (signal?: AbortSignal) => request('GET /api/entities', { signal }),
  cachedEntities: (signal?: AbortSignal) => request('GET /api/entities/cached', { signal }),
  curve: (entityId: string, span: Span, points: number, signal?: AbortSignal) =>
    request('GET /api/readings/{entity_id}/curve', {
      params: { entity_id: entityId },
      query: { ...rangeQuery(span), points },
      signal,
    }),
  /** `cursor` is null for the first page. */
  readings: (
    entityId: string,
    span: Span,
    { limit, cursor }: { readonly limit: number; readonly cursor: string | null },
    signal?: AbortSignal,
  ) =>
    request('GET /api/readings/{entity_id}', {
      params: { entity_id: entityId },
      query: { ...rangeQuery(span), limit, cursor: cursor ?? undefined },
      signal,
    }),
  balance: (span: Span, query: { period: BucketPeriod; compare: Compare }, signal?: AbortSignal) =>
    request('GET /api/balance', { query: { ...rangeQuery(span), ...query }, signal }),
  devices: (span: Span, signal?: AbortSignal) =>
    request('GET /api/devices', { query: rangeQuery(span), signal }),
  coverage: (span: Span, period: 'quarter' | 'day', signal?: AbortSignal) =>
    request('GET /api/coverage', { query: { ...rangeQuery(span), period }, signal }),
  tickets: (query: { status: 'open' | 'all'; limit: number }, signal?: AbortSignal) =>
    request('GET /api/tickets', { query, signal }),
  /** With `dry_run` it only reports what would change. */
  resolveTicket: (
    ticketId: string,
    body: BodyOf<'POST /api/tickets/{ticket_id}/resolve'>,
    signal?: AbortSignal,
  ) =>
    request('POST /api/tickets/{ticket_id}/resolve', {
      params: { ticket_id: ticketId },
      body,
      signal,
      deadlineMs: longDeadlineMs,
    }),
  undoTicket: (ticketId: string) =>
    request('POST /api/tickets/{ticket_id}/undo', {
      params: { ticket_id: ticketId },
      deadlineMs: longDeadlineMs,
    }),
  reconciliation: (signal?: AbortSignal) => request('GET /api/reconciliation', { signal }),
  startReconciliation: () => request('POST /api/reconciliation', { deadlineMs: longDeadlineMs }),
  syncs: (limit: number, signal?: AbortSignal) => request('GET /api/syncs', { query: { limit }, signal }),
  /** `month` is YYYY-MM. */
  capacityMonth: (month: string, deviceId: string | null, signal?: AbortSignal) =>
    request('GET /v1/capacity/month/{month}', {
      params: { month },
      query: { device_id: deviceId ?? undefined },
      signal,
    }),
  connections: (signal?: AbortSignal) => request('GET /api/grid-connections', { signal }),
  addConnection: (body: BodyOf<'POST /api/grid-connections'>) =>
    request('POST /api/grid-connections', { body }),
  removeConnection: (id: string) => request('DELETE /api/grid-connections/{id}', { params: { id } }),
  prices: (signal?: AbortSignal) => request('GET /api/power-analytics/cost-versions', { signal }),
  previewPrice: (version: BodyOf<'POST /api/power-analytics/cost-versions'>) =>
    request('POST /api/power-analytics/cost-versions', {
      body: { ...version, dry_run: true },
      answers: [200],
      deadlineMs: longDeadlineMs,
    }),
  /** Confirmed: `previewPrice` showed what it changes. */
  addPrice: (version: BodyOf<'POST /api/power-analytics/cost-versions'>) =>
    request('POST /api/power-analytics/cost-versions', {
      body: { ...version, confirm: true },
      answers: [201],
    }),
  deletePrice: (id: string, isDryRun: boolean) =>
    request('DELETE /api/power-analytics/cost-versions/{id}', {
      params: { id },
      query: isDryRun ? { dry_run: 'true' } : { confirm: 'true' },
      deadlineMs: longDeadlineMs,
    }),
  savePriceNotes: (id: string, notes: string) =>
    request('PATCH /api/power-analytics/cost-versions/{id}', { params: { id }, body: { notes } }),
  useHomeAssistant: (url: string, token: string) =>
    request('POST /api/settings/home-assistant', { body: { url, token }, deadlineMs: longDeadlineMs }),
  testConnection: () => request('POST /api/settings/test-connection', { deadlineMs: longDeadlineMs }),
  discover: () => request('POST /api/settings/discover-entities', { deadlineMs: longDeadlineMs }),
  track: (entityIds: readonly string[]) =>
    request('POST /api/settings/tracked-entities', { body: { entity_ids: [...entityIds] } }),
  startBackfill: () => request('POST /api/subscription/backfill', { deadlineMs: longDeadlineMs }),
  sync: (syncId: string, signal?: AbortSignal) =>
    request('GET /api/syncs/{sync_id}', { params: { sync_id: syncId }, signal }),
};
