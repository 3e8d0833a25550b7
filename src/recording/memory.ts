const usPerHour = 3_600_000_000;
/** How long Home Assistant keeps states unless the user says otherwise (core, recorder: purge_keep_days). */
export const usualMemoryUs = 10 * 24 * usPerHour;
/** Nobody keeps states for longer; and each further step is a question to Home Assistant. */
export const longestMemoryUs = 400 * 24 * usPerHour;
/** So much is looked at: an hour alone may lie in an outage. */
const lookUs = 6 * usPerHour;

/**
 * Since when Home Assistant has states, in whole hours. It does not tell how long it keeps them, but its five-minute rows
 * live as long as they do: the walk goes back by the usual memory until there are none.
 * @param hasRows whether it has any five-minute row, or state, in [startUs, endUs); its rejection is the walk's
 */
export async function remembersSinceUs(
  hasRows: (startUs: number, endUs: number) => Promise<boolean>,
  nowUs: number,
  longestUs = longestMemoryUs,
): Promise<number> {
  let sinceUs = Math.floor((nowUs - Math.min(usualMemoryUs, longestUs)) / usPerHour) * usPerHour;
  while (sinceUs > nowUs - longestUs && (await hasRows(sinceUs - lookUs, sinceUs))) sinceUs -= usualMemoryUs;
  return sinceUs;
}
