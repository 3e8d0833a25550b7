/** Node's HTTP server under ours: who may connect, how long a request may take, and that nothing sent here ends the process. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { getRequestListener, RequestError } from '@hono/node-server';
import { guarded } from '../../runtime/guarded.ts';
import type { Log } from '../../runtime/log.ts';
import { type AccessRules, mayConnect } from './access.ts';
import { problemResponse } from './problems.ts';

export interface HttpLimits {
  /** From the connection, or from a request's first byte on one that is kept open, to the end of the headers. */
  readonly headersMs: number;
  /** To the end of the body. */
  readonly requestMs: number;
  /** Node looks only this often for requests that took too long, so that the limits are true to this. */
  readonly checkEveryMs: number;
  /** No bytes in either direction: an answer that is not read. */
  readonly idleMs: number;
  readonly connections: number;
}

export const defaultHttpLimits: HttpLimits = {
  headersMs: 10_000,
  requestMs: 30_000,
  checkEveryMs: 500,
  idleMs: 120_000,
  connections: 500,
};

interface HttpServerDeps {
  readonly access: AccessRules;
  readonly fetch: Parameters<typeof getRequestListener>[0];
  readonly upgrade: (request: IncomingMessage, socket: Duplex, head: Buffer) => void;
  readonly log: Log;
}

/** Not listening yet. Connections from elsewhere than ingress and this machine are cut before a byte is read. */
export function createHttpServer(
  { access, fetch, upgrade, log }: HttpServerDeps,
  limits: HttpLimits = defaultHttpLimits,
): Server {
  const listener = getRequestListener(fetch, {
    errorHandler: (error) => {
      if (error instanceof RequestError)
        return problemResponse(400, { detail: 'The request’s target or Host header can’t be read.' });
      log.error({ err: error }, 'A request failed');
      return problemResponse(500, { detail: 'Something went wrong here; see the log of the app.' });
    },
  });
  const server = createServer({
    headersTimeout: limits.headersMs,
    requestTimeout: limits.requestMs,
    connectionsCheckingInterval: limits.checkEveryMs,
  });
  server.timeout = limits.idleMs;
  server.maxConnections = limits.connections;
  server.on(
    'request',
    guarded(
      log,
      'A request could not be answered',
      listener,
      (_: IncomingMessage, answer: ServerResponse) => {
        answer.socket?.destroy();
      },
    ),
  );
  server.on(
    'upgrade',
    guarded(log, 'A WebSocket could not be opened', upgrade, (_, socket) => void socket.destroy()),
  );
  const admit = (socket: Socket): void => {
    if (mayConnect(access, socket.remoteAddress)) return;
    log.warn({ remote: socket.remoteAddress }, 'A connection from elsewhere than Home Assistant was cut');
    socket.destroy();
  };
  server.on(
    'connection',
    guarded(log, 'A connection could not be taken', admit, (socket) => void socket.destroy()),
  );
  server.on('drop', (data) =>
    log.warn({ remote: data?.remoteAddress }, `A connection was refused: ${limits.connections} are open`),
  );
  return server;
}
