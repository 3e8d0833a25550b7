/** The live websocket of the panel. */

import { Backoff } from '../src/runtime/backoff.ts';
import type { LiveMessage } from '../src/schemas/live.ts';
import { apiAddress } from './api.ts';

const firstRetryMs = 500;
const longestRetryMs = 15_000;

export type LiveState = 'connecting' | 'live' | 'lost';

interface LiveHandlers {
  readonly onMessage: (message: LiveMessage) => void;
  readonly onState: (state: LiveState) => void;
}

/** Browsers do not report the server's pings: after this time without a message the socket is replaced. */
const silenceMs = 45_000;

/** The live websocket. Reconnects without end, and asks for the messages it missed. */
export class LiveSocket {
  readonly #handlers: LiveHandlers;
  #socket: WebSocket | null = null;
  #seq: number | null = null;
  readonly #backoff = new Backoff(firstRetryMs, longestRetryMs);
  /** Whether the last attempt failed or was dropped. */
  #isDropped = false;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #isRunning = false;

  constructor(handlers: LiveHandlers) {
    this.#handlers = handlers;
  }

  start(): void {
    if (this.#isRunning) return;
    this.#isRunning = true;
    addEventListener('online', this.#reconnect);
    document.addEventListener('visibilitychange', this.#onVisibility);
    this.#handlers.onState('connecting');
    this.#connect();
  }

  stop(): void {
    this.#isRunning = false;
    removeEventListener('online', this.#reconnect);
    document.removeEventListener('visibilitychange', this.#onVisibility);
    this.#disconnect();
  }

  #disconnect(): void {
    clearTimeout(this.#timer);
    const socket = this.#socket;
    this.#socket = null;
    socket?.close();
  }

  readonly #reconnect = () => {
    this.#disconnect();
    this.#connect();
  };

  readonly #onVisibility = () => {
    // The socket of a page in the background may have died without an event.
    if (document.visibilityState === 'visible' && this.#socket?.readyState !== WebSocket.OPEN)
      this.#reconnect();
  };

  #connect(): void {
    if (!this.#isRunning) return;
    const url = apiAddress('api/live', { since: this.#seq });
    url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:';
    const socket = new WebSocket(url);
    this.#socket = socket;
    this.#expectMessage();
    socket.addEventListener('open', () => {
      if (this.#socket !== socket) return;
      this.#isDropped = false;
      this.#backoff.reset();
      this.#handlers.onState('live');
      this.#expectMessage();
    });
    socket.addEventListener('message', (event) => {
      if (this.#socket !== socket || typeof event.data !== 'string') return;
      this.#expectMessage();
      const message = JSON.parse(event.data) as LiveMessage;
      this.#seq = message.seq;
      this.#handlers.onMessage(message);
    });
    socket.addEventListener('close', () => {
      if (this.#socket !== socket) return;
      this.#socket = null;
      clearTimeout(this.#timer);
      // A single drop is over within a second and is not shown.
      if (this.#isDropped) this.#handlers.onState('lost');
      this.#isDropped = true;
      this.#timer = setTimeout(() => this.#connect(), this.#backoff.nextMs());
    });
  }

  #expectMessage(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(this.#reconnect, silenceMs);
  }
}
