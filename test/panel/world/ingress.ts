/**
 * As Home Assistant's ingress does it: the app under a path of its own, the prefix cut off and told in a header beside
 * who asks, websockets too; and around it a page of the same origin with Home Assistant's custom properties.
 */
import { request as ask, createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { parentPage } from './parent-page.ts';

export interface IngressOptions {
  readonly appUrl: string;
  /** Where its requests come from. */
  readonly fromAddress: string;
  /** User ids by the name in the path. */
  readonly users: Readonly<Record<string, string>>;
}

const pathPattern = /^(\/api\/hassio_ingress\/token_of_(\w+))(\/.*)$/;

export async function startIngress(
  options: IngressOptions,
): Promise<{ url: string; stop: () => Promise<void> }> {
  const app = new URL(options.appUrl);
  const sockets = new Set<Duplex>();

  const forward = (request: IncomingMessage, isUpgrade: boolean) => {
    const match = pathPattern.exec(request.url ?? '');
    const userId = options.users[match?.[2] ?? ''];
    if (match === null || userId === undefined) return null;
    const headers: Record<string, string | string[] | undefined> = {
      ...request.headers,
      'x-forwarded-host': request.headers.host,
      'x-ingress-path': match[1],
      'x-remote-user-id': userId,
    };
    if (!isUpgrade) delete headers.connection;
    return ask({
      host: app.hostname,
      port: app.port,
      localAddress: options.fromAddress,
      method: request.method,
      path: match[3],
      headers,
    });
  };

  const server = createServer((request: IncomingMessage, response: ServerResponse) => {
    if (request.url?.split('?')[0] === '/') {
      response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' }).end(parentPage);
      return;
    }
    const onward = forward(request, false);
    if (onward === null) {
      response.writeHead(404).end();
      return;
    }
    onward.on('response', (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
    });
    onward.on('error', () => (response.headersSent ? response.destroy() : response.writeHead(502).end()));
    response.on('close', () => onward.destroy());
    request.pipe(onward);
  });

  server.on('upgrade', (request: IncomingMessage, socket: Socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    socket.on('error', () => socket.destroy());
    const onward = forward(request, true);
    if (onward === null) {
      socket.end('HTTP/1.1 404 Not Found\r\n\r\n');
      return;
    }
    onward.on('upgrade', (answer, other, head) => {
      other.on('error', () => socket.destroy());
      other.on('close', () => socket.destroy());
      socket.on('close', () => other.destroy());
      const lines = Object.entries(answer.headers).map(([name, value]) => `${name}: ${value}`);
      socket.write(`HTTP/1.1 101 Switching Protocols\r\n${lines.join('\r\n')}\r\n\r\n`);
      if (head.length > 0) socket.write(head);
      other.pipe(socket).pipe(other);
    });
    onward.on('response', () => socket.end('HTTP/1.1 502 Bad Gateway\r\n\r\n'));
    onward.on('error', () => socket.destroy());
    onward.end();
  });

  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    stop: () =>
      new Promise((resolve) => {
        for (const socket of sockets) socket.destroy();
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}
