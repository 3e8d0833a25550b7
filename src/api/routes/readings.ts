import type { OpenAPIHono } from '@hono/zod-openapi';
import type { z } from 'zod';
import type { Reading } from '../../recording/reading.ts';
import { type AnswerOf, route } from '../../schemas/calls.ts';
import { limits } from '../../schemas/common.ts';
import type { curveQuery, hourlyQuery, readingsQuery } from '../../schemas/readings.ts';
import { isoFromInstant } from '../../units/instant.ts';
import type { Interval } from '../../units/interval.ts';
import { canonicalUnit } from '../../units/quantity.ts';
import { rangeOf } from '../answers/ranges.ts';
import type { ApiDeps, ApiEnv } from '../http/deps.ts';
import { fromStore, HttpProblem } from '../http/problems.ts';
import { readingRow } from '../http/wire.ts';

const cursorPattern = /^[0-9a-z]{1,12}$/;

/** The next page begins at this instant. Two readings of an entity never share one, so pages don't shift. */
function cursorOf(nextUs: number): string {
  return nextUs.toString(36);
}

function startOfPage(cursor: string | undefined, range: Interval): number {
  if (cursor === undefined) return range.startUs;
  const us = cursorPattern.test(cursor) ? Number.parseInt(cursor, 36) : Number.NaN;
  if (!Number.isSafeInteger(us) || us < range.startUs)
    throw new HttpProblem(400, {
      detail: 'The cursor is not one of this query.',
      field: 'cursor',
      expected: 'next_cursor of the page before, for the same range',
    });
  return us;
}

export function readingRoutes(app: OpenAPIHono<ApiEnv>, deps: ApiDeps) {
  app.openapi(route('GET /api/readings/{entity_id}'), async (c) =>
    c.json(await pageAnswer(deps, c.req.valid('param').entity_id, c.req.valid('query')), 200),
  );
  app.openapi(route('GET /api/readings/{entity_id}/hourly'), async (c) =>
    c.json(await hourlyAnswer(deps, c.req.valid('param').entity_id, c.req.valid('query')), 200),
  );
  app.openapi(route('GET /api/readings/{entity_id}/curve'), async (c) =>
    c.json(await curveAnswer(deps, c.req.valid('param').entity_id, c.req.valid('query')), 200),
  );
}

/** An entity without readings is known when discovery knows it, or when it ever had a reading. */
async function assertKnown({ home, stores, readingStore }: ApiDeps, id: string, hasReadings: boolean) {
  if (hasReadings || home.entity(id) !== null) return;
  const newest = await fromStore(stores, 'questdb', () => readingStore.newest([id]));
  if (newest.size === 0)
    throw new HttpProblem(404, {
      detail: `${id} is not an energy entity of this home.`,
      field: 'entity_id',
    });
}

async function unitOf({ home, stores, clock, readingStore }: ApiDeps, id: string): Promise<string | null> {
  const entity = home.entity(id);
  if (entity !== null) return canonicalUnit[entity.quantity];
  const last = await fromStore(stores, 'questdb', () => readingStore.before(id, clock.nowUs(), true));
  return last?.unit ?? null;
}

async function pageAnswer(
  deps: ApiDeps,
  id: string,
  query: z.output<typeof readingsQuery>,
): Promise<AnswerOf<'GET /api/readings/{entity_id}'>> {
  const { readingStore: store, stores } = deps;
  const { limit, cursor, ...asked } = query;
  const range = rangeOf(deps, asked, limits.readingsDays);
  const startUs = startOfPage(cursor, range);
  // The reading before the page is also the one before its first reading.
  const [found, before]: [Reading[], Reading | null] =
    startUs >= range.endUs
      ? [[], null]
      : await Promise.all([
          fromStore(stores, 'questdb', () => store.range(id, startUs, range.endUs, limit + 1)),
          fromStore(stores, 'questdb', () => store.before(id, startUs, true)),
        ]);
  await assertKnown(deps, id, found.length > 0);
  const rows = found.slice(0, limit);
  let previous = before?.value ?? null;
  const answer = rows.map((reading) => {
    const row = readingRow(reading, previous);
    previous = reading.value ?? previous;
    return row;
  });
  const next = found[limit];
  return {
    entity_id: id,
    since: isoFromInstant(range.startUs),
    count: answer.length,
    readings: answer,
    next_cursor: next === undefined ? null : cursorOf(next.atUs),
  };
}

async function hourlyAnswer(
  deps: ApiDeps,
  id: string,
  query: z.output<typeof hourlyQuery>,
): Promise<AnswerOf<'GET /api/readings/{entity_id}/hourly'>> {
  const { readingStore: store, stores, home, clock } = deps;
  const { startUs, endUs } = rangeOf(deps, query, limits.hourlyDays);
  // A value holds to the end of the range, but not beyond the present.
  const knownUntilUs = Math.min(endUs, clock.nowUs());
  const zone = home.config()?.timeZone ?? 'UTC';
  const hours =
    startUs >= knownUntilUs
      ? []
      : await fromStore(stores, 'questdb', () => store.hourly(id, startUs, knownUntilUs, zone));
  await assertKnown(
    deps,
    id,
    hours.some((hour) => hour.count > 0),
  );
  const firstUs = hours[0]?.startUs ?? startUs;
  return {
    entity_id: id,
    unit: await unitOf(deps, id),
    time_range: { start: isoFromInstant(firstUs), end: isoFromInstant(endUs) },
    data: hours.map((hour) => ({
      hour: isoFromInstant(hour.startUs),
      min_state: hour.min,
      max_state: hour.max,
      avg_state: hour.mean,
      reading_count: hour.count,
    })),
  };
}

async function curveAnswer(
  deps: ApiDeps,
  id: string,
  query: z.output<typeof curveQuery>,
): Promise<AnswerOf<'GET /api/readings/{entity_id}/curve'>> {
  const { readingStore: store, stores } = deps;
  const { points, ...asked } = query;
  const range = rangeOf(deps, asked, limits.curveDays);
  const [found, before] = await Promise.all([
    fromStore(stores, 'questdb', () => store.curve(id, range.startUs, range.endUs, points)),
    fromStore(stores, 'questdb', () => store.before(id, range.startUs)),
  ]);
  await assertKnown(deps, id, found.readingCount > 0);
  return {
    entity_id: id,
    unit: found.unit ?? (await unitOf(deps, id)),
    since: isoFromInstant(range.startUs),
    until: isoFromInstant(range.endUs),
    reading_count: found.readingCount,
    before: before === null ? null : { x: before.atUs / 1_000_000, state: before.value },
    x: found.atUs.map((us) => us / 1_000_000),
    state: [...found.last],
    min: [...found.min],
    max: [...found.max],
    bucket_seconds: found.bucketUs === null ? null : found.bucketUs / 1_000_000,
  };
}
