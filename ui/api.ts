/**
 * The panel's only way out: every request and the live websocket. All addresses are relative to <base href>, so that
 * they work under any ingress path.
 */
import type { AnswerOf, AnswerStatus, CallName, RequestOf } from '../src/schemas/calls.ts';
import type { Problem } from '../src/schemas/common.ts';
import type { LiveMessage } from '../src/schemas/live.ts';
import { retryDelayMs } from './state/backoff.ts';

const shortDeadlineMs = 20_000;
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

function addressOf(path: string, query: Query = {}): URL {
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
    // Not the app's own answer: ingress or a proxy answered in its place.
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
    response = await fetch(addressOf(path, query), {
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

type QueryOf<N extends CallName> = RequestOf<N> extends { query?: infer Q } ? NonNullable<Q> : never;
type BodyOf<N extends CallName> = RequestOf<N> extends { body?: infer B } ? NonNullable<B> : never;

export const api = {
  now: (signal?: AbortSignal) => request('GET /api/now', { signal }),
  settings: (signal?: AbortSignal) => request('GET /api/settings', { signal }),
  /** Answers with the same body when the app can't do its job. */
  status: (signal?: AbortSignal) => request('GET /api/status', { signal, answers: [200, 503] }),
  entities: (signal?: AbortSignal) => request('GET /api/entities', { signal }),
  cachedEntities: (signal?: AbortSignal) => request('GET /api/entities/cached', { signal }),
  curve: (entityId: string, query: QueryOf<'GET /api/readings/{entity_id}/curve'>, signal?: AbortSignal) =>
    request('GET /api/readings/{entity_id}/curve', { params: { entity_id: entityId }, query, signal }),
  /** `cursor` is null for the first page. */
  readings: (
    entityId: string,
    {
      cursor,
      ...query
    }: Omit<QueryOf<'GET /api/readings/{entity_id}'>, 'cursor'> & { readonly cursor: string | null },
    signal?: AbortSignal,
  ) =>
    request('GET /api/readings/{entity_id}', {
      params: { entity_id: entityId },
      query: { ...query, cursor: cursor ?? undefined },
      signal,
    }),
  balance: (query: QueryOf<'GET /api/balance'>, signal?: AbortSignal) =>
    request('GET /api/balance', { query, signal }),
  devices: (query: QueryOf<'GET /api/devices'>, signal?: AbortSignal) =>
    request('GET /api/devices', { query, signal }),
  coverage: (query: QueryOf<'GET /api/coverage'>, signal?: AbortSignal) =>
    request('GET /api/coverage', { query, signal }),
  tickets: (query: QueryOf<'GET /api/tickets'>, signal?: AbortSignal) =>
    request('GET /api/tickets', { query, signal }),
  /** With `dry_run` it only answers what would change. */
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
  /** The user saw what it changes. */
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
  notePrice: (id: string, notes: string) =>
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

export type LiveState = 'connecting' | 'live' | 'lost';

interface LiveHandlers {
  readonly onMessage: (message: LiveMessage) => void;
  readonly onState: (state: LiveState) => void;
}

/** A browser does not show the server's pings: after so long without a message it connects anew. */
const silenceMs = 45_000;

/** The live websocket: reconnects for ever, and after a drop asks for what it missed. */
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
    this.#expectMessage();
    socket.addEventListener('open', () => {
      if (this.#socket !== socket) return;
      this.#failures = 0;
      this.#handlers.onState('live');
      this.#expectMessage();
    });
    socket.addEventListener('message', (event) => {
      if (this.#socket !== socket || typeof event.data !== 'string') return;
      this.#expectMessage();
      const message: LiveMessage = JSON.parse(event.data);
      this.#seq = message.seq;
      this.#handlers.onMessage(message);
    });
    socket.addEventListener('close', () => {
      if (this.#socket !== socket) return;
      this.#socket = null;
      clearTimeout(this.#timer);
      this.#failures += 1;
      // A single drop is over within a second and is not shown.
      if (this.#failures > 1) this.#handlers.onState('lost');
      this.#timer = setTimeout(() => this.#connect(), retryDelayMs(this.#failures));
    });
  }

  #expectMessage(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(this.#again, silenceMs);
  }
}
