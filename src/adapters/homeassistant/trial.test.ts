/**
 * Goal: a trial of a connection reports that it works, or what to do.
 * Method: every kind of server at an address, one by one, for real: nothing, a web page, a proxy's 502, a redirect,
 * TLS where none is, silence before and after the upgrade, another protocol, a wrong token, a right one.
 */
import { afterEach, describe, expect, it } from 'vitest';
import { startDemoHome } from '../../../addon/demo-home/demo-home.ts';
import type { Trial } from '../../home/connection-settings.ts';
import { systemClock } from '../../runtime/clock.ts';
import { endpointFromUrl } from './endpoint.ts';
import { type OddBehaviour, startOddServer } from './testing/odd-server.ts';
import { recordedLog } from './testing/recorded-log.ts';
import { tryEndpoint } from './trial.ts';

const stops: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0)) await stop();
});

const timings = { connectMs: 300, authMs: 300, commandMs: 2000 };

function attempt(websocketUrl: string, token = 'secret-token', isSupervisor = false): Promise<Trial> {
  const source = isSupervisor ? 'supervisor' : 'saved';
  return tryEndpoint({ websocketUrl, token, source }, { clock: systemClock, log: recordedLog(), timings });
}

async function attemptOdd(behaviour: OddBehaviour): Promise<string> {
  const server = await startOddServer(behaviour);
  stops.push(server.stop);
  const trial = await attempt(server.websocketUrl);
  return trial.kind === 'failed' ? trial.error : trial.kind;
}

const status = (line: string, headers = '') => ({
  rawAnswer: `HTTP/1.1 ${line}\r\n${headers}Content-Length: 0\r\nConnection: close\r\n\r\n`,
});

describe('a trial', () => {
  it.each([
    ['the Supervisor while Core starts', status('502 Bad Gateway'), /not running yet/],
    ['a web page at another path', status('404 Not Found'), /no Home Assistant at this address/],
    ['a ban', status('403 Forbidden'), /ip_bans/],
    ['a proxy that is not trusted', status('400 Bad Request'), /trusted_proxies/],
    [
      'a redirect',
      status('301 Moved', 'Location: https://home.example.org/\r\n'),
      /https:\/\/home\.example\.org/,
    ],
    ['a page instead of a websocket', status('200 OK'), /answered 200/],
    ['an answer that is not HTTP', { rawAnswer: 'SSH-2.0-OpenSSH_9.2\r\n' }, /not Home Assistant/],
    ['silence instead of an upgrade', { rawAnswer: null }, /did not answer in time/],
    ['silence after the upgrade', {}, /did not sign in in time/],
    ['another protocol', { onOpen: (socket) => socket.send('{"jsonrpc":"2.0"}') }, /not Home Assistant/],
    ['something that is no JSON', { onOpen: (socket) => socket.send('hello') }, /not Home Assistant/],
    ['a close while signing in', { onOpen: (socket) => socket.close(1011) }, /closed the connection/],
  ] satisfies [string, OddBehaviour, RegExp][])('that meets %s says so', async (_, behaviour, error) => {
    expect(await attemptOdd(behaviour)).toMatch(error);
  });

  it('that finds nothing there says so', async () => {
    const server = await startOddServer({});
    await server.stop();
    expect(await attempt(server.websocketUrl)).toMatchObject({
      error: expect.stringMatching(/Nothing listens/),
    });
  });

  it('that finds no such name says so', async () => {
    const trial = await attempt('ws://no-such-home.invalid:8123/api/websocket');
    expect(trial).toMatchObject({
      kind: 'failed',
      error: expect.stringMatching(/was not found|did not answer/),
    });
  });

  it('that uses TLS with a server without it says so', async () => {
    const server = await startOddServer({});
    stops.push(server.stop);
    expect(await attempt(server.websocketUrl.replace('ws:', 'wss:'))).toMatchObject({
      error: expect.stringMatching(/http:\/\/ instead of https/),
    });
  });

  it('with a wrong token says which one is meant, and never shows it', async () => {
    const home = await startDemoHome({ token: 'right' });
    stops.push(() => home.stop());
    const parsed = endpointFromUrl(home.url);
    const url = parsed.kind === 'endpoint' ? parsed.websocketUrl : '';
    const user = await attempt(url, 'secret-token');
    expect(user).toMatchObject({ kind: 'failed', error: expect.stringMatching(/long-lived access token/) });
    expect(JSON.stringify(user)).not.toContain('secret-token');
    expect(await attempt(url, 'secret-token', true)).toMatchObject({
      error: expect.stringMatching(/Restart the app/),
    });
  });

  it('that signs in reports the version and the number of energy sources', async () => {
    const home = await startDemoHome({ token: 'right' });
    stops.push(() => home.stop());
    const parsed = endpointFromUrl(home.url);
    const url = parsed.kind === 'endpoint' ? parsed.websocketUrl : '';
    expect(await attempt(url, 'right')).toEqual({
      kind: 'connected',
      version: expect.stringMatching(/^\d{4}\.\d+/),
      energySources: expect.any(Number),
    });
    home.notReady(['energy/']);
    expect(await attempt(url, 'right')).toMatchObject({ kind: 'connected', energySources: null });
  });
});
