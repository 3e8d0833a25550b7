/** The HTTP and websocket side: /api/websocket, a little of the REST interface, and whatever else is handed in. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { WebSocketServer } from 'ws';
import type { HomeEvent } from '../home/home.ts';
import { Connection, type ConnectionDeps, type Publication } from './connection.ts';
import { config } from './people.ts';

interface ServerDeps extends ConnectionDeps {
  readonly timeZone: string;
  /** Answers paths that Home Assistant has not; false: not one of its own. The token was checked. */
  readonly extra: (request: IncomingMessage, response: ServerResponse) => boolean;
}

const connectionsAtMost = 200;
const messageBytesAtMost = 4 << 20;

export class ProtocolServer {
  readonly #deps: ServerDeps;
  readonly #http: Server;
  readonly #sockets = new WebSocketServer({
    noServer: true,
    maxPayload: messageBytesAtMost,
    perMessageDeflate: false,
  });
  readonly #connections = new Set<Connection>();

  constructor(deps: ServerDeps) {
    this.#deps = deps;
    this.#http = createServer((request, response) => this.#answer(request, response));
    this.#http.on('upgrade', (request, socket, head) => this.#upgrade(request, socket, head));
  }

  /** Resolves with the port. */
  async start(host: string, port: number): Promise<number> {
    await new Promise<void>((resolve, reject) => {
      this.#http.once('error', reject);
      this.#http.listen(port, host, () => {
        this.#http.off('error', reject);
        resolve();
      });
    });
    return (this.#http.address() as AddressInfo).port;
  }

  async stop(): Promise<void> {
    this.dropConnections();
    this.#http.closeAllConnections();
    await new Promise<void>((resolve) => this.#http.close(() => resolve()));
  }

  /** Cuts every websocket without the closing handshake. */
  dropConnections(): number {
    const count = this.#connections.size;
    for (const connection of this.#connections) connection.terminate();
    return count;
  }

  connectionCount(): number {
    return this.#connections.size;
  }

  hold(isHeld: boolean): void {
    for (const connection of this.#connections) connection.hold(isHeld);
  }

  publish(event: HomeEvent): void {
    const publication: Publication = { event, asEvent: null, asDiff: null };
    let count = 0;
    for (const connection of this.#connections) count += connection.publish(publication);
    if (event.kind === 'state_changed') event.entity.sent += count;
  }

  #upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    const { faults } = this.#deps;
    socket.on('error', () => socket.destroy());
    if (faults.refusing === 'reset') {
      socket.destroy();
      return;
    }
    if (faults.refusing === '502' || this.#connections.size >= connectionsAtMost) {
      socket.end('HTTP/1.1 502 Bad Gateway\r\nConnection: close\r\nContent-Length: 0\r\n\r\n');
      return;
    }
    if (pathOf(request) !== '/api/websocket') {
      socket.end('HTTP/1.1 404 Not Found\r\nConnection: close\r\nContent-Length: 0\r\n\r\n');
      return;
    }
    this.#sockets.handleUpgrade(request, socket, head, (websocket) => {
      const connection = new Connection(websocket, this.#deps);
      this.#connections.add(connection);
      websocket.on('close', () => this.#connections.delete(connection));
      if (faults.isHalfOpen) connection.hold(true);
      connection.start();
    });
  }

  #answer(request: IncomingMessage, response: ServerResponse): void {
    if (this.#deps.faults.refusing === 'reset') {
      request.socket.destroy();
      return;
    }
    const path = pathOf(request);
    if (path === '/manifest.json') {
      send(response, 200, {
        name: 'Home Assistant',
        short_name: 'Home Assistant',
        start_url: '/?homescreen=1',
        display: 'standalone',
      });
      return;
    }
    const token = /^Bearer (.+)$/.exec(request.headers.authorization ?? '')?.[1];
    if (this.#deps.userOf(token) === null) {
      response.writeHead(401, { 'Content-Type': 'text/plain; charset=utf-8' }).end('401: Unauthorized');
      return;
    }
    if (this.#deps.extra(request, response)) return;
    if (path === '/api/' && request.method === 'GET') send(response, 200, { message: 'API running.' });
    else if (path === '/api/config' && request.method === 'GET')
      send(response, 200, config(this.#deps.timeZone));
    else send(response, 404, { message: 'Not found' });
  }
}

export function pathOf(request: IncomingMessage): string {
  return (request.url ?? '/').split('?')[0] ?? '/';
}

export function send(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'Content-Type': 'application/json' }).end(JSON.stringify(body));
}
