import { z } from 'zod';
import { type CallTable, json, problems } from './call.ts';
import { entityId, instant } from './common.ts';

export const role = z.enum([
  'grid_import',
  'grid_export',
  'grid_power',
  'solar',
  'solar_power',
  'battery_in',
  'battery_out',
  'battery_power',
  'battery_level',
  'gas',
  'gas_flow',
  'water',
  'water_flow',
  'device',
  'device_power',
  'device_switch',
  'device_water',
  'device_water_flow',
  'other',
]);

export const entity = z.object({
  entity_id: entityId,
  friendly_name: z.string(),
  state: z.string().nullable().describe('As Home Assistant shows it now; null when it is not known'),
  unit_of_measurement: z.string(),
  device_class: z.string().nullable(),
  state_class: z.enum(['measurement', 'total', 'total_increasing']).nullable(),
  area: z.string().nullable(),
  device: z.string().nullable(),
  last_updated: instant.nullable(),
  is_tracked: z.boolean(),
  role,
  parent: entityId
    .nullable()
    .describe(
      'For a power sensor its meter, for a switch what meters the device it controls, for a device the one that contains it in the energy preferences',
    ),
  found_by: z.enum(['preferences', 'device_class', 'unit', 'words', 'device']),
});
export type EntityRow = z.infer<typeof entity>;

export const entityList = z.object({ entities: z.array(entity), count: z.number().int() });
export type EntityList = z.infer<typeof entityList>;

const cachedEntity = entity.omit({ state: true, last_updated: true }).extend({
  discovered_at: instant,
  is_active: z.boolean().describe('False when Home Assistant no longer has it'),
});
export const cachedEntityList = z.object({ entities: z.array(cachedEntity), count: z.number().int() });
export type CachedEntityList = z.infer<typeof cachedEntityList>;

export const entityCalls = {
  'GET /api/entities/cached': {
    tags: ['Entities'],
    summary: 'Energy entities as the document store keeps them',
    description:
      'Answers while Home Assistant is away, with those that it no longer has (`is_active` false). From memory when the document store is away too.',
    responses: { 200: json(cachedEntityList, 'Known energy entities'), ...problems(503) },
  },
  'GET /api/entities': {
    tags: ['Entities'],
    summary: 'Energy entities as Home Assistant shows them now',
    description: 'State and unit are Home Assistant’s own, not converted.',
    responses: { 200: json(entityList, 'Energy entities'), ...problems(503) },
  },
} satisfies CallTable;
