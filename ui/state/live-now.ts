/** Applies messages of the websocket to the state that is shown. Pure. */
import type { LiveMessage } from '../../src/schemas/live.ts';
import type { Now, NowEntity } from '../../src/schemas/now.ts';

type ReadingsMessage = Extract<LiveMessage, { type: 'readings' }>;

/** Entities that did not change stay the same objects, so that they are not rendered again. */
export function withReadings(now: Now, message: ReadingsMessage): Now {
  const newest = new Map(message.readings.map((reading) => [reading.entity_id, reading]));
  const entities = now.entities.map((entity): NowEntity => {
    const reading = newest.get(entity.entity_id);
    const today = message.today[entity.entity_id];
    const count = message.counts[entity.entity_id];
    if (reading === undefined && today === undefined && count === undefined) return entity;
    // A back-filled reading can arrive after a newer one.
    const isNewer =
      reading !== undefined &&
      (entity.timestamp === null || Date.parse(reading.timestamp) >= Date.parse(entity.timestamp));
    return {
      ...entity,
      ...(isNewer
        ? {
            state: reading.state,
            absence: reading.absence,
            unit: reading.unit ?? entity.unit,
            timestamp: reading.timestamp,
          }
        : {}),
      today: today === undefined ? entity.today : today,
      readings_today: count ?? entity.readings_today,
    };
  });
  return { ...now, power: message.power, entities };
}

/** Time of the newest reading, epoch milliseconds; null when there is none. */
export function newestAtMs(now: Now): number | null {
  let newest: number | null = null;
  for (const { timestamp } of now.entities) {
    if (timestamp === null) continue;
    const at = Date.parse(timestamp);
    if (newest === null || at > newest) newest = at;
  }
  return newest;
}
