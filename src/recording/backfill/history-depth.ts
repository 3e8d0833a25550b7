/** How long Home Assistant keeps states unless the user changes it (core, recorder: purge_keep_days). */
import { hourUs } from '../../units/durations.ts';

export const usualHistoryUs = 10 * 24 * hourUs;
/** Nobody keeps states for longer, and each further step is a request to Home Assistant. */
export const longestHistoryUs = 400 * 24 * hourUs;

/**
 * Since when Home Assistant has states, in whole hours. It does not report how long it keeps them, so the search goes
 * back by the usual depth until it finds nothing that old.
 * @param remembers whether it has a state of that instant or older; the search rejects when it does
 */
export async function historySinceUs(
  hasHistoryAt: (atUs: number) => Promise<boolean>,
  nowUs: number,
  longestUs = longestHistoryUs,
): Promise<number> {
  let sinceUs = Math.floor((nowUs - Math.min(usualHistoryUs, longestUs)) / hourUs) * hourUs;
  while (sinceUs > nowUs - longestUs && (await hasHistoryAt(sinceUs))) sinceUs -= usualHistoryUs;
  return sinceUs;
}
