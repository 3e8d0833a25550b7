/** The WebSocket /api/live: the same guard as every request, a bounded number of clients, each with a bounded backlog. */
import type { IncomingMessage } from 'node:http';
import { STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import { type WebSocket, WebSocketServer } from 'ws';
import { guarded } from '../../runtime/guarded.ts';
import type { Log } from '../../runtime/log.ts';
import { type AccessRules, decideAccess } from '../http/access.ts';
import type { LiveHub } from './hub.ts';

const maxClients = 50;
/** A client with more pending bytes is dropped; it reconnects and gets what it missed. */
const maxBacklogBytes = 1024 * 1024;
const pingEveryMs = 20_000;
/** Clients have nothing to say. */
const maxMessageBytes = 1024;
/** One that was refused has so long to take the answer: its side may stay open for ever. */
const refusedWithinMs = 2000;

interface LiveSocketsDeps {
  readonly hub: LiveHub;
  readonly access: AccessRules;
  readonly log: Log;
}

function refuse(socket: Duplex, status: number, detail: string): void {
  const body = JSON.stringify({
    type: 'about:blank',
    title: STATUS_CODES[status] ?? 'Error',
    status,
    detail,
  });
  socket.once('finish', () => socket.destroy());
  setTimeout(() => socket.destroy(), refusedWithinMs).unref();
  socket.end(
    `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}\r\nContent-Type: application/problem+json\r\nContent-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`,
  );
}

/** A request's target is whatever was sent: `//` and `//[` are no URLs. Cut by hand, it is never refused with a throw. */
function targetOf(url: string | undefined): { readonly path: string; readonly since: number | null } {
  const [path = '', ...query] = (url ?? '').split('?');
  const since = new URLSearchParams(query.join('?')).get('since');
  return { path, since: since !== null && /^\d{1,16}$/.test(since) ? Number(since) : null };
}

export class LiveSockets {
  readonly #deps: LiveSocketsDeps;
  readonly #server = new WebSocketServer({
    noServer: true,
    maxPayload: maxMessageBytes,
    perMessageDeflate: false,
  });
  readonly #answered = new WeakMap<WebSocket, boolean>();
  #timer: NodeJS.Timeout | undefined;

  constructor(deps: LiveSocketsDeps) {
    this.#deps = deps;
  }

  start(): void {
    const ping = guarded(this.#deps.log, 'Panels could not be pinged', () => this.#ping());
    this.#timer = setInterval(ping, pingEveryMs);
    this.#timer.unref();
  }

  stop(): void {
    clearInterval(this.#timer);
    for (const client of this.#server.clients) client.close(1001, 'The app stops');
    this.#server.close();
  }

  /** Handles Node's `upgrade` event. Checks the caller before it reads the target. */
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    socket.on('error', () => socket.destroy());
    const decision = decideAccess(
      this.#deps.access,
      {
        remoteAddress: request.socket.remoteAddress,
        method: request.method ?? 'GET',
        header: (name) => {
          const value = request.headers[name];
          return Array.isArray(value) ? value[0] : value;
        },
      },
      true,
    );
    const { path, since } = targetOf(request.url);
    if (decision.kind === 'refused') {
      this.#deps.log.warn(
        { remote: request.socket.remoteAddress, path: path.slice(0, 200) },
        decision.detail,
      );
      refuse(socket, 403, decision.detail);
    } else if (path !== '/api/live') refuse(socket, 404, 'There is no WebSocket here.');
    else if (this.#server.clients.size >= maxClients)
      refuse(socket, 503, `${maxClients} panels are open already.`);
    else this.#server.handleUpgrade(request, socket, head, (client) => this.#join(client, since));
  }

  #join(client: WebSocket, since: number | null): void {
    const { log } = this.#deps;
    this.#answered.set(client, true);
    client.on('pong', () => this.#answered.set(client, true));
    client.on('error', (error) => log.debug({ err: error }, 'A panel’s connection failed'));
    const leave = this.#deps.hub.join(
      {
        send: (text) => {
          if (client.readyState !== client.OPEN) return;
          if (client.bufferedAmount > maxBacklogBytes) {
            log.info({}, 'A panel reads too slowly and is dropped');
            client.terminate();
            return;
          }
          client.send(text);
        },
      },
      since,
    );
    client.on('close', guarded(log, 'A panel could not leave', leave));
  }

  #ping(): void {
    for (const client of this.#server.clients) {
      if (this.#answered.get(client) === false) {
        client.terminate();
        continue;
      }
      this.#answered.set(client, false);
      client.ping();
    }
  }
}
