/**
 * The Home Assistant under test, as the tests see it: our adapter, and beside it a way of our own to act and to look.
 */
import { inject } from 'vitest';
import { WebSocket } from 'ws';
import { type Endpoint, endpointFromUrl } from '../../src/adapters/homeassistant/endpoint.ts';
import {
  createHomeAssistant,
  type HomeAssistantConnection,
} from '../../src/adapters/homeassistant/home-assistant.ts';
import type { Timings } from '../../src/adapters/homeassistant/timings.ts';
import { systemClock } from '../../src/runtime/clock.ts';
import type { Log } from '../../src/runtime/log.ts';
import { until } from './until.ts';

export { until } from './until.ts';

const silentLog: Log = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
  child: () => silentLog,
};

export const { url, token, isOwn } = inject('homeAssistant');
const deadlineMs = 30_000;

export function endpoint(withToken = token): Endpoint {
  const parsed = endpointFromUrl(url);
  if (parsed.kind === 'invalid') throw new Error(parsed.error);
  return { websocketUrl: parsed.websocketUrl, token: withToken, source: 'environment' };
}

/** Our adapter, started; the caller stops it. */
export function startClient(timings: Partial<Timings> = {}, log: Log = silentLog): HomeAssistantConnection {
  const client = createHomeAssistant({ endpoint: endpoint(), clock: systemClock, log, timings });
  client.start();
  return client;
}

export async function connected(client: HomeAssistantConnection, withinMs = 60_000): Promise<void> {
  await until('connected', () => client.status().kind === 'connected', withinMs);
}

export async function rest(method: string, path: string, body?: object): Promise<unknown> {
  const response = await fetch(new URL(path, `${url.replace(/\/$/, '')}/`), {
    method,
    headers: { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    signal: AbortSignal.timeout(deadlineMs),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text.slice(0, 200)}`);
  return JSON.parse(text);
}

/** A websocket without our adapter and without its library: the other witness. */
export class Witness {
  readonly #socket: WebSocket;
  readonly #answers = new Map<number, PromiseWithResolvers<unknown>>();
  readonly #listeners = new Map<number, (event: never) => void>();
  #id = 0;

  private constructor(socket: WebSocket) {
    this.#socket = socket;
  }

  static async connect(): Promise<Witness> {
    const socket = new WebSocket(endpoint().websocketUrl, { maxPayload: 64 * 1024 * 1024 });
    const witness = new Witness(socket);
    const ready = Promise.withResolvers<void>();
    socket.on('error', ready.reject);
    socket.on('message', (data) => {
      const message = JSON.parse(String(data));
      if (message.type === 'auth_required')
        socket.send(JSON.stringify({ type: 'auth', access_token: token }));
      else if (message.type === 'auth_ok') ready.resolve();
      else if (message.type === 'auth_invalid') ready.reject(new Error('auth_invalid'));
      else witness.#hear(message);
    });
    await ready.promise;
    return witness;
  }

  send(message: { readonly type: string; readonly [key: string]: unknown }): Promise<unknown> {
    this.#id += 1;
    const answer = Promise.withResolvers<unknown>();
    this.#answers.set(this.#id, answer);
    this.#socket.send(JSON.stringify({ ...message, id: this.#id }));
    return answer.promise;
  }

  /** Events of one type as Core sends them to every client. */
  async listen<T>(eventType: string, listener: (event: T) => void): Promise<void> {
    this.#listeners.set(this.#id + 1, listener);
    await this.send({ type: 'subscribe_events', event_type: eventType });
  }

  close(): void {
    this.#socket.close();
  }

  #hear(message: {
    id: number;
    type: string;
    success?: boolean;
    result?: unknown;
    error?: unknown;
    event?: never;
  }): void {
    if (message.type === 'event' && message.event !== undefined)
      this.#listeners.get(message.id)?.(message.event);
    if (message.type !== 'result') return;
    if (message.success) this.#answers.get(message.id)?.resolve(message.result);
    else this.#answers.get(message.id)?.reject(new Error(JSON.stringify(message.error)));
    this.#answers.delete(message.id);
  }
}

export interface StateChanged {
  readonly data: {
    readonly entity_id: string;
    readonly new_state: {
      readonly state: string;
      readonly last_updated: string;
      readonly attributes: object;
    } | null;
  };
}

/** An entity of the suite's own: in any Home Assistant, removed by `remove`. */
export class OwnNumber {
  readonly entityId: string;
  readonly #id: string;
  readonly #witness: Witness;

  private constructor(witness: Witness, id: string) {
    this.#witness = witness;
    this.#id = id;
    this.entityId = `input_number.${id}`;
  }

  static async create(witness: Witness): Promise<OwnNumber> {
    const name = `Energy Ledger test ${crypto.randomUUID().slice(0, 8)}`;
    const made = await witness.send({
      type: 'input_number/create',
      name,
      min: -1e6,
      max: 1e6,
      step: 0.001,
      mode: 'box',
      unit_of_measurement: 'kWh',
    });
    if (typeof made !== 'object' || made === null || !('id' in made))
      throw new Error('no input_number was made');
    return new OwnNumber(witness, String(made.id));
  }

  set(value: number): Promise<unknown> {
    return this.#witness.send({
      type: 'call_service',
      domain: 'input_number',
      service: 'set_value',
      service_data: { entity_id: this.entityId, value },
    });
  }

  async remove(): Promise<void> {
    await this.#witness.send({ type: 'input_number/delete', input_number_id: this.#id });
  }
}
