/** How long Home Assistant keeps states unless the user says otherwise (core, recorder: purge_keep_days). */
import { hourUs } from '../../units/durations.ts';

export const usualHistoryUs = 10 * 24 * hourUs;
/** Nobody keeps states for longer; and each further step is a question to Home Assistant. */
export const longestHistoryUs = 400 * 24 * hourUs;

/**
 * Since when Home Assistant has states, in whole hours. It does not tell how long it keeps them: the walk goes back by the
 * usual memory until it has nothing that old.
 * @param remembers whether it has anything of that instant or older; its rejection is the walk's
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
