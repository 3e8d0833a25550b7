import { z } from 'zod';
import { type Facts, figure, type Statistic } from './statistic.ts';

function reasonOf({ isMeter, mean, max }: Facts) {
  if (!isMeter) return 'no_meter';
  if (mean === null) return 'nothing_known';
  // A mean above the highest measured quarter-hour: the real peak was not measured.
  if (max === null || mean > max) return 'no_peak';
  return max === 0 ? 'peak_is_zero' : null;
}

/** How evenly energy or volume was used: mean divided by peak, 0 to 1. */
export const loadFactor = {
  key: 'load_factor',
  unit: 'parts of 1',
  schema: figure(
    'Mean divided by `max`, for meters: 1 is an even load. `load_factor_reason` says why it is null',
  ),
  isCompared: true,
  compute: (facts) =>
    reasonOf(facts) === null && facts.mean !== null && facts.max !== null
      ? Math.round((facts.mean / facts.max) * 1e6) / 1e6
      : null,
  reason: {
    schema: z
      .enum(['no_meter', 'nothing_known', 'no_peak', 'peak_is_zero'])
      .nullable()
      .describe(
        '`no_peak`: no quarter-hour was measured whole, or the highest was not among those that were',
      ),
    of: reasonOf,
  },
} as const satisfies Statistic;
