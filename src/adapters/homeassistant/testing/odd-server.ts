/** A server that answers the websocket's upgrade and messages in whatever way a test wants, right or wrong. */
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { type WebSocket, WebSocketServer } from 'ws';

export interface OddServer {
  readonly websocketUrl: string;
  readonly sockets: Set<WebSocket>;
  connections(): number;
  stop(): Promise<void>;
}

export interface OddBehaviour {
  /** Instead of the upgrade: the bytes to answer with; null: nothing at all. */
  readonly rawAnswer?: string | null;
  /** After the upgrade. */
  readonly onOpen?: (socket: WebSocket, connection: number) => void;
  readonly onMessage?: (socket: WebSocket, message: { id: number; type: string }) => void;
}

/** Signs everybody in, as Core does. */
export function signIn(socket: WebSocket): void {
  socket.send(JSON.stringify({ type: 'auth_required', ha_version: '2026.11.0' }));
  socket.once('message', () => socket.send(JSON.stringify({ type: 'auth_ok', ha_version: '2026.11.0' })));
}

export function answer(socket: WebSocket, id: number, result: unknown): void {
  socket.send(JSON.stringify({ id, type: 'result', success: true, result }));
}

export async function startOddServer(behaviour: OddBehaviour): Promise<OddServer> {
  const http: Server = createServer((_, response) => response.end('a web page'));
  const websockets = new WebSocketServer({ noServer: true });
  const sockets = new Set<WebSocket>();
  const raw = new Set<Socket>();
  let connections = 0;
  http.on('connection', (socket) => raw.add(socket));
  http.on('upgrade', (request: IncomingMessage, socket, head) => {
    connections += 1;
    const connection = connections;
    if (behaviour.rawAnswer === null) return;
    if (behaviour.rawAnswer !== undefined) {
      socket.end(behaviour.rawAnswer);
      return;
    }
    websockets.handleUpgrade(request, socket, head, (websocket) => {
      sockets.add(websocket);
      websocket.on('error', () => undefined);
      behaviour.onOpen?.(websocket, connection);
      websocket.on('message', (data) => {
        const message = JSON.parse(String(data));
        if (typeof message.id === 'number') behaviour.onMessage?.(websocket, message);
      });
    });
  });
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  const { port } = http.address() as AddressInfo;
  return {
    websocketUrl: `ws://127.0.0.1:${port}/api/websocket`,
    sockets,
    connections: () => connections,
    stop: async () => {
      for (const socket of raw) socket.destroy();
      websockets.close();
      await new Promise((resolve) => http.close(resolve));
    },
  };
}
