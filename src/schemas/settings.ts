import { z } from 'zod';
import { entityId, limits } from './common.ts';
import { entity } from './entities.ts';

export const settings = z.object({
  settings: z.object({
    home_assistant_url: z.string().nullable().describe('Null under the Supervisor, which needs none'),
    token_set: z.boolean().describe('Whether an access token is known; the token itself is never returned'),
    source: z.enum(['supervisor', 'environment', 'saved', 'none']).describe('Where the connection was told'),
    time_zone: z.string().nullable().describe("The home's IANA zone; null until Home Assistant told it"),
    currency: z.string().nullable(),
    language: z.string().nullable(),
    may_change: z
      .boolean()
      .describe('Whether the user of this request may change settings (administrators may)'),
  }),
  ha_connected: z.boolean(),
  databases: z.object({ mongodb: z.boolean(), questdb: z.boolean() }),
});
export type Settings = z.infer<typeof settings>;

export const homeAssistantSettings = z.object({
  url: z
    .url({ protocol: /^https?$/ })
    .max(2000)
    .describe('Where Home Assistant answers, for example http://homeassistant.local:8123'),
  token: z.string().trim().min(1).max(4096).describe('A long-lived access token'),
});
export type HomeAssistantSettings = z.infer<typeof homeAssistantSettings>;

export const connectionTest = z.object({
  connected: z.boolean(),
  version: z.string().nullable(),
  energy_sources: z
    .number()
    .int()
    .nullable()
    .describe('Sources in the energy preferences; null when none are set'),
  error: z.string().nullable().describe('Why not, in words that say what to do'),
});
export type ConnectionTest = z.infer<typeof connectionTest>;

export const discoveryResult = z.object({ discovered: z.number().int(), entities: z.array(entity) });
export type DiscoveryResult = z.infer<typeof discoveryResult>;

export const trackedEntities = z.object({ entity_ids: z.array(entityId).max(limits.trackedEntities) });
export const trackedEntitiesResult = z.object({ entity_ids: z.array(entityId), count: z.number().int() });
