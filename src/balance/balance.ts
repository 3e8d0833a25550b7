/**
 * The home's balance of one quarter-hour, in milliwatt-hours, and of one moment, in watts. Flows are matched in the
 * order of Home Assistant's energy dashboard (frontend, src/data/energy.ts), so that both show the same; amounts are
 * integers, so the parts add up.
 */

/** What the meters of each kind counted; null when the home has such meters and one of them is not known. */
export interface QuarterHourSources {
  readonly gridInMwh: number | null;
  readonly gridOutMwh: number | null;
  readonly solarMwh: number | null;
  readonly batteryInMwh: number | null;
  readonly batteryOutMwh: number | null;
}

/** What came in and went out in one quarter-hour, or at one moment. All in one unit: mWh or W. */
interface Sources {
  readonly gridIn: number;
  readonly gridOut: number;
  readonly solar: number;
  readonly batteryIn: number;
  readonly batteryOut: number;
}

/** What each source gave to each use, in the unit of the sources; nothing is negative. */
interface Flows {
  readonly home: number;
  /** Fed in and stored beyond what came from any source: meters that don't report at the same instant. Else 0. */
  readonly unexplained: number;
  readonly solarToHome: number;
  readonly solarToBattery: number;
  readonly solarToGrid: number;
  readonly batteryToHome: number;
  readonly batteryToGrid: number;
  readonly gridToHome: number;
  readonly gridToBattery: number;
}

export interface Balance {
  readonly homeMwh: number;
  readonly unexplainedMwh: number;
  readonly solarToHomeMwh: number;
  readonly solarToBatteryMwh: number;
  readonly solarToGridMwh: number;
  readonly batteryToHomeMwh: number;
  readonly batteryToGridMwh: number;
  readonly gridToHomeMwh: number;
  readonly gridToBatteryMwh: number;
}

/**
 * An amount as the balance takes it, and as it is reported beside the flows: a register that ran backwards in a
 * quarter-hour moved nothing the other way, so it counts as 0.
 */
export function clamped(amount: number): number {
  return Math.max(0, amount);
}

/**
 * Energy of a quarter-hour and the power of a moment are matched alike, so that Now and Energy report the same. Of the
 * clamped sources, home - unexplained = grid in + solar + battery out - grid out - battery in.
 */
export function matchFlows(sources: Sources): Flows {
  let fromGrid = clamped(sources.gridIn);
  let solar = clamped(sources.solar);
  let fromBattery = clamped(sources.batteryOut);
  let toGrid = clamped(sources.gridOut);
  let toBattery = clamped(sources.batteryIn);
  const rest = fromGrid + solar + fromBattery - toGrid - toBattery;
  const home = Math.max(0, rest);

  // Grid import beyond the home's use can only charge the battery; it is matched first, because no later step does it.
  const surplus = Math.max(0, Math.min(toBattery, fromGrid - home));
  fromGrid -= surplus;
  toBattery -= surplus;

  const solarToBattery = Math.min(solar, toBattery);
  solar -= solarToBattery;
  toBattery -= solarToBattery;

  const solarToGrid = Math.min(solar, toGrid);
  solar -= solarToGrid;
  toGrid -= solarToGrid;

  const batteryToGrid = Math.min(fromBattery, toGrid);
  fromBattery -= batteryToGrid;

  const restToBattery = Math.min(fromGrid, toBattery);
  fromGrid -= restToBattery;

  const solarToHome = Math.min(home, solar);
  const batteryToHome = Math.min(home - solarToHome, fromBattery);
  // The same but for the rounding of fractions of a watt.
  const gridToHome = Math.min(home - solarToHome - batteryToHome, fromGrid);
  return {
    home,
    unexplained: Math.max(0, -rest),
    solarToHome,
    solarToBattery,
    solarToGrid,
    batteryToHome,
    batteryToGrid,
    gridToHome,
    gridToBattery: surplus + restToBattery,
  };
}

/** Null when a source is not known: the use of a home with unknown solar is unknown, not smaller. */
export function balanceOf(sources: QuarterHourSources): Balance | null {
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
  const flows = matchFlows({
    gridIn: gridInMwh,
    gridOut: gridOutMwh,
    solar: solarMwh,
    batteryIn: batteryInMwh,
    batteryOut: batteryOutMwh,
  });
  return {
    homeMwh: flows.home,
    unexplainedMwh: flows.unexplained,
    solarToHomeMwh: flows.solarToHome,
    solarToBatteryMwh: flows.solarToBattery,
    solarToGridMwh: flows.solarToGrid,
    batteryToHomeMwh: flows.batteryToHome,
    batteryToGridMwh: flows.batteryToGrid,
    gridToHomeMwh: flows.gridToHome,
    gridToBatteryMwh: flows.gridToBattery,
  };
}

/**
 * The part of the home's use that did not come from the grid, 0 to 1; null when nothing was used, or a part is not
 * known.
 */
export function selfSufficiency(home: number | null, gridToHome: number | null): number | null {
  if (home === null || gridToHome === null || home <= 0) return null;
  return 1 - Math.min(1, gridToHome / home);
}

/** The part of the sun's yield that the home used itself, 0 to 1; null when there was none, or it is not known. */
export function selfConsumption(solar: number | null, solarToHome: number | null): number | null {
  if (solar === null || solarToHome === null || solar <= 0) return null;
  return Math.min(1, solarToHome / solar);
}
