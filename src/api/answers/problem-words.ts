/** The English sentences of what is wrong with parts, for callers of the API. The panel has words of its own. */
import type { PartProblemRow, PartProblemValues } from '../../schemas/part-problems.ts';

type Words = { readonly [C in keyof PartProblemValues]: (values: PartProblemValues[C]) => string };

const megabyte = 1_000_000;
const megabytes = (bytes: number) => `${Math.floor(bytes / megabyte)} MB`;
const listed = (ids: readonly string[]) => ids.slice(0, 10).join(', ');

const words: Words = {
  failed: ({ reason }) => reason,
  store_not_reached: ({ store }) => `${store} was not reached yet.`,
  store_silent: ({ store, reason }) => `${store} does not answer (${reason}); it is tried again by itself.`,
  spool_failed: ({ reason }) =>
    `The spool on disk takes no readings: ${reason}. Make room in the app's data folder.`,
  spool_damaged: ({ damaged_bytes: bytes }) =>
    `${bytes} bytes of the spool were damaged and left out; the back-fill looks for what was in them.`,
  no_room: () => 'There is no room for readings: nothing is read from Home Assistant until there is.',
  readings_waiting: ({ reason }) => `The readings store takes nothing, readings wait in the spool: ${reason}`,
  subscription_failed: ({ reason }) => `Home Assistant does not report states: ${reason}`,
  states_silent: () =>
    'Home Assistant answers and does not report changes of states; it was subscribed to anew, and what was missed is fetched from its history.',
  disk_full: ({ free_bytes: bytes }) =>
    `The disk is full: only ${megabytes(bytes)} are free on it. Nothing more is written until there is room; what is missed meanwhile is fetched from Home Assistant afterwards. Make room on the disk of Home Assistant.`,
  disk_low: ({ free_bytes: bytes, reserve_bytes: reserve }) =>
    `Only ${megabytes(bytes)} are free on the disk; below ${megabytes(reserve)} nothing more is written. Make room on the disk of Home Assistant.`,
  posting_failed: ({ reason }) => `The ledger could not be posted (${reason}); it is tried again by itself.`,
  history_incomplete: ({ reason }) => `Home Assistant's history is incomplete: ${reason}`,
  verification_refused: ({ reason }) => `Hours are not verified, Home Assistant refuses ${reason}`,
  home_assistant_not_set: () =>
    'No Home Assistant is set: give its address and an access token on the settings page.',
  home_assistant_connecting: () => 'Connecting to Home Assistant.',
  home_assistant_silent: ({ reason }) =>
    `Home Assistant does not answer (${reason}); it is tried again by itself.`,
  token_refused: ({ reason }) =>
    `Home Assistant refuses the access token (${reason}): make a new one and save it on the settings page.`,
  statistics_missing: ({ statistic_ids: ids }) =>
    `The energy preferences of Home Assistant name ${listed(ids)}, which it does not have (renamed or disabled?), or whose unit is not one of energy, power or volume.`,
  sources_unknown: ({ statistic_ids: ids }) =>
    `Without ${listed(ids)} the home’s use is not known: name another one in the energy settings of Home Assistant, or bring it back.`,
  entities_not_read: () => 'The entities of Home Assistant were not read yet.',
};

/** The problems of a part, one sentence after the other. */
export function problemsDetail(problems: readonly PartProblemRow[]): string | null {
  return problems.length === 0 ? null : problems.map((problem) => sentence(problem)).join(' ');
}

function sentence<C extends keyof PartProblemValues>({ code, values }: PartProblemRow<C>): string {
  return words[code](values);
}
