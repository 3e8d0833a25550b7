/** What is wrong with parts and what to do, from codes and values. */
import type { PartProblemValues } from '../../src/schemas/part-problems.ts';

type ProblemTexts = {
  readonly [C in keyof PartProblemValues]: (
    values: PartProblemValues[C],
    bytes: (value: number) => string,
  ) => string;
};

const listed = (ids: readonly string[]) => ids.slice(0, 10).join(', ');
const makeRoom = 'Make room on the disk of Home Assistant.';

export const problemsEn: ProblemTexts = {
  failed: ({ reason }) => reason,
  store_not_reached: ({ store }) => `${store} was not reached yet.`,
  store_silent: ({ store, reason }) => `${store} does not answer (${reason}). It is tried again.`,
  spool_failed: ({ reason }) =>
    `The waiting room on disk takes no readings: ${reason}. Make room in the app’s data folder.`,
  spool_damaged: ({ damaged_bytes: damaged }, bytes) =>
    `${bytes(damaged)} of the waiting room were damaged and left out. The back-fill looks for what was in them.`,
  no_room: () => 'There is no room for readings: nothing is read from Home Assistant until there is.',
  readings_waiting: ({ reason }) =>
    `The store of readings takes nothing, and readings wait on disk: ${reason}`,
  subscription_failed: ({ reason }) => `Home Assistant does not report states: ${reason}`,
  states_silent: () =>
    'Home Assistant answers, but does not report changes. The app subscribed again, and fetches what was missed from its history.',
  disk_full: ({ free_bytes: free }, bytes) =>
    `The disk is full: only ${bytes(free)} are free. Nothing is written until there is room; what is missed is fetched from Home Assistant afterwards. ${makeRoom}`,
  disk_low: ({ free_bytes: free, reserve_bytes: reserve }, bytes) =>
    `Only ${bytes(free)} are free on the disk. Below ${bytes(reserve)} nothing more is written. ${makeRoom}`,
  posting_failed: ({ reason }) => `The ledger could not be written (${reason}). It is tried again.`,
  history_incomplete: ({ reason }) => `Home Assistant’s history is incomplete: ${reason}`,
  verification_refused: ({ reason }) =>
    `Some hours are not verified, because Home Assistant refuses ${reason}`,
  home_assistant_not_set: () =>
    'No Home Assistant is set. Give its address and an access token on the settings page.',
  home_assistant_connecting: () => 'Connecting to Home Assistant.',
  home_assistant_silent: ({ reason }) => `Home Assistant does not answer (${reason}). It is tried again.`,
  token_refused: ({ reason }) =>
    `Home Assistant refuses the access token (${reason}). Make a new one and save it on the settings page.`,
  statistics_missing: ({ statistic_ids: ids }) =>
    `Home Assistant’s energy settings name ${listed(ids)}, which it does not have (renamed or disabled?), or whose unit is not one of energy, power or volume.`,
  sources_unknown: ({ statistic_ids: ids }) =>
    `Without ${listed(ids)} the home’s use is not known. Name another one in Home Assistant’s energy settings, or bring it back.`,
  entities_not_read: () => 'The entities of Home Assistant were not read yet.',
};
