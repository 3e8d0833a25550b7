/** Which power (or flow) sensor belongs to which meter, where the preferences don't say. */
import type { Entity, Role } from './entity.ts';
import { asideWords, fromWords, hasAny, objectIdOf, toWords, wordsOf } from './words.ts';

interface PowerMatch {
  readonly entityId: string;
  readonly role: Role;
  readonly sign: 1 | -1;
  readonly parentEntityId: string;
}

const rateRole: Readonly<Partial<Record<Role, Role>>> = {
  grid_import: 'grid_power',
  solar: 'solar_power',
  battery_out: 'battery_power',
  gas: 'gas_flow',
  water: 'water_flow',
  device: 'device_power',
  device_water: 'device_water_flow',
  other: 'other',
};

/** Words that name a quantity and not its owner. */
const quantityWords: ReadonlySet<string> = new Set(
  'energy power flow total current consumption production electric active usage kwh wh w kw now rate meter'.split(
    ' ',
  ),
);
/** Words by which integrations call the parts of a device, beside those of quantities. */
const partWords: ReadonlySet<string> = new Set(
  'switch relay light outlet sensor aenergy apower em emeter'.split(' '),
);
const tariffWords: ReadonlySet<string> = new Set(
  'tariff tarif tariff1 tariff2 1 2 t1 t2 low high normal day night'.split(' '),
);

/** The words of an id that name the owner. */
export function stemOf(entityId: string, isSource: boolean): Set<string> {
  return new Set(
    wordsOf(objectIdOf(entityId)).filter(
      (word) =>
        !quantityWords.has(word) &&
        !(isSource && (fromWords.has(word) || toWords.has(word) || tariffWords.has(word))),
    ),
  );
}

/**
 * The words of a text (an id of an integration, or a name) that name the owner: `aabb-switch:0-aenergy` gives `aabb`,
 * `0`.
 */
export function wordStem(text: string): Set<string> {
  return new Set(wordsOf(text).filter((word) => !quantityWords.has(word) && !partWords.has(word)));
}

/** The share of words that both have in common, 0 to 1. */
export function similarity(a: ReadonlySet<string>, b: ReadonlySet<string>): number {
  const union = a.union(b).size;
  return union === 0 ? 1 : a.intersection(b).size / union;
}

/**
 * How well a sensor fits a meter, 0 when it does not. `deviceOf` gives an entity's device by id, null without one.
 */
function fitness(
  meter: Entity,
  sensor: Entity,
  deviceOf: (id: string) => string | null,
  alone: boolean,
): number {
  const isSource = meter.role !== 'device' && meter.role !== 'other';
  const meterStem = stemOf(meter.entityId, isSource);
  const alike = similarity(meterStem, stemOf(sensor.entityId, isSource));
  const meterDevice = deviceOf(meter.entityId);
  const sensorDevice = deviceOf(sensor.entityId);
  if (meterDevice !== null && meterDevice === sensorDevice) return alone || alike >= 0.5 ? 2 + alike : 0;
  // Without a common device only the very same name counts, and not when both have devices of their own.
  const mayBeOne = meterDevice === null || sensorDevice === null;
  return mayBeOne && alike === 1 && meterStem.size > 0 ? 1 : 0;
}

/** One sensor for both directions, or a pair; a lone one that counts only the way out is not the source's power. */
function signed(best: readonly Entity[], hasDirections: boolean): { sensor: Entity; sign: 1 | -1 }[] {
  const direction = (sensor: Entity) => {
    const words = wordsOf(objectIdOf(sensor.entityId));
    const isFrom = hasAny(words, fromWords);
    const isTo = hasAny(words, toWords);
    return isFrom === isTo ? 'both' : isFrom ? 'from' : 'to';
  };
  const first = best[0];
  if (first === undefined) return [];
  if (!hasDirections) return best.length === 1 ? [{ sensor: first, sign: 1 }] : [];
  const both = best.filter((sensor) => direction(sensor) === 'both');
  const plain = both[0];
  if (plain !== undefined) return both.length === 1 ? [{ sensor: plain, sign: 1 }] : [];
  const from = best.filter((sensor) => direction(sensor) === 'from');
  const to = best.filter((sensor) => direction(sensor) === 'to');
  const source = from[0];
  const sink = to[0];
  if (from.length !== 1 || source === undefined || to.length > 1) return [];
  return sink === undefined
    ? [{ sensor: source, sign: 1 }]
    : [
        { sensor: source, sign: 1 },
        { sensor: sink, sign: -1 },
      ];
}

/**
 * @param entities all that were found, roles given as far as known
 * @param deviceOf the registry's device of an entity, null without one
 */
export function matchPower(
  entities: readonly Entity[],
  deviceOf: (id: string) => string | null,
): PowerMatch[] {
  const matches: PowerMatch[] = [];
  const claimed = new Set(entities.filter((e) => e.role !== 'other' && isRate(e)).map((e) => e.entityId));
  const hasRate = new Set(
    entities.flatMap((e) => (isRate(e) && e.parentEntityId !== null ? [e.parentEntityId] : [])),
  );
  // A home has one grid: its meters share the power sensors that any of them has.
  const gridHasPower = entities.some((e) => e.role === 'grid_power');
  let gridIsDone = gridHasPower;
  const order = Object.keys(rateRole);
  const meters = entities
    .filter((e) => (e.quantity === 'energy' || e.quantity === 'volume') && rateRole[e.role] !== undefined)
    .sort((a, b) => order.indexOf(a.role) - order.indexOf(b.role));
  for (const meter of meters) {
    const role = rateRole[meter.role];
    if (role === undefined || hasRate.has(meter.entityId)) continue;
    if (meter.role === 'grid_import' && gridIsDone) continue;
    const wanted = meter.quantity === 'energy' ? 'power' : 'flow';
    const free = entities.filter(
      (e) =>
        e.quantity === wanted &&
        !claimed.has(e.entityId) &&
        !hasAny(wordsOf(objectIdOf(e.entityId)), asideWords),
    );
    const device = deviceOf(meter.entityId);
    const onDevice = (e: Entity) => device !== null && deviceOf(e.entityId) === device;
    const meterCount = entities.filter((e) => e.quantity === meter.quantity && onDevice(e)).length;
    const isSource = meter.role !== 'device' && meter.role !== 'other';
    const alone = free.filter(onDevice).length === 1 && (isSource || meterCount === 1);
    const fits = free.map((e) => ({ e, score: fitness(meter, e, deviceOf, alone) }));
    const top = Math.max(0, ...fits.map((f) => f.score));
    if (top === 0) continue;
    const best = fits.filter((f) => f.score === top).map((f) => f.e);
    const hasDirections = meter.role === 'grid_import' || meter.role === 'battery_out';
    for (const { sensor, sign } of signed(best, hasDirections)) {
      claimed.add(sensor.entityId);
      matches.push({ entityId: sensor.entityId, role, sign, parentEntityId: meter.entityId });
      if (meter.role === 'grid_import') gridIsDone = true;
    }
  }
  return matches;
}

function isRate(entity: Entity): boolean {
  return entity.quantity === 'power' || entity.quantity === 'flow';
}
