import { z } from 'zod';
import { entityId, instant } from './common.ts';
import { now } from './now.ts';

/**
 * WS api/live?since=SEQ. The server sends; the client only answers pings. Every message has a number. A client that
 * reconnects with the last one it saw gets what it missed, or, when that is gone, a `snapshot` to start anew.
 */
const liveReading = z.object({
  entity_id: entityId,
  timestamp: instant,
  state: z.number().nullable(),
  absence: z.enum(['unavailable', 'unknown', 'removed']).nullable(),
  unit: z.string().nullable(),
});

export const liveMessage = z.discriminatedUnion('type', [
  z.object({ type: z.literal('snapshot'), seq: z.number().int(), now }),
  z.object({
    type: z.literal('readings'),
    seq: z.number().int(),
    readings: z.array(liveReading).describe('At most one per entity and message, its newest'),
    power: now.shape.power,
    today: z
      .record(z.string(), z.number().nullable())
      .describe('New totals since midnight, of the meters that moved'),
    counts: z.record(z.string(), z.number().int()).describe('New reading counts since midnight'),
  }),
  z.object({
    type: z.literal('changed'),
    seq: z.number().int(),
    what: z
      .array(z.enum(['status', 'entities', 'settings', 'readings', 'tickets']))
      .describe(
        'What to fetch again; nothing in a quiet home, where this comes every 15 seconds as a sign of life',
      ),
  }),
]);
export type LiveMessage = z.infer<typeof liveMessage>;
