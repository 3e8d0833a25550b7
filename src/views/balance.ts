/**
 * The home's balance of one quarter-hour, in milliwatt-hours. The order in which flows are matched is that of Home
 * Assistant's energy dashboard (frontend, src/data/energy.ts), so that both show the same; amounts are integers, so
 * the parts add up.
 */

/** What the meters of each kind counted; null when the home has such meters and one of them is not known. */
export interface QuarterSources {
  readonly gridInMwh: number | null;
  readonly gridOutMwh: number | null;
  readonly solarMwh: number | null;
  readonly batteryInMwh: number | null;
  readonly batteryOutMwh: number | null;
}

export interface Flows {
  readonly solarToHomeMwh: number;
  readonly solarToBatteryMwh: number;
  readonly solarToGridMwh: number;
  readonly batteryToHomeMwh: number;
  readonly batteryToGridMwh: number;
  readonly gridToHomeMwh: number;
  readonly gridToBatteryMwh: number;
}

export interface Balance extends Flows {
  readonly homeMwh: number;
  /** What more was fed in and stored than came from anywhere: meters that don't tick together. 0 when the sum works out. */
  readonly unexplainedMwh: number;
}

/** Null when a source is not known: a home without its solar is no smaller home, it is an unknown one. */
export function balanceOf(sources: QuarterSources): Balance | null {
  const { gridInMwh, gridOutMwh, solarMwh, batteryInMwh, batteryOutMwh } = sources;
  if (
    gridInMwh === null ||
    gridOutMwh === null ||
    solarMwh === null ||
    batteryInMwh === null ||
    batteryOutMwh === null
  ) {
    return null;
  }
  let fromGrid = Math.max(0, gridInMwh);
  let solar = Math.max(0, solarMwh);
  let fromBattery = Math.max(0, batteryOutMwh);
  let toGrid = Math.max(0, gridOutMwh);
  let toBattery = Math.max(0, batteryInMwh);
  const rest = fromGrid + solar + fromBattery - toGrid - toBattery;
  const homeMwh = Math.max(0, rest);

  // More from the grid than the home used can only have gone to the battery; taken first, or it would be stranded.
  const surplus = Math.max(0, Math.min(toBattery, fromGrid - homeMwh));
  fromGrid -= surplus;
  toBattery -= surplus;

  const solarToBatteryMwh = Math.min(solar, toBattery);
  solar -= solarToBatteryMwh;
  toBattery -= solarToBatteryMwh;

  const solarToGridMwh = Math.min(solar, toGrid);
  solar -= solarToGridMwh;
  toGrid -= solarToGridMwh;

  const batteryToGridMwh = Math.min(fromBattery, toGrid);
  fromBattery -= batteryToGridMwh;

  const gridToBattery = Math.min(fromGrid, toBattery);
  fromGrid -= gridToBattery;

  const solarToHomeMwh = Math.min(homeMwh, solar);
  const batteryToHomeMwh = Math.min(homeMwh - solarToHomeMwh, fromBattery);
  const gridToHomeMwh = Math.min(homeMwh - solarToHomeMwh - batteryToHomeMwh, fromGrid);
  return {
    homeMwh,
    unexplainedMwh: Math.max(0, -rest),
    solarToHomeMwh,
    solarToBatteryMwh,
    solarToGridMwh,
    batteryToHomeMwh,
    batteryToGridMwh,
    gridToHomeMwh,
    gridToBatteryMwh: surplus + gridToBattery,
  };
}

const fields = [
  'homeMwh',
  'unexplainedMwh',
  'solarToHomeMwh',
  'solarToBatteryMwh',
  'solarToGridMwh',
  'batteryToHomeMwh',
  'batteryToGridMwh',
  'gridToHomeMwh',
  'gridToBatteryMwh',
] as const satisfies readonly (keyof Balance)[];

/** Balances are made per quarter and then summed: the other way round would hide flows within a day. */
export function sumBalances(balances: Iterable<Balance>): Balance {
  const sum: Record<(typeof fields)[number], number> = Object.fromEntries(
    fields.map((field) => [field, 0]),
  ) as Record<(typeof fields)[number], number>;
  for (const balance of balances) for (const field of fields) sum[field] += balance[field];
  return sum;
}

/** The part of the home's use that did not come from the grid, 0 to 1; null when nothing was used. */
export function selfSufficiency(balance: Balance): number | null {
  return balance.homeMwh === 0 ? null : 1 - Math.min(1, balance.gridToHomeMwh / balance.homeMwh);
}

/** The part of the sun's yield that the home used itself, 0 to 1; null when there was none. */
export function selfConsumption(balance: Balance, solarMwh: number): number | null {
  return solarMwh <= 0 ? null : Math.min(1, balance.solarToHomeMwh / solarMwh);
}
