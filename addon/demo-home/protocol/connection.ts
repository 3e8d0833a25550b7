/**
 * One client on the websocket: authentication, commands, subscriptions, and the queue of what it has not read yet.
 * The queue behaves as Core's: messages are gathered into one frame when the client can take it, and a client that
 * lets too many pend is cut off.
 */
import type { RawData, WebSocket } from 'ws';
import type { Home, HomeEvent } from '../home/home.ts';
import { complaint, type Fields, isRecord, type Message, optional, required } from './check.ts';
import type { Command } from './commands.ts';
import type { Faults } from './faults.ts';
import { compressedJson, diffHead, errorJson, eventHead, resultJson, stateJson } from './messages.ts';
import { type User, version } from './people.ts';

export interface ConnectionDeps {
  readonly home: Home;
  readonly commands: ReadonlyMap<string, Command>;
  readonly faults: Faults;
  /** Who holds the token; null: nobody. */
  readonly userOf: (token: unknown) => User | null;
  /** 4096 in Core. */
  readonly maxPending: number;
}

type Subscription =
  | { readonly kind: 'events'; readonly eventType: string | null }
  | { readonly kind: 'entities'; readonly entityIds: ReadonlySet<string> | null };

/** Text of an event, made once for all clients. */
export interface Publication {
  readonly event: HomeEvent;
  asEvent: string | null;
  asDiff: string | null;
}

/** As Core's writer: more than this unread in the socket, and messages wait in the queue. */
const socketLimitBytes = 1 << 20;
const flushedAtOnce = 512;
const authDeadlineMs = 10_000;

export class Connection {
  readonly #socket: WebSocket;
  readonly #deps: ConnectionDeps;
  readonly #subscriptions = new Map<number, Subscription>();
  #isStarted = false;
  #user: User | null = null;
  #lastId = 0;
  #canCoalesce = false;
  #queue: string[] = [];
  #isFlushPlanned = false;
  readonly #authDeadline: NodeJS.Timeout;

  constructor(socket: WebSocket, deps: ConnectionDeps) {
    this.#socket = socket;
    this.#deps = deps;
    socket.on('message', (data) => this.#receive(data));
    socket.on('error', () => socket.terminate());
    socket.on('close', () => clearTimeout(this.#authDeadline));
    this.#authDeadline = setTimeout(() => socket.terminate(), authDeadlineMs);
  }

  start(): void {
    if (this.#deps.faults.isHalfOpen || this.#isStarted) return;
    this.#isStarted = true;
    this.#socket.send(JSON.stringify({ type: 'auth_required', ha_version: version }));
  }

  terminate(): void {
    this.#socket.terminate();
  }

  /** Stops reading, so that not even a ping is answered; the socket stays open. */
  hold(isHeld: boolean): void {
    if (isHeld) this.#socket.pause();
    else {
      this.#socket.resume();
      this.start();
      this.#planFlush();
    }
  }

  /** Sends an event to each subscription that wants it; returns how many did. */
  publish(publication: Publication): number {
    if (this.#user === null || this.#deps.faults.isSilent) return 0;
    let count = 0;
    for (const [id, subscription] of this.#subscriptions) {
      const head = headFor(publication, subscription);
      if (head === null) continue;
      count++;
      this.#send(`${head},"id":${id}}`);
    }
    return count;
  }

  #receive(data: RawData): void {
    const message = parse(data);
    if (this.#user === null) this.#authenticate(message);
    else this.#obey(message);
  }

  #authenticate(message: unknown): void {
    clearTimeout(this.#authDeadline);
    const isAuth = isRecord(message) && message.type === 'auth';
    const user = isAuth ? this.#deps.userOf(message.access_token) : null;
    if (user === null) {
      const text = isAuth ? 'Invalid access token or password' : 'Auth message incorrectly formatted';
      this.#socket.send(JSON.stringify({ type: 'auth_invalid', message: text }));
      this.#socket.close();
      return;
    }
    this.#user = user;
    this.#socket.send(JSON.stringify({ type: 'auth_ok', ha_version: version }));
  }

  #obey(message: unknown): void {
    const id = isRecord(message) ? message.id : 0;
    const type = isRecord(message) ? message.type : null;
    if (
      !isRecord(message) ||
      typeof id !== 'number' ||
      !Number.isInteger(id) ||
      id <= 0 ||
      typeof type !== 'string' ||
      type === ''
    ) {
      this.#send(errorJson(id, 'invalid_format', 'Message incorrectly formatted.'));
      return;
    }
    if (id <= this.#lastId) {
      this.#send(errorJson(id, 'id_reuse', 'Identifier values have to increase.'));
      return;
    }
    this.#lastId = id;
    const command = { ...message, id, type };
    const { answerDelayMs } = this.#deps.faults;
    if (answerDelayMs > 0) setTimeout(() => this.#execute(command), answerDelayMs);
    else this.#execute(command);
  }

  #execute(message: Message): void {
    const { id, type } = message;
    const own = ownFields[type];
    const command = this.#deps.commands.get(type);
    const isUnknown = own === undefined && command === undefined;
    if (isUnknown || this.#deps.faults.notReady.some((prefix) => type.startsWith(prefix))) {
      this.#send(errorJson(id, 'unknown_command', 'Unknown command.'));
      return;
    }
    if (command?.isAdminOnly === true && this.#user?.isAdmin !== true) {
      this.#send(errorJson(id, 'unauthorized', 'Unauthorized'));
      return;
    }
    const wrong = complaint(message, own ?? command?.fields ?? {});
    if (wrong !== null) {
      this.#send(errorJson(id, 'invalid_format', wrong));
      return;
    }
    // What was due before the question is sent before the answer.
    this.#deps.home.advance();
    if (own !== undefined) this.#executeOwn(message);
    else if (command !== undefined) void this.#executeCommand(command, message);
  }

  async #executeCommand(command: Command, message: Message): Promise<void> {
    if (this.#user === null) return;
    try {
      const answer = await command.answer(message, this.#user);
      if ('error' in answer) this.#send(errorJson(message.id, answer.error.code, answer.error.message));
      else this.#send(resultJson(message.id, answer.result));
    } catch (error) {
      this.#send(
        errorJson(message.id, 'unknown_error', error instanceof Error ? error.message : 'Unknown error'),
      );
    }
  }

  /** Commands that concern the connection itself. */
  #executeOwn(message: Message): void {
    const { id, type } = message;
    switch (type) {
      case 'ping':
        this.#send(`{"id":${id},"type":"pong"}`);
        return;
      case 'supported_features': {
        const features = message.features;
        this.#send(resultJson(id, null));
        this.#canCoalesce = isRecord(features) && 'coalesce_messages' in features;
        return;
      }
      case 'get_states':
        this.#send(
          `{"id":${id},"type":"result","success":true,"result":[${this.#states(null).map(stateJson).join(',')}]}`,
        );
        return;
      case 'subscribe_events': {
        const eventType = message.event_type;
        this.#subscriptions.set(id, {
          kind: 'events',
          eventType: typeof eventType === 'string' && eventType !== '*' ? eventType : null,
        });
        this.#send(resultJson(id, null));
        return;
      }
      case 'subscribe_entities': {
        const ids = message.entity_ids;
        // An empty list means all, as in Core.
        const entityIds = Array.isArray(ids) && ids.length > 0 ? new Set(ids.map(String)) : null;
        this.#subscriptions.set(id, { kind: 'entities', entityIds });
        this.#send(resultJson(id, null));
        this.#send(
          `{"id":${id},"type":"event","event":{"a":{${this.#states(entityIds).map(compressedJson).join(',')}}}}`,
        );
        return;
      }
      default: {
        const isThere = this.#subscriptions.delete(Number(message.subscription));
        this.#send(isThere ? resultJson(id, null) : errorJson(id, 'not_found', 'Subscription not found.'));
      }
    }
  }

  #states(entityIds: ReadonlySet<string> | null) {
    const { home } = this.#deps;
    return [...home.entities.values()]
      .filter(({ entityId }) => entityIds === null || entityIds.has(entityId))
      .flatMap((entity) => home.past(entity) ?? []);
  }

  #send(text: string): void {
    if (this.#socket.readyState !== this.#socket.OPEN) return;
    this.#queue.push(text);
    if (this.#queue.length >= flushedAtOnce) this.#flush();
    if (this.#queue.length >= this.#deps.maxPending) {
      this.#queue = [];
      this.#socket.terminate();
    } else this.#planFlush();
  }

  #planFlush(): void {
    if (this.#isFlushPlanned) return;
    this.#isFlushPlanned = true;
    setImmediate(() => {
      this.#isFlushPlanned = false;
      this.#flush();
    });
  }

  #flush(): void {
    if (this.#deps.faults.isHalfOpen || this.#queue.length === 0) return;
    // Once the socket has drained, the last write's callback comes back here.
    if (this.#socket.bufferedAmount > socketLimitBytes) return;
    const queue = this.#queue;
    this.#queue = [];
    const done = () => {
      if (this.#queue.length > 0) this.#planFlush();
    };
    if (this.#canCoalesce && queue.length > 1) this.#socket.send(`[${queue.join(',')}]`, done);
    else for (const text of queue) this.#socket.send(text, done);
  }
}

/** The event in the subscription's form; null when it doesn't want it. */
function headFor(publication: Publication, subscription: Subscription): string | null {
  const { event } = publication;
  if (subscription.kind === 'events') {
    const type = event.kind === 'other' ? event.type : event.kind;
    if (subscription.eventType !== null && subscription.eventType !== type) return null;
    publication.asEvent ??= eventHead(event);
    return publication.asEvent;
  }
  if (event.kind !== 'state_changed') return null;
  const entityId = (event.after ?? event.before)?.entityId;
  if (entityId === undefined || subscription.entityIds?.has(entityId) === false) return null;
  publication.asDiff ??= diffHead(event.before, event.after);
  return publication.asDiff;
}

const ownFields: Readonly<Record<string, Fields>> = {
  ping: {},
  supported_features: { features: required('dict') },
  get_states: {},
  subscribe_events: { event_type: optional('str') },
  subscribe_entities: { entity_ids: optional('[str]') },
  unsubscribe_events: { subscription: required('int') },
};

function parse(data: RawData): unknown {
  try {
    return JSON.parse(data.toString());
  } catch {
    // Answered like any other message that is none.
    return null;
  }
}
