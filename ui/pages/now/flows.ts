/**
 * Who feeds what, from the three powers at one moment, in watts. The order is Home Assistant's own energy page's, so
 * that both tell the same: surplus of the grid into the battery, sun into the battery, sun to the grid, battery to the
 * grid, grid into the battery; the home takes what is left of sun, battery and grid.
 */
export interface Powers {
  /** Positive: offtake. */
  readonly gridW: number;
  readonly solarW: number;
  /** Positive: discharge. */
  readonly batteryW: number;
}

export interface Flows {
  readonly homeW: number;
  readonly solarToHomeW: number;
  readonly batteryToHomeW: number;
  readonly gridToHomeW: number;
  readonly solarToBatteryW: number;
  readonly solarToGridW: number;
  readonly batteryToGridW: number;
  readonly gridToBatteryW: number;
}

export function flowsOf({ gridW, solarW, batteryW }: Powers): Flows {
  let fromGrid = Math.max(0, gridW);
  let toGrid = Math.max(0, -gridW);
  let solar = Math.max(0, solarW);
  let fromBattery = Math.max(0, batteryW);
  let toBattery = Math.max(0, -batteryW);
  const homeW = fromGrid + solar + fromBattery - toGrid - toBattery;
  let rest = Math.max(0, homeW);

  const surplusToBattery = Math.max(0, Math.min(toBattery, fromGrid - rest));
  toBattery -= surplusToBattery;
  fromGrid -= surplusToBattery;

  const solarToBatteryW = Math.min(solar, toBattery);
  toBattery -= solarToBatteryW;
  solar -= solarToBatteryW;

  const solarToGridW = Math.min(solar, toGrid);
  toGrid -= solarToGridW;
  solar -= solarToGridW;

  const batteryToGridW = Math.min(fromBattery, toGrid);
  fromBattery -= batteryToGridW;

  const restToBattery = Math.min(fromGrid, toBattery);
  fromGrid -= restToBattery;

  const solarToHomeW = Math.min(rest, solar);
  rest -= solarToHomeW;
  const batteryToHomeW = Math.min(fromBattery, rest);
  rest -= batteryToHomeW;
  const gridToHomeW = Math.min(rest, fromGrid);
  return {
    homeW,
    solarToHomeW,
    batteryToHomeW,
    gridToHomeW,
    solarToBatteryW,
    solarToGridW,
    batteryToGridW,
    gridToBatteryW: surplusToBattery + restToBattery,
  };
}
