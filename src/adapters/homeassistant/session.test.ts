/**
 * Goal: what Home Assistant may send that it should not never ends the process nor a subscription unnoticed.
 * Method: a server of our own sends it: a broken frame, an error under a subscription's id, a close right after sign-in.
 */
import { afterEach, describe, expect, it } from 'vitest';
import { systemClock } from '../../runtime/clock.ts';
import { createHomeAssistant, type HomeAssistantConnection } from './home-assistant.ts';
import { answer, type OddBehaviour, type OddServer, signIn, startOddServer } from './testing/odd-server.ts';
import { recordedLog } from './testing/recorded-log.ts';
import { until } from './testing/until.ts';

const stops: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0)) await stop();
});

async function connect(
  behaviour: OddBehaviour,
): Promise<{ client: HomeAssistantConnection; server: OddServer }> {
  const server = await startOddServer(behaviour);
  const client = createHomeAssistant({
    endpoint: { websocketUrl: server.websocketUrl, token: 'secret', source: 'environment' },
    clock: systemClock,
    log: recordedLog(),
    timings: { retryFirstMs: 10, retryLimitMs: 40, pingEveryMs: 50, pingWithinMs: 1000, stableMs: 60_000 },
  });
  client.start();
  stops.push(
    () => client.stop(),
    () => server.stop(),
  );
  return { client, server };
}

const answerAll: OddBehaviour = {
  onOpen: signIn,
  onMessage: (socket, { id, type }) => {
    if (type === 'ping') socket.send(JSON.stringify({ id, type: 'pong' }));
    else answer(socket, id, []);
  },
};

describe('a session', () => {
  it('is given up after a frame that is no JSON', async () => {
    const { client, server } = await connect(answerAll);
    await until('connected', () => client.status().kind === 'connected');
    for (const socket of server.sockets) socket.send('{"type":');
    await until('another connection', () => client.reconnectCount() === 1);
  });

  it('is given up when Home Assistant ends a subscription with an error', async () => {
    const { client, server } = await connect({
      ...answerAll,
      onMessage: (socket, { id, type }) => {
        answerAll.onMessage?.(socket, { id, type });
        if (type !== 'subscribe_entities') return;
        const error = { code: 'unknown_error', message: 'Invalid JSON in response' };
        socket.send(JSON.stringify({ id, type: 'result', success: false, error }));
      },
    });
    await until('connected', () => client.status().kind === 'connected');
    await client.subscribeStates(['sensor.a'], () => undefined);
    await until('another connection', () => client.reconnectCount() === 1);
    expect(server.connections()).toBeGreaterThanOrEqual(2);
  });

  it('that ends right after signing in is tried again, slower each time', async () => {
    const { client, server } = await connect({
      onOpen: (socket) => {
        socket.send(JSON.stringify({ type: 'auth_required' }));
        socket.once('message', () => {
          socket.send(JSON.stringify({ type: 'auth_ok', ha_version: '2026.11.0' }));
          socket.close(1001);
        });
      },
    });
    const startMs = performance.now();
    await until('twelve tries', () => server.connections() >= 12);
    // Twelve tries without a backoff take some ten milliseconds; with one, at least 5+10+9*20.
    expect(performance.now() - startMs).toBeGreaterThan(150);
    expect(client.status().kind).not.toBe('not_configured');
  });
});
