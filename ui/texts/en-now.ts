/** Texts of the Now page. */
export const nowEn = {
  now: {
    noHomeAssistant: 'Tell where Home Assistant is',
    noHomeAssistantWhat:
      'Energy Ledger records what your Home Assistant measures. Connect the two in Settings.',
    nothingTracked: 'Choose what to record',
    nothingTrackedWhat:
      'Nothing is recorded yet. Pick the meters and power sensors of your home in Settings.',
    toSettings: 'Open Settings',
    picture: 'Power now',
    pictureNote: {
      grid_in: 'from the grid',
      grid_out: 'to the grid',
      solar: 'from the sun',
      battery_in: 'into the battery',
      battery_out: 'from the battery',
      home: 'used at home',
      idle: 'nothing flows',
      unknown: 'not known',
    },
    parts: { grid: 'Grid', solar: 'Sun', battery: 'Battery', home: 'Home' },
    devices: 'Devices now',
    devicesNone: 'No power sensor of a device is recorded.',
    off: 'off',
    devicesSilent: (count: string) => `${count} not known right now`,
    meters: 'Since midnight',
    metersNone: 'No meter is recorded.',
    metersOfDevices: 'Devices',
    columns: {
      name: 'Meter',
      today: 'Since midnight',
      register: 'Register',
      readings: 'Readings',
      age: 'Newest',
    },
    readings: (count: string, isOne: boolean) => `${count} ${isOne ? 'reading' : 'readings'}`,
    ago: (age: string) => `${age} ago`,
    notKnown: 'not known',
    showCurve: (name: string) => `${name}: show its curve`,
  },

  sentence: {
    uses: (power: string) => `The home uses ${power} right now`,
    all: {
      sun: 'all of it from the sun',
      battery: 'all of it from the battery',
      grid: 'all of it from the grid',
    },
    part: {
      sun: (power: string) => `${power} of it from the sun`,
      battery: (power: string) => `${power} of it from the battery`,
      grid: (power: string) => `${power} of it from the grid`,
    },
    partAgain: {
      sun: (power: string) => `${power} from the sun`,
      battery: (power: string) => `${power} from the battery`,
      grid: (power: string) => `${power} from the grid`,
    },
    and: ' and ',
    list: ', ',
    goes: {
      grid: (power: string) => `${power} goes to the grid`,
      battery: (power: string) => `${power} goes into the battery`,
    },
    end: '.',
    unknown: 'What the home uses is not known right now',
    unknownBecause: (what: string) => `: nothing is heard of ${what}`,
    whats: {
      grid: 'the grid',
      solar: 'the sun',
      battery: 'the battery',
    },
    noSensor: 'What the home uses is not known: no power sensor of the grid is recorded',
    known: {
      grid_in: (power: string) => `${power} comes from the grid`,
      grid_out: (power: string) => `${power} goes to the grid`,
      solar: (power: string) => `${power} comes from the sun`,
    },
    disagree: (power: string) => `The sensors disagree by ${power}: more leaves the home than comes in`,
  },
} as const;
