/**
 * The words of an entity id or a name, as discovery uses them: lower case, split at anything but letters and digits.
 */

export function wordsOf(text: string): string[] {
  return text
    .toLowerCase()
    .split(/[^\p{L}\p{N}]+/u)
    .filter((word) => word !== '');
}

export function objectIdOf(entityId: string): string {
  return entityId.slice(entityId.indexOf('.') + 1);
}

export function hasAny(words: readonly string[], wanted: ReadonlySet<string>): boolean {
  return words.some((word) => wanted.has(word));
}

/** Words about energy: a sensor without a device class must carry one when its unit alone is not enough. */
export const energyWords: ReadonlySet<string> = new Set(
  'energy power consumption production solar pv grid battery electricity electric meter import export charge discharge'.split(
    ' ',
  ),
);
export const gasWords: ReadonlySet<string> = new Set(['gas']);
export const waterWords: ReadonlySet<string> = new Set(['water']);
export const batteryWords: ReadonlySet<string> = new Set([
  'battery',
  'batteries',
  'powerwall',
  'accu',
  'akku',
  'bat',
]);
export const levelWords: ReadonlySet<string> = new Set(['soc', 'level', 'charge', 'percentage', 'battery']);
export const solarWords: ReadonlySet<string> = new Set(['solar', 'pv', 'photovoltaic', 'panels']);
export const gridWords: ReadonlySet<string> = new Set(
  'grid mains utility p1 dsmr smart meter electricity net'.split(' '),
);
/** Into the home (or out of the battery). */
export const fromWords: ReadonlySet<string> = new Set(
  'import imported consumption consumed delivered usage used bought from discharge discharging discharged offtake'.split(
    ' ',
  ),
);
/** Out of the home (or into the battery). */
export const toWords: ReadonlySet<string> = new Set(
  'export exported production produced return returned injection injected feed sold to charge charging charged'.split(
    ' ',
  ),
);
/** Not what a meter counted: plans, limits, extremes, parts. */
export const asideWords: ReadonlySet<string> = new Set(
  'forecast estimate estimated tomorrow remaining limit max maximum min minimum peak average target setpoint available rated nominal reactive apparent cost price phase l1 l2 l3 today yesterday daily weekly monthly yearly hourly'.split(
    ' ',
  ),
);
