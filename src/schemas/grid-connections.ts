import { z } from 'zod';
import { entityId, nullableInstant } from './common.ts';

/** As src/home/grid-connection.ts has them. */
export const connectionLimits = { connections: 8, registers: 8, nameLength: 60, idLength: 32 } as const;

export const connectionId = z
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

export const newGridConnection = z.strictObject({
  id: connectionId.optional().describe('Default: made of the name'),
  name: z.string().trim().min(1).max(connectionLimits.nameLength),
  offtake: offtake.min(1),
  injection: injection.default([]),
  power: power.default(null),
  meter_peak: meterPeak.default(null),
});
export type NewGridConnection = z.input<typeof newGridConnection>;
