import { z } from 'zod';
import { body, type CallTable, json, problems } from './call.ts';
import { entityId, limits } from './common.ts';
import { entity } from './entities.ts';

export const settings = z.object({
  settings: z.object({
    home_assistant_url: z.string().nullable().describe('Null under the Supervisor, which needs none'),
    token_set: z.boolean().describe('Whether an access token is known; the token itself is never returned'),
    source: z
      .enum(['supervisor', 'environment', 'saved', 'none'])
      .describe('Where the connection comes from'),
    time_zone: z
      .string()
      .nullable()
      .describe("The home's IANA zone; null before it was read from Home Assistant"),
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

const trackedEntities = z.object({ entity_ids: z.array(entityId).max(limits.trackedEntities) });
export const trackedEntitiesResult = z.object({ entity_ids: z.array(entityId), count: z.number().int() });

export const settingsCalls = {
  'GET /api/settings': {
    tags: ['Settings'],
    summary: 'Settings and connections',
    responses: { 200: json(settings, 'Settings; a token is never among them') },
  },
  'POST /api/settings/home-assistant': {
    tags: ['Settings'],
    summary: 'Use another Home Assistant',
    description:
      'Tried before it is saved; takes effect without a restart. Not under the Supervisor, which provides the connection. For administrators.',
    request: { body: body(homeAssistantSettings) },
    responses: {
      200: json(connectionTest, 'Tried, saved and in use'),
      ...problems(400, 403, 409, 503),
    },
  },
  'POST /api/settings/test-connection': {
    tags: ['Settings'],
    summary: 'Read version and energy preferences from Home Assistant',
    responses: { 200: json(connectionTest, 'The result; `error` says why it failed'), ...problems(403) },
  },
  'POST /api/settings/discover-entities': {
    tags: ['Entities'],
    summary: 'Discover energy entities now',
    description:
      'By the energy preferences first, then device class, unit and words of the id. It also happens by itself: after each connect, when Home Assistant’s registries change, and every five minutes.',
    responses: { 200: json(discoveryResult, 'What was found'), ...problems(403, 503) },
  },
  'POST /api/settings/tracked-entities': {
    tags: ['Entities'],
    summary: 'Choose what is recorded',
    description:
      'Exactly these are tracked afterwards; unknown ids are refused and then nothing changes. For administrators.',
    request: { body: body(trackedEntities) },
    responses: { 200: json(trackedEntitiesResult, 'Tracked from now on'), ...problems(400, 403, 503) },
  },
} satisfies CallTable;
