/**
 * Goal: over real sockets the guard holds for requests and WebSockets, the live socket works, and stopping is quick.
 * Method: the server on a free port; fetch, raw HTTP with forged headers, and the ws client.
 */
import { request } from 'node:http';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { liveMessage } from '../schemas/live.ts';
import { ApiServer } from './server.ts';
import { TestApi } from './testing/test-api.ts';

let api: TestApi;
let server: ApiServer;
let port: number;

beforeEach(async () => {
  api = await new TestApi().ready();
  server = new ApiServer(api.deps);
  port = await server.start('127.0.0.1', 0);
});
afterEach(() => server.stop());

/** Headers as a browser could not send them. */
function raw(path: string, headers: Record<string, string>): Promise<number> {
  return new Promise((resolve, reject) => {
    const outgoing = request({ host: '127.0.0.1', port, path, headers }, (response) => {
      response.resume();
      resolve(response.statusCode ?? 0);
    });
    outgoing.on('error', reject);
    outgoing.end();
  });
}

/** The first message, or the status with which the socket was refused. */
function open(
  path: string,
  headers: Record<string, string> = {},
): Promise<{ socket: WebSocket; first: unknown } | number> {
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(`ws://127.0.0.1:${port}${path}`, { headers });
    socket.on('message', (data) => resolve({ socket, first: JSON.parse(String(data)) }));
    socket.on('unexpected-response', (_, response) => {
      response.resume();
      resolve(response.statusCode ?? 0);
    });
    socket.on('error', reject);
  });
}

describe('requests', () => {
  it('are answered for this machine, and refused for another name of it', async () => {
    expect((await fetch(`http://127.0.0.1:${port}/api/status`)).status).toBe(200);
    expect(await raw('/api/status', { host: 'evil.example' })).toBe(403);
    expect(
      await raw('/api/status', { host: 'evil.example', 'x-ingress-path': '/api/hassio_ingress/abc' }),
    ).toBe(403);
  });
  it('answer HEAD and refuse a body that is too long before it is read', async () => {
    expect((await fetch(`http://127.0.0.1:${port}/api/status`, { method: 'HEAD' })).status).toBe(200);
    const response = await fetch(`http://127.0.0.1:${port}/api/settings/tracked-entities`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: `{"entity_ids":["${'x'.repeat(1024 * 1024)}"]}`,
    });
    expect(response.status).toBe(413);
  });
});

describe('the live socket', () => {
  it('opens with a snapshot', async () => {
    const opened = await open('/api/live');
    if (typeof opened === 'number') throw new Error(`refused with ${opened}`);
    expect(liveMessage.parse(opened.first).type).toBe('snapshot');
    opened.socket.close();
  });
  it('is refused to other sites, other names, other paths', async () => {
    expect(await open('/api/live', { origin: 'https://evil.example' })).toBe(403);
    expect(await open('/api/live', { host: 'evil.example' })).toBe(403);
    expect(await open('/api/other')).toBe(404);
  });
  it('drops a client that talks too much', async () => {
    const opened = await open('/api/live');
    if (typeof opened === 'number') throw new Error(`refused with ${opened}`);
    const closed = new Promise<number>((resolve) => opened.socket.on('close', resolve));
    opened.socket.send('x'.repeat(10_000));
    expect(await closed).toBe(1009);
  });
  it('has a limit of clients', async () => {
    const all = await Promise.all(Array.from({ length: 50 }, () => open('/api/live')));
    expect(await open('/api/live')).toBe(503);
    for (const one of all) if (typeof one !== 'number') one.socket.terminate();
  });
  it('is closed when the server stops, which is quick', async () => {
    const opened = await open('/api/live');
    if (typeof opened === 'number') throw new Error(`refused with ${opened}`);
    const closed = new Promise<number>((resolve) => opened.socket.on('close', resolve));
    const started = performance.now();
    await server.stop();
    expect(await closed).toBe(1001);
    expect(performance.now() - started).toBeLessThan(3000);
  });
});
