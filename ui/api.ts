/**
 * The panel's only way out: every request and the live websocket. All addresses are relative to <base href>, so that
 * they work under any ingress path.
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
import type { LiveMessage } from '../src/schemas/live.ts';
import type { Now } from '../src/schemas/now.ts';
import type { CapacityMonth } from '../src/schemas/p1.ts';
import type { Curve, Readings, SyncRunRow, SyncRuns } from '../src/schemas/readings.ts';
import type { ConnectionTest, DiscoveryResult, Settings } from '../src/schemas/settings.ts';
import type { Status } from '../src/schemas/status.ts';
import type { Reconciliation, TicketDraft, TicketOutcome, Tickets } from '../src/schemas/tickets.ts';
import type { Compare } from './hash.ts';
import { retryDelayMs } from './state/backoff.ts';

const deadlineMs = 20_000;
/** Trying another Home Assistant and back-filling take the time that Home Assistant takes. */
const longDeadlineMs = 60_000;

/** Why a request has no answer. `status` is null when the app itself could not be reached. */
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

  /** Whether asking again later can help. */
  get isPassing(): boolean {
    return this.status === null || this.status >= 500 || this.status === 429;
  }
}

interface RequestOptions {
  readonly signal?: AbortSignal | undefined;
  readonly body?: unknown;
  readonly deadlineMs?: number;
  /** A status beside 2xx whose body is an answer all the same. */
  readonly alsoFine?: number;
}

function addressOf(path: string, query: Record<string, string | number | null | undefined> = {}): URL {
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
    // Not the app's own answer: ingress or a proxy spoke in its place.
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
    if (response.ok || response.status === options.alsoFine) return (await response.json()) as T;
  } catch (cause) {
    if (options.signal?.aborted) throw options.signal.reason;
    throw new ApiProblem('', { cause });
  }
  throw await problemOf(response);
}

export interface RangeQuery {
  readonly since: string;
  readonly until: string;
}

export interface TimeRange {
  readonly start_time: string;
  readonly end_time: string;
}

const readingPath = (entityId: string) => `api/readings/${encodeURIComponent(entityId)}`;

const ticketPath = (ticketId: string) => `api/tickets/${encodeURIComponent(ticketId)}`;

const connectionPath = 'api/grid-connections';

const pricePath = 'api/power-analytics/cost-versions';

export const api = {
  now: (signal?: AbortSignal) => request<Now>('GET', addressOf('api/now'), { signal }),
  settings: (signal?: AbortSignal) => request<Settings>('GET', addressOf('api/settings'), { signal }),
  /** Answers with the same body when the app can't do its job. */
  status: (signal?: AbortSignal) =>
    request<Status>('GET', addressOf('api/status'), { signal, alsoFine: 503 }),
  entities: (signal?: AbortSignal) => request<EntityList>('GET', addressOf('api/entities'), { signal }),
  cachedEntities: (signal?: AbortSignal) =>
    request<CachedEntityList>('GET', addressOf('api/entities/cached'), { signal }),
  curve: (entityId: string, range: RangeQuery & { points: number }, signal?: AbortSignal) =>
    request<Curve>('GET', addressOf(`${readingPath(entityId)}/curve`, { ...range }), { signal }),
  readings: (
    entityId: string,
    query: RangeQuery & { limit: number; cursor: string | null },
    signal?: AbortSignal,
  ) => request<Readings>('GET', addressOf(readingPath(entityId), { ...query }), { signal }),
  balance: (
    range: TimeRange & { period: 'quarter' | 'hour' | 'day' | 'week' | 'month' | 'year'; compare: Compare },
    signal?: AbortSignal,
  ) => request<BalanceAnswer>('GET', addressOf('api/balance', { ...range }), { signal }),
  devices: (range: TimeRange, signal?: AbortSignal) =>
    request<DevicesAnswer>('GET', addressOf('api/devices', { ...range }), { signal }),
  coverage: (range: TimeRange & { period: 'quarter' | 'day' }, signal?: AbortSignal) =>
    request<Coverage>('GET', addressOf('api/coverage', { ...range }), { signal }),
  tickets: (query: { status: 'open' | 'all'; limit: number }, signal?: AbortSignal) =>
    request<Tickets>('GET', addressOf('api/tickets', query), { signal }),
  /** With `dry_run` it only tells what would change. */
  resolveTicket: (ticketId: string, resolution: TicketDraft, signal?: AbortSignal) =>
    request<TicketOutcome>('POST', addressOf(`${ticketPath(ticketId)}/resolve`), {
      body: resolution,
      signal,
      deadlineMs: longDeadlineMs,
    }),
  undoTicket: (ticketId: string) =>
    request<unknown>('POST', addressOf(`${ticketPath(ticketId)}/undo`), { deadlineMs: longDeadlineMs }),
  reconciliation: (signal?: AbortSignal) =>
    request<Reconciliation>('GET', addressOf('api/reconciliation'), { signal }),
  startReconciliation: () =>
    request<{ sync_id: string }>('POST', addressOf('api/reconciliation'), { deadlineMs: longDeadlineMs }),
  syncs: (limit: number, signal?: AbortSignal) =>
    request<SyncRuns>('GET', addressOf('api/syncs', { limit }), { signal }),
  /** `month` is YYYY-MM. */
  capacityMonth: (month: string, deviceId: string | null, signal?: AbortSignal) =>
    request<CapacityMonth>(
      'GET',
      addressOf(`v1/capacity/month/${encodeURIComponent(month)}`, { device_id: deviceId }),
      { signal },
    ),
  connections: (signal?: AbortSignal) =>
    request<GridConnectionList>('GET', addressOf(connectionPath), { signal }),
  addConnection: (connection: NewGridConnection) =>
    request<GridConnectionRow>('POST', addressOf(connectionPath), { body: connection }),
  removeConnection: (id: string) =>
    request<GridConnectionRow>('DELETE', addressOf(`${connectionPath}/${encodeURIComponent(id)}`)),
  prices: (signal?: AbortSignal) => request<CostVersionList>('GET', addressOf(pricePath), { signal }),
  previewPrice: (version: NewCostVersion) =>
    request<Recalculation>('POST', addressOf(pricePath), {
      body: { ...version, dry_run: true },
      deadlineMs: longDeadlineMs,
    }),
  /** What it changes was seen. */
  addPrice: (version: NewCostVersion) =>
    request<CostVersionRow>('POST', addressOf(pricePath), { body: { ...version, confirm: true } }),
  deletePrice: (id: string, isDryRun: boolean) =>
    request<DeletedCostVersion>(
      'DELETE',
      addressOf(
        `${pricePath}/${encodeURIComponent(id)}`,
        isDryRun ? { dry_run: 'true' } : { confirm: 'true' },
      ),
      { deadlineMs: longDeadlineMs },
    ),
  notePrice: (id: string, notes: string) =>
    request<CostVersionRow>('PATCH', addressOf(`${pricePath}/${encodeURIComponent(id)}`), {
      body: { notes },
    }),
  useHomeAssistant: (url: string, token: string) =>
    request<ConnectionTest>('POST', addressOf('api/settings/home-assistant'), {
      body: { url, token },
      deadlineMs: longDeadlineMs,
    }),
  testConnection: () =>
    request<ConnectionTest>('POST', addressOf('api/settings/test-connection'), {
      deadlineMs: longDeadlineMs,
    }),
  discover: () =>
    request<DiscoveryResult>('POST', addressOf('api/settings/discover-entities'), {
      deadlineMs: longDeadlineMs,
    }),
  track: (entityIds: readonly string[]) =>
    request<{ entity_ids: string[]; count: number }>('POST', addressOf('api/settings/tracked-entities'), {
      body: { entity_ids: entityIds },
    }),
  startBackfill: () =>
    request<{ sync_id: string }>('POST', addressOf('api/subscription/backfill'), {
      deadlineMs: longDeadlineMs,
    }),
  sync: (syncId: string, signal?: AbortSignal) =>
    request<SyncRunRow>('GET', addressOf(`api/syncs/${encodeURIComponent(syncId)}`), { signal }),
};

export type LiveState = 'connecting' | 'live' | 'lost';

export interface LiveHandlers {
  readonly onMessage: (message: LiveMessage) => void;
  readonly onState: (state: LiveState) => void;
}

/** A browser tells nothing of the server's pings: after so long without a word the way is tried anew. */
const silenceMs = 45_000;

/** The live websocket: connects for ever, and after a drop asks for what it missed. */
export class Live {
  readonly #handlers: LiveHandlers;
  #socket: WebSocket | null = null;
  #seq: number | null = null;
  #failures = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #isRunning = false;

  constructor(handlers: LiveHandlers) {
    this.#handlers = handlers;
  }

  start(): void {
    if (this.#isRunning) return;
    this.#isRunning = true;
    addEventListener('online', this.#again);
    document.addEventListener('visibilitychange', this.#onVisibility);
    this.#handlers.onState('connecting');
    this.#connect();
  }

  stop(): void {
    this.#isRunning = false;
    removeEventListener('online', this.#again);
    document.removeEventListener('visibilitychange', this.#onVisibility);
    this.#leave();
  }

  #leave(): void {
    clearTimeout(this.#timer);
    const socket = this.#socket;
    this.#socket = null;
    socket?.close();
  }

  readonly #again = () => {
    this.#leave();
    this.#connect();
  };

  readonly #onVisibility = () => {
    // A page that slept in the background may hold a socket that died unnoticed.
    if (document.visibilityState === 'visible' && this.#socket?.readyState !== WebSocket.OPEN) this.#again();
  };

  #connect(): void {
    if (!this.#isRunning) return;
    const url = addressOf('api/live', { since: this.#seq });
    url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:';
    const socket = new WebSocket(url);
    this.#socket = socket;
    this.#expectWord();
    socket.addEventListener('open', () => {
      if (this.#socket !== socket) return;
      this.#failures = 0;
      this.#handlers.onState('live');
      this.#expectWord();
    });
    socket.addEventListener('message', (event) => {
      if (this.#socket !== socket || typeof event.data !== 'string') return;
      this.#expectWord();
      const message = JSON.parse(event.data) as LiveMessage;
      this.#seq = message.seq;
      this.#handlers.onMessage(message);
    });
    socket.addEventListener('close', () => {
      if (this.#socket !== socket) return;
      this.#socket = null;
      clearTimeout(this.#timer);
      this.#failures += 1;
      // One drop is mended within a second and not worth a word.
      if (this.#failures > 1) this.#handlers.onState('lost');
      this.#timer = setTimeout(() => this.#connect(), retryDelayMs(this.#failures));
    });
  }

  #expectWord(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(this.#again, silenceMs);
  }
}
