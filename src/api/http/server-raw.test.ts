/**
 * Goal: whatever is sent, nothing ends the process; strangers get no byte and hold no connection; limits are true.
 * Method: the server on a free port, raw TCP with and without Upgrade, from this machine and from a stranger's address.
 */
import { connect, type Socket } from 'node:net';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Log } from '../../runtime/log.ts';
import { ApiServer } from '../server.ts';
import { type RawOptions, sendRaw, simulateStrangers, strangersLoopback } from '../testing/raw-socket.ts';
import { TestApi } from '../testing/test-api.ts';

const headersMs = 400;
const requestMs = 900;
const checkEveryMs = 50;

let api: TestApi;
let server: ApiServer;
let port: number;
let lines: string[];
let realAgain: () => void;

beforeEach(async () => {
  lines = [];
  const keep = (_: object, message: string) => void lines.push(message);
  const log: Log = { debug: () => undefined, info: keep, warn: keep, error: keep, child: () => log };
  api = await new TestApi({ parts: { log } }).ready();
  server = new ApiServer(api.deps, { headersMs, requestMs, checkEveryMs });
  port = await server.start('127.0.0.1', 0);
  realAgain = simulateStrangers();
});
afterEach(async () => {
  await server.stop();
  realAgain();
});

const isAlive = async () => (await fetch(`http://127.0.0.1:${port}/api/status`)).status === 200;

const long = 'x'.repeat(100_000);
const targets = [
  ...[
    '//',
    '///',
    '//[',
    '//[::1',
    '/\\',
    '\\\\',
    '*',
    '',
    '?',
    '#',
    '/?since=%',
    '/%',
    '/%00',
    '/%ff%fe',
    '/..//..',
  ],
  ...[
    'http://',
    'http://[',
    'http://x:99999/',
    'https://evil.example/api/live',
    'http:///',
    'ws://x/api/live',
  ],
  ...[
    'http://127.0.0.1/api/status',
    'file:///etc/passwd',
    'evil.example:443',
    '/api/live?since=1e999',
    '/api//live',
  ],
  ...[`/${long}`, `/?${long}`, `//${long}`, '/api/readings/%E0%A4%A', '/\u00e9\u0000', '/api/live#['],
];
const methods = ['GET', 'POST', 'OPTIONS', 'CONNECT', 'PRI', 'get', 'G\u0001T', ''];
const versions = ['HTTP/1.1', 'HTTP/1.0', 'HTTP/9.9', 'HTTP/2.0', 'HTTP/', 'HTP/1.1', ''];
const headers = [
  'Host: 127.0.0.1',
  'Host: [',
  'Host: evil.example\r\nOrigin: http://[',
  'Host: 127.0.0.1\r\nOrigin: http://[',
  `Host: 127.0.0.1\r\nX-Long: ${long}`,
  'Host: a\r\nHost: b',
  'X-No-Host: 1',
  ': empty',
];
const upgrade =
  '\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==';

const requests = [
  ...targets.map((target) => `GET ${target} HTTP/1.1\r\nHost: 127.0.0.1`),
  ...methods.map((method) => `${method} // HTTP/1.1\r\nHost: 127.0.0.1`),
  ...versions.map((version) => `GET // ${version}\r\nHost: 127.0.0.1`),
  ...headers.map((header) => `GET // HTTP/1.1\r\n${header}`),
].flatMap((head) => [`${head}\r\n\r\n`, `${head}${upgrade}\r\n\r\n`]);

/** An answer in HTTP, no 5xx but Node's own for a version it does not speak; or none. */
function expectAnswer(text: string, sent: string): void {
  if (text === '') return;
  expect(text, sent.slice(0, 80)).toMatch(/^HTTP\/1\.1 (?:[1-4]\d\d|505) /);
}

describe('a request that no client would send', () => {
  it.each([
    ['this machine', '127.0.0.1'],
    ['a stranger', strangersLoopback],
  ])('from %s ends nothing', async (_, from) => {
    for (const request of requests) {
      const { text } = await sendRaw(port, request, { from, withinMs: 3000, untilAnswer: true });
      if (from === strangersLoopback) expect(text).toBe('');
      expectAnswer(text, request);
    }
    expect(await isAlive()).toBe(true);
  });

  it('of random bytes, or of a broken line, ends nothing', async () => {
    const bytes = fc.uint8Array({ maxLength: 600 });
    const line = fc
      .tuple(fc.string(), fc.constantFrom('', ' HTTP/1.1'), fc.boolean())
      .map(([text, version, isUpgrade]) =>
        Buffer.from(`GET ${text}${version}\r\nHost: 127.0.0.1${isUpgrade ? upgrade : ''}\r\n\r\n`),
      );
    const options: RawOptions = { withinMs: 100, untilAnswer: true };
    await fc.assert(
      fc.asyncProperty(fc.oneof(bytes, line), async (sent) => {
        const { text } = await sendRaw(port, sent, options);
        expectAnswer(text, String(sent));
      }),
      { numRuns: 150 },
    );
    expect(await isAlive()).toBe(true);
  });

  it('of random bytes on an open WebSocket ends that one only', async () => {
    const opening = Buffer.from(`GET /api/live HTTP/1.1\r\nHost: 127.0.0.1${upgrade}\r\n\r\n`);
    const frames = fc.oneof(
      fc.uint8Array({ minLength: 1, maxLength: 200 }),
      // Close, ping and text, masked, with lengths and codes that are none.
      fc
        .tuple(
          fc.constantFrom(0x88, 0x89, 0x81, 0x08, 0xf1),
          fc.integer({ min: 0x80, max: 0xff }),
          fc.uint8Array(),
        )
        .map(([kind, length, rest]) => Uint8Array.from([kind, length, 1, 2, 3, 4, ...rest])),
    );
    await fc.assert(
      fc.asyncProperty(frames, async (sent) => {
        const { text } = await sendRaw(port, Buffer.concat([opening, sent]), {
          withinMs: 10_000,
          untilAnswer: true,
        });
        expect(text).toMatch(/^HTTP\/1\.1 101 /);
      }),
      { numRuns: 60 },
    );
    expect(await isAlive()).toBe(true);
    expect(lines).toEqual([]);
  });

  it('is not answered with the inner error, which is logged', async () => {
    api.recording.midnightUs = () => {
      throw new Error('not foreseen');
    };
    const opening = `GET /api/live HTTP/1.1\r\nHost: 127.0.0.1${upgrade}\r\n\r\n`;
    api.home.tracked = () => {
      throw new Error('not foreseen');
    };
    expect((await sendRaw(port, opening)).isClosed).toBe(true);
    expect(lines).toContain('A WebSocket could not be opened');
  });
});

describe('strangers', () => {
  it('hold no connection, and cause a few lines whatever they send', async () => {
    const idle = Array.from({ length: 600 }, () =>
      connect({ host: '127.0.0.1', port, localAddress: strangersLoopback }).on('error', () => undefined),
    );
    const closed = idle.map((socket) => new Promise((resolve) => socket.once('close', resolve)));
    expect(await isAlive()).toBe(true);
    await Promise.all(closed);
    expect(lines.length).toBeGreaterThan(0);
    expect(lines.length).toBeLessThanOrEqual(3);
    await server.stop();
    expect(lines).toHaveLength(4);
  });
  it('of another site cause a few lines as well', async () => {
    const refused = `GET /api/status HTTP/1.1\r\nHost: evil.example\r\n\r\n`;
    for (let i = 0; i < 40; i += 1)
      expect((await sendRaw(port, refused, { untilAnswer: true })).text).toContain(' 403 ');
    expect(lines).toHaveLength(3);
  });
});

describe('the limits of a request', () => {
  // The machine may be busy; Node by itself would look after 30 s.
  const slack = 2000;
  const slowly = (part: string) => sendRaw(port, part, { withinMs: 10_000 });

  it.each([
    ['nothing', ''],
    ['half a line', 'GET /api/st'],
    ['half of the headers', 'GET /api/status HTTP/1.1\r\nHost: 127.0.0.1\r\n'],
  ])('headers: %s is waited for no longer', async (_, part) => {
    const { isClosed, afterMs } = await slowly(part);
    expect(isClosed).toBe(true);
    expect(afterMs).toBeGreaterThan(headersMs - 50);
    expect(afterMs).toBeLessThan(headersMs + slack);
  });
  it('body: half of one is waited for no longer', async () => {
    const head = `POST /api/settings/tracked-entities HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n`;
    const { isClosed, afterMs } = await slowly(`${head}Content-Length: 100\r\n\r\n{"entity_ids":`);
    expect(isClosed).toBe(true);
    expect(afterMs).toBeGreaterThan(requestMs - 50);
    expect(afterMs).toBeLessThan(requestMs + slack);
  });
  it('a WebSocket that is refused is not kept open by its other side', async () => {
    const socket: Socket = connect({ host: '127.0.0.1', port, allowHalfOpen: true });
    socket.on('error', () => undefined);
    socket.resume();
    socket.write(`GET /api/other HTTP/1.1\r\nHost: 127.0.0.1${upgrade}\r\n\r\n`);
    await new Promise((resolve) => socket.once('end', resolve));
    // Nothing takes what is sent any more.
    const cut = new Promise((resolve) => socket.once('close', resolve));
    const writing = setInterval(() => socket.write('still here'), 20);
    await cut;
    clearInterval(writing);
  });
});
