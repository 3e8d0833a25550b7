/**
 * One connection from sign-in to its end: commands with deadlines, subscriptions, and a watch that detects when the
 * other side is gone without closing. The library's own reconnecting is never used: it would subscribe again by
 * itself and deliver a second snapshot, and the port says that a subscription ends with its connection.
 */
import {
  Connection,
  type ConnectionOptions,
  type HaWebSocket,
  type MessageBase,
} from 'home-assistant-js-websocket';
import { HomeAssistantUnavailable } from '../../home/home-assistant.ts';
import type { Clock } from '../../runtime/clock.ts';
import type { Log } from '../../runtime/log.ts';
import { commandError } from './command-error.ts';
import type { Endpoint } from './endpoint.ts';
import { type HomeAssistantSocket, openSocket } from './socket.ts';
import type { Timings } from './timings.ts';

interface SessionDeps {
  readonly clock: Clock;
  readonly log: Log;
  readonly timings: Timings;
}

interface Subscription {
  stop(): Promise<void>;
}

/** More commands than this at once are a fault of ours. */
const maxPendingCommands = 256;

export class Session {
  readonly version: string;
  /** Resolves with the reason when the connection is gone; never rejects. */
  readonly ended: Promise<string>;
  readonly #socket: HomeAssistantSocket;
  readonly #connection: Connection;
  readonly #deps: SessionDeps;
  readonly #subscriptionIds = new Set<number>();
  readonly #watch: NodeJS.Timeout;
  readonly #pings = new Set<NodeJS.Timeout>();
  /** What waits for an answer; called when the connection ends. */
  readonly #pending = new Set<(reason: string) => void>();
  #end: (reason: string) => void = () => undefined;
  #reason: string | null = null;
  #isPaused = false;
  #pauses = 0;
  #answeredUs: number | null = null;

  constructor(socket: HomeAssistantSocket, deps: SessionDeps) {
    this.#socket = socket;
    this.#deps = deps;
    this.version = socket.haVersion;
    this.ended = new Promise((resolve) => {
      this.#end = resolve;
    });
    // The library knows only the browser's WebSocket; the socket implements the part of it that the library uses.
    const asBrowser = socket as unknown as HaWebSocket;
    const options: ConnectionOptions = { setupRetry: 0, createSocket: () => Promise.resolve(asBrowser) };
    this.#connection = new Connection(asBrowser, options);
    this.#connection.addEventListener('disconnected', () => {
      this.#connection.close();
      this.#finish(`the connection was closed (code ${socket.closeCode() ?? 0})`);
    });
    this.#watch = setInterval(() => this.#ping(), deps.timings.pingEveryMs);
    // It may have been closed between auth_ok and here.
    if (socket.closeCode() !== null) this.#finish('the connection was closed right after signing in');
  }

  /** When a ping was last answered; null when none was yet. */
  pingAnsweredUs(): number | null {
    return this.#answeredUs;
  }

  isOpen(): boolean {
    return this.#reason === null;
  }

  /** Rejects with HomeAssistantUnavailable (no connection, no answer) or CommandRefused. */
  async command(message: MessageBase, deadlineMs = this.#deps.timings.commandMs): Promise<unknown> {
    this.#assertOpen();
    return await this.#bounded(
      this.#connection.sendMessagePromise<unknown>({ ...message }),
      message.type,
      deadlineMs,
    );
  }

  /**
   * Calls `onEvent` for each event, in order, until the end of the connection or until Core has ended the subscription: a
   * few may come after `stop` was called, or after this rejected for want of an answer.
   */
  async subscribe(message: MessageBase, onEvent: (event: unknown) => void): Promise<Subscription> {
    this.#assertOpen();
    const made = this.#connection.subscribeMessage<unknown>(onEvent, { ...message }, { resubscribe: false });
    // The library takes the id synchronously and reports it nowhere else.
    const id = this.#connection.commandId;
    const unsubscribe = await this.#bounded(made, message.type, this.#deps.timings.commandMs);
    this.#subscriptionIds.add(id);
    let isStopped = false;
    return {
      stop: async () => {
        if (isStopped) return;
        isStopped = true;
        this.#subscriptionIds.delete(id);
        if (!this.isOpen()) return;
        try {
          await this.#bounded(unsubscribe(), 'unsubscribe_events', this.#deps.timings.commandMs);
        } catch (cause) {
          // The subscription is gone, which is what was asked for.
          this.#deps.log.debug({ err: cause }, 'a subscription could not be ended');
        }
      },
    };
  }

  pause(isPaused: boolean): void {
    if (isPaused === this.#isPaused || !this.isOpen()) return;
    this.#isPaused = isPaused;
    if (isPaused) {
      this.#pauses += 1;
      this.#socket.pause();
    } else {
      this.#socket.resume();
    }
  }

  /** With the closing handshake if the other side answers within a second. */
  close(reason = 'closed by us'): void {
    if (!this.isOpen()) return;
    this.#socket.resume();
    this.#connection.close();
    setTimeout(() => this.#socket.terminate(), 1000).unref();
    this.#finish(reason);
  }

  /** Without the closing handshake: the connection can't be trusted. */
  drop(reason: string): void {
    if (!this.isOpen()) return;
    this.#deps.log.warn({ reason }, 'the connection to Home Assistant is given up');
    this.#connection.close();
    this.#socket.terminate();
    this.#finish(reason);
  }

  #finish(reason: string): void {
    if (this.#reason !== null) return;
    this.#reason = reason;
    clearInterval(this.#watch);
    for (const ping of this.#pings) clearTimeout(ping);
    for (const lose of [...this.#pending]) lose(reason);
    this.#end(reason);
  }

  #assertOpen(): void {
    if (this.#reason !== null)
      throw new HomeAssistantUnavailable(`No connection to Home Assistant: ${this.#reason}`);
    if (this.#connection.commands.size >= maxPendingCommands)
      throw new HomeAssistantUnavailable('Too many commands wait for Home Assistant’s answer');
  }

  /** Settles with the answer, the deadline or the end of the connection; nothing of the answer is kept after that. */
  #bounded<T>(answer: Promise<T>, type: string, deadlineMs: number): Promise<T> {
    return new Promise((resolve, reject) => {
      const end = () => {
        clearTimeout(timer);
        this.#pending.delete(lose);
      };
      const fail = (cause: unknown) => {
        end();
        reject(commandError(cause, type));
      };
      const lose = (reason: string) =>
        fail(new HomeAssistantUnavailable(`The connection to Home Assistant ended: ${reason}`));
      const timer = setTimeout(
        () =>
          fail(new HomeAssistantUnavailable(`Home Assistant did not answer ${type} within ${deadlineMs} ms`)),
        deadlineMs,
      );
      this.#pending.add(lose);
      answer.then((value) => {
        end();
        resolve(value);
      }, fail);
    });
  }

  /** Silence after a ping is what a half-open connection looks like; a paused one is silent because we don't read. */
  #ping(): void {
    if (this.#isPaused) return;
    for (const id of this.#subscriptionIds) {
      // Core answers a message that it can't serialise with an error under the subscription's id, upon which the
      // library forgets the subscription and would throw its events away from then on.
      if (this.#connection.commands.has(id)) continue;
      this.drop('Home Assistant ended a subscription');
      return;
    }
    const sentMs = this.#deps.clock.monotonicMs();
    const pauses = this.#pauses;
    this.#connection.ping().then(
      () => {
        this.#answeredUs = this.#deps.clock.nowUs();
      },
      (cause: unknown) => {
        this.#deps.log.debug({ err: commandError(cause, 'ping') }, 'a ping was not answered');
      },
    );
    const check = setTimeout(() => {
      this.#pings.delete(check);
      if (pauses !== this.#pauses || this.#socket.lastMessageMs() > sentMs) return;
      this.drop(`no answer to a ping within ${this.#deps.timings.pingWithinMs} ms`);
    }, this.#deps.timings.pingWithinMs);
    this.#pings.add(check);
  }
}

/** Rejects with a ConnectError. */
export async function openSession(
  endpoint: Endpoint,
  deps: SessionDeps,
  signal: AbortSignal,
): Promise<Session> {
  let session: Session | null = null;
  const socket = await openSocket(
    endpoint,
    {
      connectMs: deps.timings.connectMs,
      authMs: deps.timings.authMs,
      monotonicMs: () => deps.clock.monotonicMs(),
      onFault: (cause) => {
        deps.log.warn({ err: cause }, 'a message of Home Assistant could not be taken');
        session?.drop('a message could not be taken');
      },
    },
    signal,
  );
  session = new Session(socket, deps);
  return session;
}
