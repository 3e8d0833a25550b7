import { z } from 'zod';
import { type CallTable, json } from './call.ts';
import { entityId, instant } from './common.ts';
import { role } from './entities.ts';

/** The Now page in one call, from memory: each tracked entity's newest value and what its meter counted since midnight. */
const nowEntity = z.object({
  entity_id: entityId,
  friendly_name: z.string(),
  role,
  quantity: z.enum(['energy', 'power', 'volume', 'flow', 'percentage', 'switch']),
  area: z.string().nullable(),
  parent: entityId.nullable(),
  state: z.number().nullable(),
  absence: z.enum(['unavailable', 'unknown', 'removed']).nullable(),
  unit: z.string().nullable(),
  timestamp: instant.nullable(),
  today: z
    .number()
    .nullable()
    .describe(
      'For meters: what was counted since local midnight, in `unit`: the ledger’s entries of the day and the readings since; null before the first entry',
    ),
  readings_today: z.number().int(),
});

export const now = z.object({
  at: instant,
  time_zone: z.string().nullable(),
  midnight: instant.nullable().describe("When the home's day began"),
  /** Watts; import, production and discharge positive; null without a sensor or while it reports no value. */
  power: z.object({
    grid_w: z.number().nullable(),
    solar_w: z.number().nullable().describe('0 while the sensor is below 0, as the flows take it'),
    battery_w: z.number().nullable(),
    home_w: z
      .number()
      .nullable()
      .describe('grid + solar + battery; null when a part that the home has is not known'),
    flows: z
      .object({
        solar_to_home_w: z.number(),
        solar_to_battery_w: z.number(),
        solar_to_grid_w: z.number(),
        battery_to_home_w: z.number(),
        battery_to_grid_w: z.number(),
        grid_to_home_w: z.number(),
        grid_to_battery_w: z.number(),
      })
      .nullable()
      .describe(
        'Power from each source to each use, matched as the balance matches energy; null where `home_w` is',
      ),
  }),
  entities: z.array(nowEntity),
});
export type Now = z.infer<typeof now>;
export type NowEntity = z.infer<typeof nowEntity>;

export const nowCalls = {
  'GET /api/now': {
    tags: ['Readings'],
    summary: 'Live power and today’s counts of everything tracked',
    description:
      'From memory. Power in W, import, production and discharge positive. `/api/live` sends what changes.',
    responses: { 200: json(now, 'Now') },
  },
} satisfies CallTable;
