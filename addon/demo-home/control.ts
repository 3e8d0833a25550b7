/**
 * The controls over HTTP, for benchmarks and trials in another process: POST /demo/<control> with the token and a JSON
 * body, for example `POST /demo/flood {"sensors": 100, "eventsPerSecond": 20000, "events": 200000}`.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { z } from 'zod';
import type { FloodOptions, FloodResult } from './options.ts';
import { pathOf, send } from './protocol/server.ts';
import type { Recorded } from './recorder/history.ts';

const bodyBytesAtMost = 1 << 16;

const entity = z.object({ entity_id: z.string() });
const flag = z.object({ on: z.boolean() });

/** What can be done to a demo home from outside; see DemoHome for what each does. */
export interface Controls {
  emit(entityId: string, state: string, attributes?: Readonly<Record<string, unknown>>): void;
  burst(count: number, entityId?: string): void;
  addFloodSensors(count: number): string[];
  flood(options: FloodOptions): Promise<FloodResult>;
  recorded(entityId: string, startUs: number, endUs: number): Recorded[];
  eventsSent(entityId?: string): number;
  eventsFired(entityId?: string): number;
  dropConnections(): number;
  silence(isSilent: boolean): void;
  halfOpen(isHalfOpen: boolean): void;
  standStill(isStill: boolean): void;
  refuseConnections(how: 'no' | 'reset' | '502'): void;
  delayAnswers(ms: number): void;
  notReady(prefixes: readonly string[]): void;
  renameEntity(entityId: string, newEntityId: string): void;
  removeEntity(entityId: string): void;
  setAvailable(entityId: string, isAvailable: boolean): void;
  restartMeter(entityId: string): void;
}

type Control = (home: Controls, body: unknown) => unknown;

function control<T>(schema: z.ZodType<T>, run: (home: Controls, body: T) => unknown): Control {
  return (home, body) => run(home, schema.parse(body));
}

const controls: Readonly<Record<string, Control>> = {
  emit: control(
    z.object({
      entity_id: z.string(),
      state: z.string(),
      attributes: z.record(z.string(), z.unknown()).optional(),
    }),
    (home, { entity_id, state, attributes }) => home.emit(entity_id, state, attributes),
  ),
  burst: control(
    z.object({ count: z.number().int().positive().max(1_000_000), entity_id: z.string().optional() }),
    (home, body) => home.burst(body.count, body.entity_id),
  ),
  'flood-sensors': control(z.object({ count: z.number().int().positive().max(10_000) }), (home, { count }) =>
    home.addFloodSensors(count),
  ),
  flood: control(
    z.object({
      sensors: z.number().int().positive().max(10_000),
      eventsPerSecond: z.number().positive().max(500_000),
      events: z.number().int().positive().max(50_000_000),
    }),
    (home, body) => home.flood(body),
  ),
  recorded: control(
    z.object({ entity_id: z.string(), start_us: z.number(), end_us: z.number() }),
    (home, body) => home.recorded(body.entity_id, body.start_us, body.end_us),
  ),
  'events-sent': control(z.object({ entity_id: z.string().optional() }), (home, { entity_id }) => ({
    sent: home.eventsSent(entity_id),
    fired: home.eventsFired(entity_id),
  })),
  'drop-connections': (home) => home.dropConnections(),
  silence: control(flag, (home, { on }) => home.silence(on)),
  'half-open': control(flag, (home, { on }) => home.halfOpen(on)),
  'stand-still': control(flag, (home, { on }) => home.standStill(on)),
  refuse: control(z.object({ how: z.enum(['no', 'reset', '502']) }), (home, { how }) =>
    home.refuseConnections(how),
  ),
  'delay-answers': control(z.object({ ms: z.number().min(0).max(600_000) }), (home, { ms }) =>
    home.delayAnswers(ms),
  ),
  'not-ready': control(z.object({ prefixes: z.array(z.string()) }), (home, { prefixes }) =>
    home.notReady(prefixes),
  ),
  rename: control(z.object({ entity_id: z.string(), new_entity_id: z.string() }), (home, body) =>
    home.renameEntity(body.entity_id, body.new_entity_id),
  ),
  remove: control(entity, (home, { entity_id }) => home.removeEntity(entity_id)),
  available: control(entity.extend({ on: z.boolean() }), (home, { entity_id, on }) =>
    home.setAvailable(entity_id, on),
  ),
  'restart-meter': control(entity, (home, { entity_id }) => home.restartMeter(entity_id)),
};

/** Answers POST /demo/…; false for any other path. */
export function controlRoute(
  home: Controls,
): (request: IncomingMessage, response: ServerResponse) => boolean {
  return (request, response) => {
    const name = /^\/demo\/([a-z-]+)$/.exec(pathOf(request))?.[1];
    const run = name === undefined ? undefined : controls[name];
    if (run === undefined || request.method !== 'POST') return false;
    void answer(home, run, request, response);
    return true;
  };
}

async function answer(
  home: Controls,
  run: Control,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  try {
    const result = await run(home, await bodyOf(request));
    send(response, 200, { result: result ?? null });
  } catch (error) {
    send(response, 400, { message: error instanceof Error ? error.message : 'failed' });
  }
}

async function bodyOf(request: IncomingMessage): Promise<unknown> {
  let text = '';
  for await (const chunk of request) {
    text += String(chunk);
    if (text.length > bodyBytesAtMost) throw new RangeError('the body is too long');
  }
  return text === '' ? {} : JSON.parse(text);
}
