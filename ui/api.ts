/**
 * Every request of the panel; the live websocket is in live.ts. All addresses are relative to <base href>, so that they
 * work under any ingress path.
 */
import type {
  CostVersionList,
  CostVersionRow,
  DeletedCostVersion,
  NewCostVersion,
  Recalculation,
} from '../src/schemas/analytics.ts';
import type { BalanceAnswer, DevicesAnswer } from '../src/schemas/balance.ts';
import type { Problem } from '../src/schemas/common.ts';
import type { CachedEntityList, EntityList } from '../src/schemas/entities.ts';
import type {
  GridConnectionList,
  GridConnectionRow,
  NewGridConnection,
} from '../src/schemas/grid-connections.ts';
import type { Coverage } from '../src/schemas/ledger.ts';
import type { Now } from '../src/schemas/now.ts';
import type { CapacityMonth } from '../src/schemas/p1.ts';
import type { Curve, Readings, SyncRunRow, SyncRuns } from '../src/schemas/readings.ts';
import type { ConnectionTest, DiscoveryResult, Settings } from '../src/schemas/settings.ts';
import type { Status } from '../src/schemas/status.ts';
import type { Reconciliation, TicketDraft, TicketOutcome, Tickets } from '../src/schemas/tickets.ts';
import type { Compare } from './hash.ts';
import type { BucketPeriod } from './period/buckets.ts';
import type { Span } from './period/period.ts';

const deadlineMs = 20_000;
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

interface RequestOptions {
  readonly signal?: AbortSignal | undefined;
  readonly body?: unknown;
  readonly deadlineMs?: number;
  /** A status other than 2xx whose body is an answer too. */
  readonly alsoAccepted?: number;
}

export function apiAddress(
  path: string,
  query: Record<string, string | number | null | undefined> = {},
): URL {
  const url = new URL(path, document.baseURI);
  for (const [name, value] of Object.entries(query))
    if (value !== null && value !== undefined) url.searchParams.set(name, String(value));
  return url;
}

async function problemOf(response: Response): Promise<ApiProblem> {
  const seconds = Number(response.headers.get('retry-after') ?? Number.NaN);
  let problem: Partial<Problem> = {};
  try {
    problem = (await response.json()) as Partial<Problem>;
  } catch {
    // Not an answer of the app: ingress or a proxy answered instead.
  }
  return new ApiProblem(problem.detail ?? problem.title ?? '', {
    status: response.status,
    retryAfterMs: Number.isFinite(seconds) ? seconds * 1000 : null,
    field: problem.field ?? null,
  });
}

async function request<T>(
  method: 'GET' | 'POST' | 'PATCH' | 'DELETE',
  url: URL,
  options: RequestOptions = {},
): Promise<T> {
  const deadline = AbortSignal.timeout(options.deadlineMs ?? deadlineMs);
  const signal = options.signal === undefined ? deadline : AbortSignal.any([options.signal, deadline]);
  const hasBody = method === 'POST' || method === 'PATCH';
  let response: Response;
  try {
    response = await fetch(url, {
      method,
      signal,
      headers: {
        accept: 'application/json',
        ...(hasBody ? { 'content-type': 'application/json' } : {}),
      },
      ...(hasBody ? { body: JSON.stringify(options.body ?? {}) } : {}),
    });
    if (response.ok || response.status === options.alsoAccepted) return (await response.json()) as T;
  } catch (cause) {
    if (options.signal?.aborted) throw options.signal.reason;
    throw new ApiProblem('', { cause });
  }
  throw await problemOf(response);
}

function rangeQuery({ startMs, endMs }: Span) {
  return { start_time: new Date(startMs).toISOString(), end_time: new Date(endMs).toISOString() };
}

const readingPath = (entityId: string) => `api/readings/${encodeURIComponent(entityId)}`;

const ticketPath = (ticketId: string) => `api/tickets/${encodeURIComponent(ticketId)}`;

const connectionPath = 'api/grid-connections';

const pricePath = 'api/power-analytics/cost-versions';

export const api = {
  now: (signal?: AbortSignal) => request<Now>('GET', apiAddress('api/now'), { signal }),
  settings: (signal?: AbortSignal) => request<Settings>('GET', apiAddress('api/settings'), { signal }),
  /** Has the same body when a part is down. */
  status: (signal?: AbortSignal) =>
    request<Status>('GET', apiAddress('api/status'), { signal, alsoAccepted: 503 }),
  entities: (signal?: AbortSignal) => request<EntityList>('GET', apiAddress('api/entities'), { signal }),
  cachedEntities: (signal?: AbortSignal) =>
    request<CachedEntityList>('GET', apiAddress('api/entities/cached'), { signal }),
  curve: (entityId: string, span: Span, points: number, signal?: AbortSignal) =>
    request<Curve>('GET', apiAddress(`${readingPath(entityId)}/curve`, { ...rangeQuery(span), points }), {
      signal,
    }),
  readings: (
    entityId: string,
    span: Span,
    page: { limit: number; cursor: string | null },
    signal?: AbortSignal,
  ) =>
    request<Readings>('GET', apiAddress(readingPath(entityId), { ...rangeQuery(span), ...page }), { signal }),
  balance: (span: Span, query: { period: BucketPeriod; compare: Compare }, signal?: AbortSignal) =>
    request<BalanceAnswer>('GET', apiAddress('api/balance', { ...rangeQuery(span), ...query }), { signal }),
  devices: (span: Span, signal?: AbortSignal) =>
    request<DevicesAnswer>('GET', apiAddress('api/devices', rangeQuery(span)), { signal }),
  coverage: (span: Span, period: 'quarter' | 'day', signal?: AbortSignal) =>
    request<Coverage>('GET', apiAddress('api/coverage', { ...rangeQuery(span), period }), { signal }),
  tickets: (query: { status: 'open' | 'all'; limit: number }, signal?: AbortSignal) =>
    request<Tickets>('GET', apiAddress('api/tickets', query), { signal }),
  /** With `dry_run` it only reports what would change. */
  resolveTicket: (ticketId: string, resolution: TicketDraft, signal?: AbortSignal) =>
    request<TicketOutcome>('POST', apiAddress(`${ticketPath(ticketId)}/resolve`), {
      body: resolution,
      signal,
      deadlineMs: longDeadlineMs,
    }),
  undoTicket: (ticketId: string) =>
    request<unknown>('POST', apiAddress(`${ticketPath(ticketId)}/undo`), { deadlineMs: longDeadlineMs }),
  reconciliation: (signal?: AbortSignal) =>
    request<Reconciliation>('GET', apiAddress('api/reconciliation'), { signal }),
  startReconciliation: () =>
    request<{ sync_id: string }>('POST', apiAddress('api/reconciliation'), { deadlineMs: longDeadlineMs }),
  syncs: (limit: number, signal?: AbortSignal) =>
    request<SyncRuns>('GET', apiAddress('api/syncs', { limit }), { signal }),
  /** `month` is YYYY-MM. */
  capacityMonth: (month: string, deviceId: string | null, signal?: AbortSignal) =>
    request<CapacityMonth>(
      'GET',
      apiAddress(`v1/capacity/month/${encodeURIComponent(month)}`, { device_id: deviceId }),
      { signal },
    ),
  connections: (signal?: AbortSignal) =>
    request<GridConnectionList>('GET', apiAddress(connectionPath), { signal }),
  addConnection: (connection: NewGridConnection) =>
    request<GridConnectionRow>('POST', apiAddress(connectionPath), { body: connection }),
  removeConnection: (id: string) =>
    request<GridConnectionRow>('DELETE', apiAddress(`${connectionPath}/${encodeURIComponent(id)}`)),
  prices: (signal?: AbortSignal) => request<CostVersionList>('GET', apiAddress(pricePath), { signal }),
  previewPrice: (version: NewCostVersion) =>
    request<Recalculation>('POST', apiAddress(pricePath), {
      body: { ...version, dry_run: true },
      deadlineMs: longDeadlineMs,
    }),
  /** Confirmed: `previewPrice` showed what it changes. */
  addPrice: (version: NewCostVersion) =>
    request<CostVersionRow>('POST', apiAddress(pricePath), { body: { ...version, confirm: true } }),
  deletePrice: (id: string, isDryRun: boolean) =>
    request<DeletedCostVersion>(
      'DELETE',
      apiAddress(
        `${pricePath}/${encodeURIComponent(id)}`,
        isDryRun ? { dry_run: 'true' } : { confirm: 'true' },
      ),
      { deadlineMs: longDeadlineMs },
    ),
  savePriceNotes: (id: string, notes: string) =>
    request<CostVersionRow>('PATCH', apiAddress(`${pricePath}/${encodeURIComponent(id)}`), {
      body: { notes },
    }),
  useHomeAssistant: (url: string, token: string) =>
    request<ConnectionTest>('POST', apiAddress('api/settings/home-assistant'), {
      body: { url, token },
      deadlineMs: longDeadlineMs,
    }),
  testConnection: () =>
    request<ConnectionTest>('POST', apiAddress('api/settings/test-connection'), {
      deadlineMs: longDeadlineMs,
    }),
  discover: () =>
    request<DiscoveryResult>('POST', apiAddress('api/settings/discover-entities'), {
      deadlineMs: longDeadlineMs,
    }),
  track: (entityIds: readonly string[]) =>
    request<{ entity_ids: string[]; count: number }>('POST', apiAddress('api/settings/tracked-entities'), {
      body: { entity_ids: entityIds },
    }),
  startBackfill: () =>
    request<{ sync_id: string }>('POST', apiAddress('api/subscription/backfill'), {
      deadlineMs: longDeadlineMs,
    }),
  sync: (syncId: string, signal?: AbortSignal) =>
    request<SyncRunRow>('GET', apiAddress(`api/syncs/${encodeURIComponent(syncId)}`), { signal }),
};
