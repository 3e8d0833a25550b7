/**
 * Goal: a page in a browser of this machine can do nothing with the stores on loopback; their password is never shown.
 * Method: the stores started as npm start does it; asked as such a page would, and with the old password.
 */
import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { forFetch, installSidecars, type Sidecars, startSidecars } from '../../addon/sidecars/sidecars.ts';
import { readOptions } from '../../src/composition/options.ts';

const log = () => undefined;
const evil = { origin: 'http://evil.example', 'sec-fetch-site': 'cross-site' };
let dataDir: string;
let sidecars: Sidecars;

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'energy-ledger-credentials-'));
  sidecars = await startSidecars({ programs: await installSidecars(log), dataDir, log });
});
afterAll(async () => {
  await sidecars.stop();
  await rm(dataDir, { recursive: true, force: true });
});

const credentialsFile = () => join(dataDir, 'questdb-credentials');
const secret = async () => (await readFile(credentialsFile(), 'utf8')).trim().split(':')[1] ?? '';

async function sql(query: string): Promise<unknown> {
  const address = `http://energy_ledger:${await secret()}@127.0.0.1:${sidecars.ports.questdbHttp}`;
  const { url, headers } = forFetch(`${address}/exec?query=${encodeURIComponent(query)}`);
  const response = await fetch(url, { headers });
  const text = await response.text();
  if (!response.ok) throw new Error(text);
  return JSON.parse(text);
}

async function overPostgres(url: string): Promise<unknown> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 5000 });
  client.on('error', () => undefined);
  try {
    await client.connect();
    return (await client.query('SELECT 1 AS one')).rows;
  } finally {
    await client.end().catch(() => undefined);
  }
}

describe('QuestDB', () => {
  it.each([
    ['GET', '/exec?query=CREATE%20TABLE%20evil(a%20INT)'],
    ['POST', '/exec?query=CREATE%20TABLE%20evil(a%20INT)'],
    ['GET', '/exp?query=select%201'],
    ['GET', '/chk?f=json&j=evil'],
    ['POST', '/imp?name=evil'],
    ['POST', '/write'],
    ['POST', '/api/v2/write'],
    ['PUT', '/settings?version=0'],
    ['POST', '/settings?version=0'],
    ['OPTIONS', '/exec?query=select%201'],
  ])('refuses %s %s of a page, with no and with the old password', async (method, path) => {
    const url = `http://127.0.0.1:${sidecars.ports.questdbHttp}${path}`;
    const old = { ...evil, authorization: `Basic ${Buffer.from('admin:quest').toString('base64')}` };
    for (const headers of [evil, old]) {
      const body = method === 'POST' || method === 'PUT' ? 'evil a=1i\n' : null;
      const response = await fetch(url, { method, headers, body });
      expect(response.status).toBe(401);
      expect(response.headers.get('access-control-allow-origin')).toBeNull();
    }
    expect(await sql("SELECT count() FROM tables() WHERE table_name = 'evil'")).toMatchObject({
      dataset: [[0]],
    });
  });

  it('refuses the old password, a wrong one and the read-only user over PostgreSQL', async () => {
    for (const user of ['admin:quest', 'user:quest', 'energy_ledger:quest', `admin:${await secret()}`])
      await expect(
        overPostgres(`postgres://${user}@127.0.0.1:${sidecars.ports.questdbPg}/qdb`),
      ).rejects.toThrow(/password/);
    expect(await overPostgres(sidecars.questdbPgUrl)).toEqual([{ one: 1 }]);
  });

  it('has a password that only the owner of the data folder reads, in no log and in no command line', async () => {
    const password = await secret();
    expect(password).toMatch(/^[0-9a-f]{48}$/);
    expect((await stat(credentialsFile())).mode & 0o777).toBe(0o600);
    for (const name of await readdir(join(dataDir, 'logs')))
      expect(await readFile(join(dataDir, 'logs', name), 'utf8')).not.toContain(password);
    for (const pid of (await readdir('/proc')).filter((name) => /^\d+$/.test(name)))
      expect(await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')).not.toContain(password);
    expect(JSON.stringify(await sql('SHOW PARAMETERS'))).not.toContain(password);
  });

  it('is reached by whoever knows the data folder, as the process and verify do', async () => {
    const { questdbUrl, questdbPgUrl } = readOptions(
      {
        DATA_DIR: dataDir,
        QUESTDB_URL: `http://127.0.0.1:${sidecars.ports.questdbHttp}`,
        QUESTDB_PG_URL: `postgres://127.0.0.1:${sidecars.ports.questdbPg}/qdb`,
      },
      process.cwd(),
    );
    expect([questdbUrl, questdbPgUrl]).toEqual([sidecars.questdbUrl, sidecars.questdbPgUrl]);
  });

  it('keeps its password through a restart, and its data in a folder without one', {
    timeout: 240_000,
  }, async () => {
    await sql('CREATE TABLE kept (at TIMESTAMP, a INT) TIMESTAMP(at) PARTITION BY DAY WAL');
    await sql('INSERT INTO kept VALUES (now(), 7)');
    const before = await secret();
    await sidecars.restart('questdb');
    expect(await secret()).toBe(before);
    await sidecars.down('questdb');
    // As a version before this one left it.
    await rm(credentialsFile());
    await sidecars.up('questdb');
    expect(await secret()).not.toBe(before);
    expect(await sql('SELECT a FROM kept')).toMatchObject({ dataset: [[7]] });
  });
});

describe('the document server', () => {
  /** What a browser can make of a connection begins with a method, or with a handshake of TLS. */
  it.each([
    ['a request', 'POST / HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 4\r\n\r\nping'],
    ['a WebSocket', 'GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n'],
    ['TLS', Buffer.concat([Buffer.from([22, 3, 1, 2, 0, 1, 0, 1, 252, 3, 3]), Buffer.alloc(506, 0xdd)])],
  ])('cuts a connection that begins with %s', async (_, bytes) => {
    const socket = connect({ host: '127.0.0.1', port: sidecars.ports.documents });
    socket.on('error', () => undefined);
    let answer = '';
    socket.setEncoding('latin1').on('data', (text) => {
      answer += text;
    });
    socket.write(bytes);
    socket.end();
    await new Promise((resolve) => socket.once('close', resolve));
    expect(answer).toBe('');
  });
});
