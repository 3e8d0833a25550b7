/**
 * Goal: nothing is sent to a store over TLS whose certificate can't be verified, whatever driver connects to it.
 * Method: servers with a certificate made on the spot; what they receive after the handshake is counted.
 */

import { createServer as createTcpServer, type Server } from 'node:net';
import { createServer as createTlsServer, TLSSocket } from 'node:tls';
import { afterEach, expect, it } from 'vitest';
import { readOptions } from '../composition/options.ts';
import { silentLog } from '../home/testing/doubles.ts';
import { systemClock } from '../runtime/clock.ts';
import { selfSigned } from '../testing/self-signed.ts';
import { Documents } from './mongodb/documents.ts';
import { ilpAddress } from './questdb/address.ts';
import { IlpWriter } from './questdb/ilp-writer.ts';
import { QuestDb } from './questdb/questdb.ts';

const certificate = selfSigned(Date.now());
const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

async function listening(server: Server): Promise<number> {
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
}

/** Bytes that were said to it in confidence, and how many clients came. */
interface Heard {
  bytes: number;
  clients: number;
}

async function tlsServer(): Promise<{ port: number; heard: Heard }> {
  const heard = { bytes: 0, clients: 0 };
  const server = createTlsServer(certificate, (socket) => {
    socket.on('error', () => undefined);
    socket.on('data', (data) => {
      heard.bytes += data.length;
    });
  });
  server.on('connection', () => {
    heard.clients += 1;
  });
  server.on('tlsClientError', () => undefined);
  return { port: await listening(server), heard };
}

/** As PostgreSQL does it: a plain question whether TLS is spoken, `S` for yes, then the handshake. */
async function postgresServer(): Promise<{ port: number; heard: Heard }> {
  const heard = { bytes: 0, clients: 0 };
  const server = createTcpServer((socket) => {
    heard.clients += 1;
    socket.on('error', () => undefined);
    socket.once('data', () => {
      socket.write('S');
      const secured = new TLSSocket(socket, { isServer: true, ...certificate });
      secured.on('error', () => undefined);
      secured.on('data', (data) => {
        heard.bytes += data.length;
      });
    });
  });
  return { port: await listening(server), heard };
}

const optionsFor = (env: NodeJS.ProcessEnv) => readOptions({ DATA_DIR: '/nonexistent', ...env }, '/app');

it('QuestDB over ILP', async () => {
  const { port, heard } = await tlsServer();
  const { questdbUrl } = optionsFor({ QUESTDB_URL: `https://me:hush@127.0.0.1:${port}` });
  const writer = new IlpWriter(
    {
      address: ilpAddress(questdbUrl),
      prepared: async () => undefined,
      held: () => null,
      onFailure: () => undefined,
    },
    { flushMs: 3000, flushRows: 10, writes: 2 },
  );
  const written = writer.write([1], async (sender, value) => {
    await sender.table('t').intColumn('a', value).atNow();
  });
  const error: unknown = await written.catch((cause: unknown) => cause);
  writer.close();
  expect(JSON.stringify(error, Object.getOwnPropertyNames(error))).toMatch(/self-signed|certificate/i);
  expect(heard).toMatchObject({ bytes: 0 });
  expect(heard.clients).toBeGreaterThan(0);
});

it.each(['', '?sslmode=require', '?sslmode=verify-full'])(
  'QuestDB over PostgreSQL, told %j',
  async (mode) => {
    const { port, heard } = await postgresServer();
    const { questdbPgUrl } = optionsFor({
      QUESTDB_URL: 'https://me:hush@127.0.0.1:9',
      ...(mode === '' ? {} : { QUESTDB_PG_URL: `postgres://me:hush@127.0.0.1:${port}/qdb${mode}` }),
    });
    expect(questdbPgUrl).toContain('sslmode=verify-full');
    const pgUrl = questdbPgUrl.replace(':8812', `:${port}`);
    const db = new QuestDb(
      { url: 'http://127.0.0.1:9', pgUrl, clock: systemClock, log: silentLog },
      { connectMs: 3000 },
    );
    await expect(db.query('SELECT 1', [])).rejects.toThrow(/self-signed/);
    await db.stop();
    expect(heard).toEqual({ bytes: 0, clients: 1 });
  },
);

it('MongoDB', async () => {
  const { port, heard } = await tlsServer();
  const { mongodbUrl } = optionsFor({ MONGODB_URL: `mongodb://me:hush@127.0.0.1:${port}/x?tls=true` });
  const documents = new Documents(
    { url: mongodbUrl, log: silentLog },
    { connections: 1, selectMs: 1500, callMs: 3000, checkMs: 3000 },
  );
  await expect(documents.check()).rejects.toThrow(/self-signed/);
  await documents.stop();
  expect(heard).toMatchObject({ bytes: 0 });
  expect(heard.clients).toBeGreaterThan(0);
});
