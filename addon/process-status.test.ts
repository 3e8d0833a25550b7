/**
 * Goal: `npm start` distinguishes an answering process from one that is silent or waits for something, and for what.
 * Method: a small HTTP server that answers as the process does, then none.
 */
import { once } from 'node:events';
import { createServer } from 'node:http';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { askProcess, reasonsIn } from './process-status.ts';

let answer = { code: 200, body: '{}' };
const server = createServer((_request, response) => response.writeHead(answer.code).end(answer.body));
let url = '';

beforeAll(async () => {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  url = `http://127.0.0.1:${address.port}`;
});
afterAll(() => {
  server.close();
});

it('is at work when it says so', async () => {
  answer = { code: 200, body: '{"status":"degraded"}' };
  expect(await askProcess(url)).toEqual({ kind: 'at work' });
});

it('is not yet when a part is missing', async () => {
  answer = { code: 503, body: '{"status":"down","questdb":{"ok":false,"detail":"it does not answer"}}' };
  expect(await askProcess(url)).toEqual({ kind: 'not yet', reasons: ['questdb: it does not answer'] });
});

it('is silent when there is nothing, or something else', async () => {
  answer = { code: 200, body: '<html>' };
  expect(await askProcess(url)).toEqual({ kind: 'silent' });
  expect(await askProcess('http://127.0.0.1:1')).toEqual({ kind: 'silent' });
});

it('names only the parts that are not well', () => {
  expect(
    reasonsIn({ status: 'down', mongodb: { ok: true, detail: null }, spool: { ok: false, detail: null } }),
  ).toEqual(['spool: not well']);
  expect(reasonsIn('nonsense')).toEqual([]);
});
