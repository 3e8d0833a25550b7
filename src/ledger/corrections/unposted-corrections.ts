import { z } from 'zod';
import { fitting, setting } from '../../home/settings.ts';
import type { UnpostedCorrection } from './correction-service.ts';

/**
 * The corrections whose meters may not be posted yet, stored with the names of the first version: the last instant
 * included.
 */
export const unpostedSetting = setting<readonly UnpostedCorrection[]>({
  key: 'ledger_corrections_unposted',
  schema: fitting(
    z
      .object({ entityId: z.string(), fromUs: z.number(), untilUs: z.number() })
      .transform(({ entityId, fromUs, untilUs }) => ({ entityId, startUs: fromUs, endUs: untilUs + 1 })),
  ),
  fallback: [],
  toStored: (unposted) =>
    unposted.map(({ entityId, startUs, endUs }) => ({ entityId, fromUs: startUs, untilUs: endUs - 1 })),
});
