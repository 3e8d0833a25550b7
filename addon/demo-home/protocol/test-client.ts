/** For tests: home-assistant-js-websocket over the package ws, and a bare socket that keeps every message. */
import {
  type Connection,
  createConnection,
  createLongLivedTokenAuth,
  ERR_CANNOT_CONNECT,
  ERR_INVALID_AUTH,
  type HaWebSocket,
} from 'home-assistant-js-websocket';
import { WebSocket } from 'ws';

/** Rejects with ERR_INVALID_AUTH or ERR_CANNOT_CONNECT, as the library's own way to connect does. */
export async function connect(url: string, token: string): Promise<Connection> {
  const auth = createLongLivedTokenAuth(url, token);
  return createConnection({ auth, setupRetry: 0, createSocket: () => authenticated(auth.wsUrl, token) });
}

function authenticated(url: string, token: string): Promise<HaWebSocket> {
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(url, { perMessageDeflate: false });
    socket.once('error', () => reject(ERR_CANNOT_CONNECT));
    socket.once('close', () => reject(ERR_CANNOT_CONNECT));
    const onMessage = (data: { toString(): string }) => {
      const message = JSON.parse(data.toString());
      if (message.type === 'auth_required')
        socket.send(JSON.stringify({ type: 'auth', access_token: token }));
      else if (message.type === 'auth_invalid') reject(ERR_INVALID_AUTH);
      else if (message.type === 'auth_ok') {
        socket.off('message', onMessage);
        resolve(Object.assign(socket, { haVersion: String(message.ha_version) }) as unknown as HaWebSocket);
      }
    };
    socket.on('message', onMessage);
  });
}

/** Sends the given messages and keeps frames as they came. */
export class BareClient {
  readonly frames: string[] = [];
  readonly #socket: WebSocket;
  #nextId = 1;

  constructor(url: string) {
    this.#socket = new WebSocket(`${url.replace('http', 'ws')}/api/websocket`, { perMessageDeflate: false });
    this.#socket.on('message', (data) => this.frames.push(data.toString()));
    this.#socket.on('error', () => {});
  }

  get isClosed(): boolean {
    return this.#socket.readyState === WebSocket.CLOSED;
  }

  /** Every message, frames of several taken apart. */
  // biome-ignore lint/suspicious/noExplicitAny: a test reads whatever came
  messages(): any[] {
    return this.frames.flatMap((frame) => JSON.parse(frame));
  }

  send(message: object): void {
    this.#socket.send(JSON.stringify(message));
  }

  async authenticate(token: string): Promise<void> {
    await until(() => this.frames.length > 0);
    this.send({ type: 'auth', access_token: token });
    await until(() => this.messages().some(({ type }) => type === 'auth_ok' || type === 'auth_invalid'));
  }

  /** The whole answer to a command. */
  // biome-ignore lint/suspicious/noExplicitAny: a test reads whatever came
  async ask(message: object): Promise<any> {
    const id = this.#nextId++;
    this.send({ id, ...message });
    const find = () =>
      this.messages().find((one) => one.id === id && (one.type === 'result' || one.type === 'pong'));
    await until(() => find() !== undefined);
    return find();
  }

  close(): void {
    this.#socket.terminate();
  }
}

/** Waits for a condition; fails after ten seconds. */
export async function until(condition: () => boolean): Promise<void> {
  const deadline = performance.now() + 10_000;
  while (!condition()) {
    if (performance.now() > deadline) throw new Error(`waited in vain for ${condition}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
