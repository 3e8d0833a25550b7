/** All texts of the panel in English. A text with values is a function of formatted values. */
import { connectionsEn } from './en-connections.ts';
import { healthEn } from './en-health.ts';
import { ledgerEn } from './en-ledger.ts';
import { nowEn } from './en-now.ts';
import { pricesEn } from './en-prices.ts';
import { readingsEn } from './en-readings.ts';

export const en = {
  app: 'Energy Ledger',
  skip: 'Skip to the content',
  nav: 'Pages',
  pages: {
    now: 'Now',
    energy: 'Energy',
    devices: 'Devices',
    peaks: 'Peaks',
    prices: 'Prices',
    readings: 'Readings',
    health: 'Health',
    settings: 'Settings',
  },
  ...ledgerEn,
  ...nowEn,
  ...readingsEn,
  ...healthEn,
  ...pricesEn,
  ...connectionsEn,

  age: {
    fresh: 'Live · now',
    live: (age: string) => `Live · ${age} ago`,
    liveLong: (age: string) => `Values arrive live. The newest reading is ${age} old.`,
    stale: (age: string) => `${age} old`,
    staleLong: (age: string) => `The connection to the app is cut. What you see is ${age} old.`,
    connecting: 'Connecting…',
    lost: 'No connection',
    nothing: 'No reading yet',
  },

  states: {
    loading: 'Loading…',
    retry: 'Try again',
    retrying: 'It is tried again by itself.',
    unreachable: 'The app does not answer.',
    unreachableWhat: 'It may be starting, or the way to Home Assistant is cut.',
    forbidden: 'You may not see this.',
    failed: 'This could not be loaded.',
    partAway: 'A part that this needs does not answer.',
    storeAway: 'The store of readings does not answer.',
    storeAwayWhat:
      'Recording goes on and live values stay. What is already recorded shows again when the store is back.',
    postingPast: 'The past is being posted: these figures still grow.',
    signIn: 'Home Assistant no longer knows this session. Load the page again.',
  },

  banner: {
    disk: 'The disk is nearly full: make room, so that recording can go on.',
    paused: 'Recording is paused: the space for readings that wait is full.',
    refused: 'Home Assistant refuses the access token: make a new one.',
    homeAssistant: 'Home Assistant does not answer; nothing new is recorded until it does.',
    questdb: 'The store of readings does not answer. Readings are kept aside until it does.',
    silent: (age: string) => `No reading has come for ${age}.`,
    decisions: (count: string, isOne: boolean) =>
      isOne ? 'One thing needs your decision.' : `${count} things need your decision.`,
    toHealth: 'Open Health',
    toSettings: 'Open Settings',
  },

  period: {
    label: 'Period',
    kinds: { day: 'Day', week: 'Week', month: 'Month', year: 'Year', range: 'Range' },
    previous: {
      day: 'Previous day',
      week: 'Previous week',
      month: 'Previous month',
      year: 'Previous year',
      range: 'Earlier',
    },
    next: { day: 'Next day', week: 'Next week', month: 'Next month', year: 'Next year', range: 'Later' },
    today: 'Today',
    from: 'From',
    to: 'To',
  },

  settings: {
    readOnly: 'Only administrators of Home Assistant may change settings. You can look at everything.',
    sentence: {
      ok: (tracked: string) => `All is well: ${tracked} are recorded.`,
      degraded: (tracked: string) => `${tracked} are recorded, and something needs a look.`,
      down: 'Nothing can be recorded right now.',
      none: 'Nothing is recorded yet. Choose below what should be.',
      entities: (count: string, isOne: boolean) => `${count} ${isOne ? 'entity' : 'entities'}`,
    },
    health: {
      title: 'Every part',
      ok: 'All parts are well.',
      wrong: (parts: string) => `Needs a look: ${parts}.`,
      open: 'Open Health',
    },
    connection: {
      title: 'Home Assistant',
      url: 'Address',
      token: 'Access token',
      tokenHint: 'In Home Assistant: your profile, Security, Long-lived access tokens.',
      tokenSet: 'A token is saved. Leave the address as it is and paste a new one to replace it.',
      save: 'Test and save',
      test: 'Test the connection',
      testing: 'Testing…',
      ok: (version: string, sources: string) => `Home Assistant ${version} answers. ${sources}`,
      sources: (count: string, isOne: boolean) =>
        `${count} energy ${isOne ? 'source' : 'sources'} in its energy preferences.`,
      noSources: 'Its energy preferences are not set.',
      saved: 'Saved, and in use from now on.',
      incomplete: 'Give the address and a token.',
      failed: 'That did not work.',
    },
    entities: {
      title: 'What is recorded',
      search: 'Search entities',
      role: 'Role',
      area: 'Area',
      tracked: 'Recorded',
      foundBy: 'Found by',
      any: 'any',
      yes: 'yes',
      no: 'no',
      noArea: 'no area',
      shown: (shown: string, all: string) => `${shown} of ${all} shown`,
      selectAll: 'Record all shown',
      selectNone: 'Record none shown',
      discover: 'Search Home Assistant again',
      discovering: 'Searching…',
      discovered: (count: string) => `${count} energy entities found.`,
      empty: 'No energy entities found',
      emptyWhat:
        'Once Home Assistant has energy meters or power sensors, they appear here. Its Energy page is the best place to set them up.',
      noMatch: 'No entity matches.',
      reset: 'Clear search and filters',
      gone: 'no longer in Home Assistant',
      remembered: 'Home Assistant is away: this is what was known last.',
      record: (name: string) => `Record ${name}`,
      pending: (added: string, removed: string) => `${added} to add, ${removed} to drop`,
      save: 'Save',
      saving: 'Saving…',
      undo: 'Undo',
      saved: (count: string) => `Saved: ${count} recorded.`,
      tooMany: (limit: string) => `At most ${limit} can be recorded.`,
      failed: 'Not saved.',
    },
    foundBy: {
      preferences: 'energy preferences',
      device_class: 'device class',
      unit: 'unit',
      words: 'words of its id',
      device: 'its device',
    },
    backfill: {
      title: 'Back-fill',
      what: 'Fetches from Home Assistant’s own history what was not recorded here, as far as it goes back (10 days, as a rule). Doing it twice changes nothing.',
      start: 'Back-fill now',
      running: (done: string, total: string) => `${done} of ${total} entities`,
      success: (count: string, isOne: boolean) => `Done: ${count} ${isOne ? 'reading' : 'readings'} added.`,
      partial: (count: string) => `Partly done: ${count} readings added.`,
      failed: 'The back-fill did not finish.',
      failedStart: 'The back-fill could not be started.',
    },
  },

  roles: {
    grid_import: 'From the grid',
    grid_export: 'To the grid',
    grid_power: 'Grid power',
    solar: 'Solar',
    solar_power: 'Solar power',
    battery_in: 'Into the battery',
    battery_out: 'From the battery',
    battery_power: 'Battery power',
    battery_level: 'Battery level',
    gas: 'Gas',
    gas_flow: 'Gas flow',
    water: 'Water',
    water_flow: 'Water flow',
    device: 'Device',
    device_power: 'Device power',
    device_switch: 'Device switch',
    device_water: 'Device water',
    device_water_flow: 'Device water flow',
    other: 'Other',
  },

  unknownSources: {
    title: 'The balance is not known',
    titleOther: 'A source is not known',
    what: 'The energy settings of Home Assistant name a source that is not known here. A missing source is not 0, so what depends on it is left empty:',
    why: {
      no_entity: 'Home Assistant has no such entity (renamed, deleted or disabled).',
      no_statistic: 'Home Assistant has no such statistic.',
      unknown_unit: 'Its unit is not a unit of energy.',
      other_quantity: 'It does not count energy.',
      not_tracked: 'It is not recorded: choose it in the settings of this app.',
    },
    toDo: 'Choose another one in the energy settings of Home Assistant, or bring it back; this app sees it within minutes.',
  },

  units: {
    seconds: (count: string, isOne: boolean) => `${count} ${isOne ? 'second' : 'seconds'}`,
    minutes: (count: string, isOne: boolean) => `${count} ${isOne ? 'minute' : 'minutes'}`,
    hours: (count: string, isOne: boolean) => `${count} ${isOne ? 'hour' : 'hours'}`,
    days: (count: string, isOne: boolean) => `${count} ${isOne ? 'day' : 'days'}`,
    short: {
      seconds: (count: string) => `${count}\u00a0s`,
      minutes: (count: string) => `${count}\u00a0min`,
      hours: (count: string) => `${count}\u00a0h`,
      days: (count: string) => `${count}\u00a0d`,
    },
  },
} as const;

/** The shape of a catalogue in another language: the same keys, with strings and functions. */
type Shape<T> = T extends string
  ? string
  : T extends (...values: infer Values) => string
    ? (...values: Values) => string
    : { readonly [Key in keyof T]: Shape<T[Key]> };
export type Texts = Shape<typeof en>;
