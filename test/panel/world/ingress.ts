/**
 * Stands in for Home Assistant's ingress: the app under a path of its own, which is cut off and reported in a header
 * beside the user's id, websockets too; and around it a page of the same origin with Home Assistant's custom properties.
 */
import {
  request as ask,
  type ClientRequest,
  createServer,
  type IncomingMessage,
  type ServerResponse,
} from 'node:http';
import type { Duplex } from 'node:stream';
import { listen, type RunningServer } from './http-server.ts';
import { parentPage } from './parent-page.ts';

interface IngressOptions {
  readonly appUrl: string;
  /** The address that requests to the app come from. */
  readonly fromAddress: string;
  /** User ids by the name in the path. */
  readonly users: Readonly<Record<string, string>>;
}

const pathPattern = /^(\/api\/hassio_ingress\/token_of_(\w+))(\/.*)$/;

/** The same request to the app; null for a path that is not the app's. */
function forwarded(request: IncomingMessage, options: IngressOptions): ClientRequest | null {
  const match = pathPattern.exec(request.url ?? '');
  const userId = options.users[match?.[2] ?? ''];
  if (match === null || userId === undefined) return null;
  const app = new URL(options.appUrl);
  const headers: Record<string, string | string[] | undefined> = {
    ...request.headers,
    'x-forwarded-host': request.headers.host,
    'x-ingress-path': match[1],
    'x-remote-user-id': userId,
  };
  if (headers.upgrade === undefined) delete headers.connection;
  return ask({
    host: app.hostname,
    port: app.port,
    localAddress: options.fromAddress,
    method: request.method,
    path: match[3],
    headers,
  });
}

function answer(request: IncomingMessage, response: ServerResponse, options: IngressOptions): void {
  if (request.url?.split('?')[0] === '/') {
    response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' }).end(parentPage);
    return;
  }
  const onward = forwarded(request, options);
  if (onward === null) {
    response.writeHead(404).end();
    return;
  }
  onward.on('response', (answered) => {
    response.writeHead(answered.statusCode ?? 502, answered.headers);
    answered.pipe(response);
  });
  onward.on('error', () => (response.headersSent ? response.destroy() : response.writeHead(502).end()));
  response.on('close', () => onward.destroy());
  request.pipe(onward);
}

function upgrade(request: IncomingMessage, socket: Duplex, options: IngressOptions): void {
  const onward = forwarded(request, options);
  if (onward === null) {
    socket.end('HTTP/1.1 404 Not Found\r\n\r\n');
    return;
  }
  onward.on('upgrade', (answered, other, head) => {
    other.on('error', () => socket.destroy());
    other.on('close', () => socket.destroy());
    socket.on('close', () => other.destroy());
    const lines = Object.entries(answered.headers).map(([name, value]) => `${name}: ${value}`);
    socket.write(`HTTP/1.1 101 Switching Protocols\r\n${lines.join('\r\n')}\r\n\r\n`);
    if (head.length > 0) socket.write(head);
    other.pipe(socket).pipe(other);
  });
  onward.on('response', () => socket.end('HTTP/1.1 502 Bad Gateway\r\n\r\n'));
  onward.on('error', () => socket.destroy());
  onward.end();
}

export async function startIngress(options: IngressOptions): Promise<RunningServer> {
  const sockets = new Set<Duplex>();
  const server = createServer((request, response) => answer(request, response, options));
  server.on('upgrade', (request: IncomingMessage, socket: Duplex) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    socket.on('error', () => socket.destroy());
    upgrade(request, socket, options);
  });
  const running = await listen(server);
  return {
    url: running.url,
    stop: async () => {
      for (const socket of sockets) socket.destroy();
      await running.stop();
    },
  };
}
