/**
 * Goal: a subscription delivers nothing once it was stopped, nor after it could not be made.
 * Method: a session whose events are sent by hand, also after the stop.
 */
import { expect, it } from 'vitest';
import type { StateBatch } from '../../home/home-assistant.ts';
import { quietLog } from '../../recording/testing/doubles.ts';
import type { Session } from './session.ts';
import { subscribeStates } from './state-subscription.ts';

const clock = { nowUs: () => 0, monotonicMs: () => 0 };
const stateOf = (value: string) => ({ a: { 'sensor.a': { s: value, a: {}, c: 'x', lc: 1 } } });

function sessionOf(subscribed: Promise<void>) {
  const sent: { event: (event: unknown) => void } = { event: () => undefined };
  const session = {
    subscribe: async (_message: unknown, onEvent: (event: unknown) => void) => {
      sent.event = onEvent;
      await subscribed;
      return { stop: () => Promise.resolve() };
    },
    drop: () => undefined,
  };
  return { sent, session: session as unknown as Session };
}

it('delivers no batch after a stop, not even one that waits for its turn', async () => {
  const { sent, session } = sessionOf(Promise.resolve());
  const batches: StateBatch[] = [];
  const deps = { clock, log: quietLog };
  const subscription = await subscribeStates(session, ['sensor.a'], (batch) => batches.push(batch), deps);
  sent.event(stateOf('1'));
  expect(batches.map(({ kind }) => kind)).toEqual(['snapshot']);
  sent.event(stateOf('2'));
  const stopped = subscription.stop();
  sent.event(stateOf('3'));
  await stopped;
  await Promise.resolve();
  expect(batches.length).toBe(1);
});

it('delivers no batch when it could not be made, though events come late', async () => {
  const { sent, session } = sessionOf(Promise.reject(new Error('no answer')));
  const batches: StateBatch[] = [];
  const made = subscribeStates(session, ['sensor.a'], (batch) => batches.push(batch), {
    clock,
    log: quietLog,
  });
  await expect(made).rejects.toThrow('no answer');
  sent.event(stateOf('1'));
  expect(batches).toEqual([]);
});
