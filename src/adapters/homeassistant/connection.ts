/** Keeps one session with Home Assistant up for as long as the process runs, and reports its status. */
import type { ConnectionStatus } from '../../home/home-assistant.ts';
import { HomeAssistantUnavailable } from '../../home/home-assistant.ts';
import { Backoff } from '../../runtime/backoff.ts';
import type { Clock } from '../../runtime/clock.ts';
import { Emitter } from '../../runtime/emitter.ts';
import type { Log } from '../../runtime/log.ts';
import { pause, untilAborted } from '../../runtime/pause.ts';
import { ConnectError } from './connect-error.ts';
import type { Endpoint } from './endpoint.ts';
import { openSession, type Session } from './session.ts';
import type { Timings } from './timings.ts';

interface ConnectionDeps {
  readonly clock: Clock;
  readonly log: Log;
  readonly timings: Timings;
  /** In [0, 1): spreads the retries. */
  readonly random: () => number;
  /** Called with each new session before the status changes. */
  readonly onSession: (session: Session) => void;
}

export class Connection {
  readonly #deps: ConnectionDeps;
  readonly #statusChanges: Emitter<[status: ConnectionStatus]>;
  readonly #retry: Backoff;
  readonly #refusedRetry: Backoff;
  #endpoint: Endpoint | null;
  #status: ConnectionStatus;
  #session: Session | null = null;
  #connects = 0;
  #lastSinceUs = 0;
  #lastPingAtUs: number | null = null;
  /** Ends the present wait or try: at a stop, or because there is another endpoint. */
  #interrupt = new AbortController();
  #isStopped = true;
  #loop: Promise<void> = Promise.resolve();

  constructor(endpoint: Endpoint | null, deps: ConnectionDeps) {
    this.#deps = deps;
    this.#statusChanges = new Emitter(deps.log, 'A listener to the connection failed');
    this.#endpoint = endpoint;
    this.#status =
      endpoint === null ? { kind: 'not_configured' } : { kind: 'connecting', attempts: 0, error: null };
    this.#retry = new Backoff(deps.timings.retryFirstMs, deps.timings.retryLimitMs, deps.random);
    this.#refusedRetry = new Backoff(deps.timings.refusedFirstMs, deps.timings.refusedLimitMs, deps.random);
  }

  start(): void {
    if (!this.#isStopped) return;
    this.#isStopped = false;
    this.#interrupt = new AbortController();
    this.#loop = this.#run();
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    this.#interrupt.abort();
    this.#session?.close('the process stops');
    await this.#loop;
  }

  /** Leaves the present Home Assistant, if any, for this one; null: none. */
  reconfigure(endpoint: Endpoint | null): void {
    this.#endpoint = endpoint;
    this.#retry.reset();
    this.#refusedRetry.reset();
    const interrupt = this.#interrupt;
    this.#interrupt = new AbortController();
    interrupt.abort();
    this.#session?.close('another Home Assistant was configured');
    if (this.#isStopped) this.#setStatus(this.#unconnected(0, null));
  }

  /** Drops the present connection, which can't be trusted, and makes another at once. */
  reconnect(reason: string): void {
    this.#session?.drop(reason);
  }

  /** When a ping was last answered, on whichever connection; null when never. */
  lastPingAtUs(): number | null {
    return this.#session?.pingAnsweredUs() ?? this.#lastPingAtUs;
  }

  status(): ConnectionStatus {
    return this.#status;
  }

  reconnectCount(): number {
    return Math.max(0, this.#connects - 1);
  }

  onStatus(listener: (status: ConnectionStatus) => void): () => void {
    return this.#statusChanges.on(listener);
  }

  /** Throws HomeAssistantUnavailable when there is none. */
  session(): Session {
    if (this.#session?.isOpen()) return this.#session;
    const { kind } = this.#status;
    const why = 'error' in this.#status && this.#status.error !== null ? `: ${this.#status.error}` : '';
    throw new HomeAssistantUnavailable(
      kind === 'not_configured' ? 'No Home Assistant is configured' : `Home Assistant is not connected${why}`,
    );
  }

  /** Applies to this connection only: a new one is read, or nobody could subscribe on it. */
  pause(isPaused: boolean): void {
    this.#session?.pause(isPaused);
  }

  async #run(): Promise<void> {
    let attempts = 0;
    while (!this.#isStopped) {
      const { signal } = this.#interrupt;
      const endpoint = this.#endpoint;
      if (endpoint === null) {
        attempts = 0;
        this.#setStatus({ kind: 'not_configured' });
        await untilAborted(signal);
        continue;
      }
      attempts += 1;
      if (this.#status.kind !== 'refused') this.#setStatus(this.#unconnected(attempts, this.#lastError()));
      const outcome = await this.#connectOnce(endpoint, signal);
      if (this.#isStopped) break;
      if (outcome.wasConnected) attempts = 0;
      if (signal.aborted) {
        attempts = 0;
        this.#setStatus(this.#unconnected(0, null));
        continue;
      }
      this.#setStatus(
        outcome.isRefused
          ? { kind: 'refused', error: outcome.error }
          : this.#unconnected(attempts, outcome.error),
      );
      const retry = outcome.isRefused ? this.#refusedRetry : this.#retry;
      const waitMs = retry.nextMs();
      this.#deps.log.debug(
        { waitMs: Math.round(waitMs), err: outcome.error },
        'Home Assistant will be tried again',
      );
      await pause(waitMs, signal);
    }
    this.#setStatus(this.#unconnected(0, null));
  }

  async #connectOnce(
    endpoint: Endpoint,
    signal: AbortSignal,
  ): Promise<{ wasConnected: boolean; isRefused: boolean; error: string }> {
    const { clock, log, timings, onSession } = this.#deps;
    let session: Session;
    try {
      session = await openSession(endpoint, { clock, log, timings }, signal);
    } catch (cause) {
      const error = cause instanceof Error ? cause.message : String(cause);
      const isRefused = cause instanceof ConnectError && cause.fault.kind === 'auth_invalid';
      if (!signal.aborted && this.#isOtherError(error))
        log.warn({ err: error }, 'Home Assistant can not be reached');
      return { wasConnected: false, isRefused, error };
    }
    if (signal.aborted) {
      session.close('no longer wanted');
      return { wasConnected: false, isRefused: false, error: 'no longer wanted' };
    }
    const sinceMs = clock.monotonicMs();
    this.#session = session;
    if (session.isOpen()) {
      this.#connects += 1;
      // Identifies the connection, so it is never the same twice, whatever the clock does.
      this.#lastSinceUs = Math.max(this.#lastSinceUs + 1, clock.nowUs());
      this.#refusedRetry.reset();
      log.info(
        { version: session.version, reconnects: this.reconnectCount() },
        'Home Assistant is connected',
      );
      onSession(session);
      this.#setStatus({ kind: 'connected', version: session.version, sinceUs: this.#lastSinceUs });
    }
    const error = await session.ended;
    this.#lastPingAtUs = session.pingAnsweredUs() ?? this.#lastPingAtUs;
    this.#session = null;
    if (clock.monotonicMs() - sinceMs >= timings.stableMs) this.#retry.reset();
    if (!this.#isStopped) log.info({ reason: error }, 'Home Assistant is disconnected');
    return { wasConnected: true, isRefused: false, error };
  }

  #lastError(): string | null {
    return this.#status.kind === 'connecting' || this.#status.kind === 'refused' ? this.#status.error : null;
  }

  /** An outage is logged once, not at each try. */
  #isOtherError(error: string): boolean {
    return this.#lastError() !== error;
  }

  #unconnected(attempts: number, error: string | null): ConnectionStatus {
    return this.#endpoint === null ? { kind: 'not_configured' } : { kind: 'connecting', attempts, error };
  }

  #setStatus(status: ConnectionStatus): void {
    const before = this.#status;
    this.#status = status;
    if (JSON.stringify(before) === JSON.stringify(status)) return;
    this.#statusChanges.emit(status);
  }
}
