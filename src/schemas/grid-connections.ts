import { z } from 'zod';
import { body, type CallTable, json, problems } from './call.ts';
import { entityId, nullableInstant } from './common.ts';

/** The same as in src/home/grid-connection.ts. */
export const connectionLimits = { connections: 8, registers: 8, nameLength: 60, idLength: 32 } as const;

const connectionId = z
  .string()
  .max(connectionLimits.idLength)
  .regex(/^[a-z0-9][a-z0-9_-]*$/, 'small letters, digits, - and _, a letter or digit first')
  .describe('What `device_id` names it by, for example annex');

const registers = (what: string) => z.array(entityId).max(connectionLimits.registers).describe(what);
const offtake = registers('Registers of what is taken from the grid, kWh, all tariffs; they are added up');
const injection = registers('Registers of what is fed in');
const power = entityId.nullable().describe('Sensor of the net power, W, import positive');
const meterPeak = entityId
  .nullable()
  .describe('Sensor of the meter’s own peak of the month (OBIS 1-0:1.6.0)');

export const gridConnection = z.object({
  id: connectionId,
  name: z.string().nullable().describe('Null for the home’s own'),
  is_home: z.boolean().describe('The whole grid of the home, by the energy preferences; it can’t be removed'),
  offtake,
  injection,
  power,
  meter_peak: meterPeak,
  untracked: z
    .array(entityId)
    .describe('Of those, the ones that are not tracked (any more): what they count from now on is not known'),
  created_at: nullableInstant,
});
export type GridConnectionRow = z.infer<typeof gridConnection>;

export const gridConnections = z.object({
  connections: z.array(gridConnection).describe('The home’s own first'),
  limit: z.number().int().describe('So many may be named beside the home’s own'),
});
export type GridConnectionList = z.infer<typeof gridConnections>;

const newGridConnection = z.strictObject({
  id: connectionId.optional().describe('Default: made of the name'),
  name: z.string().trim().min(1).max(connectionLimits.nameLength),
  offtake: offtake.min(1),
  injection: injection.default([]),
  power: power.default(null),
  meter_peak: meterPeak.default(null),
});

export const gridConnectionCalls = {
  'GET /api/grid-connections': {
    tags: ['P1'],
    summary: 'The connections to the grid',
    description:
      'What `device_id` of the calls under /v1 may be: `home`, the whole grid of the home by the energy preferences, and those that were named.',
    responses: { 200: json(gridConnections, 'All connections'), ...problems(503) },
  },
  'POST /api/grid-connections': {
    tags: ['P1'],
    summary: 'Name a connection',
    description: `Its registers are added up by quarter-hour, its past too; that takes a moment. All its entities must be tracked. At most ${connectionLimits.connections}. An id that is taken is refused (409). For administrators.`,
    request: { body: body(newGridConnection) },
    responses: { 201: json(gridConnection, 'Kept'), ...problems(400, 403, 409, 503) },
  },
  'DELETE /api/grid-connections/{id}': {
    tags: ['P1'],
    summary: 'Forget a connection',
    description:
      'The meters and their ledger stay as they are. The answer is the connection, so that it can be named again. For administrators.',
    request: { params: z.object({ id: z.string().max(64) }) },
    responses: { 200: json(gridConnection, 'Forgotten'), ...problems(400, 403, 404, 503) },
  },
} satisfies CallTable;
