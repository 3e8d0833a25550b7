/**
 * Goal: an external QuestDB is reached as its address says, and its password goes nowhere else.
 * Method: addresses with and without each part; a writer with credentials and TLS against servers of the test's own.
 */
import { once } from 'node:events';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it } from 'vitest';
import { ilpAddress } from './address.ts';
import { IlpWriter, type IlpWriterDeps } from './ilp-writer.ts';

const limits = { flushMs: 1000, flushRows: 100, writes: 2 };
const put = async (sender: import('@questdb/nodejs-client').Sender, value: number) => {
  await sender.table('t').symbol('s', 'x').floatColumn('v', value).at(1, 'us');
};

describe('ilpAddress', () => {
  it.each([
    ['http://127.0.0.1:9000', { isSecure: false, host: '127.0.0.1', port: 9000, credentials: null }],
    ['http://questdb.local', { isSecure: false, host: 'questdb.local', port: 9000, credentials: null }],
    [
      'https://questdb.example:443/',
      { isSecure: true, host: 'questdb.example', port: 443, credentials: null },
    ],
    ['http://h:80', { isSecure: false, host: 'h', port: 80, credentials: null }],
    ['http://[::1]:19000', { isSecure: false, host: '::1', port: 19000, credentials: null }],
    [
      'https://me:a%3Bb%40c@h:9443',
      { isSecure: true, host: 'h', port: 9443, credentials: { username: 'me', password: 'a;b@c' } },
    ],
  ])('%s', (url, expected) => {
    expect(ilpAddress(url)).toEqual(expected);
  });
});

async function serve(
  answer: (request: http.IncomingMessage, response: http.ServerResponse) => void,
): Promise<{ url: URL; server: http.Server }> {
  const server = http.createServer((request, response) => {
    request.resume().on('end', () => answer(request, response));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { url: new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}`), server };
}

const writerDeps = (url: string): IlpWriterDeps => ({
  address: ilpAddress(url),
  prepared: async () => undefined,
  held: () => null,
  onFailure: () => undefined,
});

describe('IlpWriter', () => {
  it('sends the credentials of the address', async () => {
    let authorization: string | undefined;
    const { url, server } = await serve((request, response) => {
      authorization = request.headers.authorization;
      response.writeHead(204).end();
    });
    url.username = 'me';
    url.password = 'a;b@c';
    const writer = new IlpWriter(writerDeps(url.href), limits);
    await writer.write([1], put);
    expect(authorization).toBe(`Basic ${Buffer.from('me:a;b@c').toString('base64')}`);
    writer.close();
    server.close();
  });

  it('rejects with what the server said, without the password', async () => {
    const { url, server } = await serve((_request, response) => response.writeHead(403).end('forbidden'));
    url.username = 'me';
    url.password = 's3cret';
    const writer = new IlpWriter(writerDeps(url.href), limits);
    const error = await writer.write([1], put).catch((fault: unknown) => fault);
    expect(String(error)).toContain('403');
    expect(String(error)).not.toContain('s3cret');
    writer.close();
    server.close();
  });

  it('does not send rows of a failed batch with the next one, and refuses more than may wait', async () => {
    const bodies: number[] = [];
    const { url, server } = await serve((request, response) => {
      bodies.push(Number(request.headers['content-length'] ?? -1));
      response.writeHead(204).end();
    });
    const writer = new IlpWriter(writerDeps(url.href), limits);
    await expect(writer.write([1, Number.NaN, {} as number], put)).rejects.toThrow('3 rows not written');
    const calls = [writer.write([1], put), writer.write([2], put), writer.write([3], put)];
    const results = await Promise.allSettled(calls);
    expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'rejected']);
    expect(bodies).toHaveLength(2);
    writer.close();
    await expect(writer.write([1], put)).rejects.toThrow('closed');
    server.close();
  });

  it('gives up on a server that takes the request and never answers', async () => {
    const { url, server } = await serve(() => undefined);
    const writer = new IlpWriter(writerDeps(url.href), { ...limits, flushMs: 200 });
    await expect(writer.write([1], put)).rejects.toThrow('The flush took longer than 200 ms');
    writer.close();
    server.closeAllConnections();
    server.close();
  });
});
