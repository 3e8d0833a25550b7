/** A real Home Assistant of this suite's own, its meters moved without a pause, and its recorder to be asked. */
import { WebSocket } from 'ws';
import { quantityOf, toCanonical } from '../../src/units/quantity.ts';
import { inputNumbers } from '../home-assistant/core/configuration.ts';
import { installCore } from '../home-assistant/core/install.ts';
import { type Instance, startInstance } from '../home-assistant/core/instance.ts';
import { until } from '../home-assistant/until.ts';
import type { ReportedReading } from './stored-readings.ts';

const say = (line: string): void => {
  process.stdout.write(`${line}\n`);
};
const askWithinMs = 30_000;

interface PastState {
  readonly s: string;
  readonly lu: number;
  readonly a?: { readonly unit_of_measurement?: string };
}

export class CoreHome {
  readonly instance: Instance;
  #timer: NodeJS.Timeout | null = null;
  #register = 100;
  #isMoving = false;
  #lastUnits = new Map<string, string>();

  private constructor(instance: Instance) {
    this.instance = instance;
  }

  static async start(): Promise<CoreHome> {
    const home = new CoreHome(await startInstance(await installCore(say), say));
    await home.runs();
    return home;
  }

  async stop(): Promise<void> {
    this.pause();
    await this.instance.stop();
  }

  /** Resolves when it has set itself up: before that its sensors do not follow. */
  async runs(): Promise<void> {
    await until(
      'Home Assistant runs',
      async () => {
        const config = await this.#rest('GET', '/api/config').catch(() => null);
        return (
          typeof config === 'object' && config !== null && 'state' in config && config.state === 'RUNNING'
        );
      },
      120_000,
    );
  }

  /** Moves the meters until `pause`; while it is down, nothing moves. */
  run(): void {
    this.pause();
    this.#timer = setInterval(() => void this.#move(), 100);
  }

  pause(): void {
    if (this.#timer !== null) clearInterval(this.#timer);
    this.#timer = null;
  }

  /** Sends a command on a connection of its own, so that no fault can leave it half open. */
  async ask(message: { readonly type: string; readonly [key: string]: unknown }): Promise<unknown> {
    const socket = new WebSocket(`${this.instance.url.replace('http', 'ws')}/api/websocket`, {
      maxPayload: 64 * 1024 * 1024,
      handshakeTimeout: askWithinMs,
    });
    const answer = Promise.withResolvers<unknown>();
    const timer = setTimeout(() => answer.reject(new Error(`${message.type}: no answer`)), askWithinMs);
    socket.on('error', answer.reject);
    socket.on('close', () => answer.reject(new Error(`${message.type}: the connection ended`)));
    socket.on('message', (data) => {
      const heard = JSON.parse(String(data));
      if (heard.type === 'auth_required')
        socket.send(JSON.stringify({ type: 'auth', access_token: this.instance.token }));
      else if (heard.type === 'auth_ok') socket.send(JSON.stringify({ ...message, id: 1 }));
      else if (heard.type === 'auth_invalid') answer.reject(new Error('auth_invalid'));
      else if (heard.type === 'result' && heard.success) answer.resolve(heard.result);
      else if (heard.type === 'result') answer.reject(new Error(JSON.stringify(heard.error)));
    });
    try {
      return await answer.promise;
    } finally {
      clearTimeout(timer);
      socket.terminate();
    }
  }

  service(domain: string, service: string, data: object = {}): Promise<unknown> {
    return this.ask({ type: 'call_service', domain, service, service_data: data });
  }

  /** A token that lives until it is revoked, and how to name it then. */
  async makeToken(name: string): Promise<{ readonly token: string; revoke(): Promise<unknown> }> {
    const token = await this.ask({ type: 'auth/long_lived_access_token', client_name: name, lifespan: 1 });
    const revoke = async () => {
      const all = (await this.ask({ type: 'auth/refresh_tokens' })) as { id: string; client_name: string }[];
      const one = all.find(({ client_name }) => client_name === name);
      return await this.ask({ type: 'auth/delete_refresh_token', refresh_token_id: one?.id });
    };
    return { token: String(token), revoke };
  }

  /** What its recorder holds of an entity, in canonical units. */
  async reported(entityId: string): Promise<ReportedReading[]> {
    const answer = (await this.ask({
      type: 'history/history_during_period',
      start_time: new Date(Date.now() - 86_400_000).toISOString(),
      end_time: new Date(Date.now() + 60_000).toISOString(),
      entity_ids: [entityId],
      include_start_time_state: false,
      significant_changes_only: false,
      minimal_response: false,
      no_attributes: false,
    })) as Record<string, PastState[]>;
    return (answer[entityId] ?? []).map(({ s, lu, a }) => {
      const unit = a?.unit_of_measurement ?? this.#lastUnits.get(entityId) ?? '';
      if (quantityOf(unit) !== null) this.#lastUnits.set(entityId, unit);
      const isNumber = s !== 'unavailable' && s !== 'unknown';
      return {
        atUs: Math.round(lu * 1e6),
        value: isNumber ? (toCanonical(Number(s), unit)?.value ?? Number.NaN) : null,
      };
    });
  }

  async #move(): Promise<void> {
    if (this.#isMoving) return;
    this.#isMoving = true;
    this.#register = Math.round((this.#register + 0.01) * 1000) / 1000;
    const set = (entity_id: string, value: number) =>
      this.#rest('POST', '/api/services/input_number/set_value', { entity_id, value });
    await set(inputNumbers.import, this.#register)
      .then(() => set(inputNumbers.power, Math.round(this.#register * 1000) % 4000))
      // It is down or starting, and needs none of the events that it misses.
      .catch(() => undefined);
    this.#isMoving = false;
  }

  async #rest(method: string, path: string, body?: object): Promise<unknown> {
    const response = await fetch(this.instance.url + path, {
      method,
      headers: { authorization: `Bearer ${this.instance.token}`, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(askWithinMs),
    });
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status}`);
    return await response.json();
  }
}
