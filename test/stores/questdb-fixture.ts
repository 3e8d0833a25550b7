import { randomUUID } from 'node:crypto';
import { inject } from 'vitest';
import { QuestDb } from '../../src/adapters/questdb/questdb.ts';
import { QuestDbReadingStore } from '../../src/adapters/questdb/reading-store.ts';
import type { Reading } from '../../src/recording/reading.ts';
import { systemClock } from '../../src/runtime/clock.ts';
import type { Log } from '../../src/runtime/log.ts';

export const quietLog: Log = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
  child: () => quietLog,
};

export const baseUs = Date.UTC(2026, 10, 21, 8) * 1000;

export function openQuestDb(): { db: QuestDb; store: QuestDbReadingStore } {
  const db = new QuestDb({
    url: inject('questdbUrl'),
    pgUrl: inject('questdbPgUrl'),
    clock: systemClock,
    log: quietLog,
  });
  return { db, store: new QuestDbReadingStore(db, systemClock) };
}

/** An entity that no other test uses. */
export function freshEntity(name = 'reading'): string {
  return `sensor.${name}_${randomUUID().replaceAll('-', '_')}`;
}

export function powerReading(
  entityId: string,
  atUs: number,
  value: number | null,
  extra: Partial<Reading> = {},
): Reading {
  return {
    entityId,
    atUs,
    value,
    absence: value === null ? 'unavailable' : null,
    unit: 'W',
    sourceUnit: 'W',
    lastResetAtUs: null,
    origin: 'stream',
    ...extra,
  };
}

/**
 * Waits until what was acknowledged is visible: it is durable at once, and applied to the table a moment later. An
 * entity of its own is written after it, for one table applies its writes in order.
 */
export async function applied(store: QuestDbReadingStore): Promise<void> {
  const marker = freshEntity('marker');
  await store.append([powerReading(marker, baseUs, 1)]);
  await eventually(async () => (await store.before(marker, baseUs + 1)) !== null);
}

/** Asks again until it is true. */
export async function eventually(isTrue: () => Promise<boolean>, limitMs = 90_000): Promise<void> {
  const untilMs = performance.now() + limitMs;
  while (!(await isTrue())) {
    if (performance.now() > untilMs) throw new Error(`not true within ${limitMs} ms`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
