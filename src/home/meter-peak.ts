/** The sensor that carries the meter's own peak of the month (OBIS 1-0:1.6.0), found by the words of its id. */
import type { Entity } from './entity.ts';
import { hasAny, objectIdOf, solarWords, wordsOf } from './words.ts';

const words = (text: string): ReadonlySet<string> => new Set(text.split(' '));

/** In English, Dutch and French, as a Belgian meter's sensors are named: an id is made of the name in the home's language. */
const peakWords = words(
  'max maximum maximale maximaal peak piek piekvraag piekvermogen maandpiek pointe maximal',
);
const demandWords = words('demand vraag piekvraag demande');
const monthWords = words('month monthly maand maandelijks maandelijkse maandpiek mois mensuel mensuelle');
/** Peaks of past months, of the running quarter-hour, and the time of a peak. */
const otherWords = words(
  '13 12 last previous prev past year yearly vorige laatste dernier average avg gemiddelde moyenne quarter kwartier hour today daily day timestamp time when forecast limit target',
);

type Named = Pick<Entity, 'entityId' | 'quantity' | 'device'>;

function isMeterPeak({ entityId, quantity }: Named): boolean {
  if (quantity !== 'power') return false;
  const own = wordsOf(objectIdOf(entityId));
  if (!hasAny(own, peakWords) || hasAny(own, otherWords) || hasAny(own, solarWords)) return false;
  return hasAny(own, demandWords) || hasAny(own, monthWords);
}

/**
 * As DSMR (`maximum_demand_current_month`), HomeWizard (`peak_demand_current_month`) and ESPHome
 * (`maximum_demand_running_month`) name theirs; null when no sensor looks like one.
 * @param entities that Home Assistant has
 * @param registers of the connection: a sensor of their device comes before others
 */
export function meterPeakEntity<E extends Named>(
  entities: readonly E[],
  registers: readonly string[],
): E | null {
  const devices = new Set(
    entities.filter(({ entityId }) => registers.includes(entityId)).map(({ device }) => device),
  );
  const rank = ({ entityId, device }: E) =>
    (device !== null && devices.has(device) ? 2 : 0) +
    (hasAny(wordsOf(objectIdOf(entityId)), monthWords) ? 1 : 0);
  return entities
    .filter(isMeterPeak)
    .reduce<E | null>((best, entity) => (best === null || rank(entity) > rank(best) ? entity : best), null);
}

/** The one on the very device of a register of the home's offtake; it has few readings, and they are kept. */
export function isPeakOfGridMeter(entity: Entity, entities: ReadonlyMap<string, Entity>): boolean {
  if (entity.device === null || !isMeterPeak(entity)) return false;
  const all = [...entities.values()];
  const registers = all.filter(({ role, device }) => role === 'grid_import' && device === entity.device);
  const ids = registers.map(({ entityId }) => entityId);
  return ids.length > 0 && meterPeakEntity(all, ids)?.entityId === entity.entityId;
}
