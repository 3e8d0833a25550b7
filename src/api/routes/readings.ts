import { createRoute, OpenAPIHono, z } from '@hono/zod-openapi';
import type { Reading } from '../../recording/reading.ts';
import { entityId, limits } from '../../schemas/common.ts';
import {
  curve,
  curveQuery,
  hourlyQuery,
  hourlyReadings,
  readings,
  readingsQuery,
} from '../../schemas/readings.ts';
import { isoFromInstant } from '../../units/instant.ts';
import type { Interval } from '../../units/interval.ts';
import { canonicalUnit } from '../../units/quantity.ts';
import { type AskedRange, readRange } from '../answers/ranges.ts';
import type { ApiDeps, ApiEnv } from '../http/deps.ts';
import { fromStore, HttpProblem, onValidated } from '../http/problems.ts';
import { readingRow } from '../http/wire.ts';
import { json, problems } from './answers.ts';

const params = z.object({ entity_id: entityId });

const page = createRoute({
  method: 'get',
  path: '/api/readings/{entity_id}',
  tags: ['Readings'],
  summary: 'Readings of one entity, oldest first',
  description: `At most ${limits.readingsPerPage} a page; follow \`next_cursor\` until it is null. States are in canonical units: kWh, W, m³, m³/h, %.`,
  request: { params, query: readingsQuery },
  responses: { 200: json(readings, 'A page of readings'), ...problems(400, 404, 503) },
});

const hourly = createRoute({
  method: 'get',
  path: '/api/readings/{entity_id}/hourly',
  tags: ['Readings'],
  summary: 'Readings of one entity by the hour',
  description: `At most ${limits.hourlyDays} days. Hours are those of the home’s time zone, the ones without a reading included.`,
  request: { params, query: hourlyQuery },
  responses: { 200: json(hourlyReadings, 'Hours with readings'), ...problems(400, 404, 503) },
});

const curveRoute = createRoute({
  method: 'get',
  path: '/api/readings/{entity_id}/curve',
  tags: ['Readings'],
  summary: 'Readings of one entity as columns to draw',
  description: `At most ${limits.curveDays} days; down-sampled when there are more readings than \`points\`.`,
  request: { params, query: curveQuery },
  responses: { 200: json(curve, 'Columns of equal length'), ...problems(400, 404, 503) },
});

const cursorPattern = /^[0-9a-z]{1,12}$/;

/** The next page begins at this instant: readings of one entity have instants of their own, so no page can shift. */
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

export function readingRoutes(deps: ApiDeps) {
  const { readingStore: store, home, clock } = deps;
  const ask = <T>(work: () => Promise<T>) => fromStore(deps.stores, 'questdb', work);

  /** An entity without readings is known when discovery knows it, or when it ever had a reading. */
  const assertKnown = async (id: string, hasReadings: boolean) => {
    if (hasReadings || home.entity(id) !== null) return;
    const newest = await ask(() => store.newest([id]));
    if (newest.size === 0)
      throw new HttpProblem(404, {
        detail: `${id} is not an energy entity of this home.`,
        field: 'entity_id',
      });
  };
  const unitOf = async (id: string) => {
    const entity = home.entity(id);
    if (entity !== null) return canonicalUnit[entity.quantity];
    return (await ask(() => store.before(id, clock.nowUs(), true)))?.unit ?? null;
  };
  const rangeOf = (asked: AskedRange, longestDays: number) =>
    readRange({ asked, zone: deps.ledger.views.zone(), nowUs: clock.nowUs(), longestDays });

  return new OpenAPIHono<ApiEnv>({ defaultHook: onValidated })
    .openapi(page, async (c) => {
      const { entity_id: id } = c.req.valid('param');
      const { limit, cursor, ...asked } = c.req.valid('query');
      const range = rangeOf(asked, limits.readingsDays);
      const startUs = startOfPage(cursor, range);
      // What stood before the page stood before its first reading too: nothing lies between.
      const [found, before]: [Reading[], Reading | null] =
        startUs >= range.endUs
          ? [[], null]
          : await Promise.all([
              ask(() => store.range(id, startUs, range.endUs, limit + 1)),
              ask(() => store.before(id, startUs, true)),
            ]);
      await assertKnown(id, found.length > 0);
      const rows = found.slice(0, limit);
      let previous = before?.value ?? null;
      const answer = rows.map((reading) => {
        const row = readingRow(reading, previous);
        previous = reading.value ?? previous;
        return row;
      });
      const next = found[limit];
      return c.json(
        {
          entity_id: id,
          since: isoFromInstant(range.startUs),
          count: answer.length,
          readings: answer,
          next_cursor: next === undefined ? null : cursorOf(next.atUs),
        },
        200,
      );
    })
    .openapi(hourly, async (c) => {
      const { entity_id: id } = c.req.valid('param');
      const { startUs, endUs } = rangeOf(c.req.valid('query'), limits.hourlyDays);
      // A value is held to the end of what is asked for, and nobody knows for how long it will hold.
      const knownUntilUs = Math.min(endUs, clock.nowUs());
      const zone = home.config()?.timeZone ?? 'UTC';
      const hours =
        startUs >= knownUntilUs ? [] : await ask(() => store.hourly(id, startUs, knownUntilUs, zone));
      await assertKnown(
        id,
        hours.some((hour) => hour.count > 0),
      );
      const firstUs = hours[0]?.startUs ?? startUs;
      return c.json(
        {
          entity_id: id,
          unit: await unitOf(id),
          time_range: { start: isoFromInstant(firstUs), end: isoFromInstant(endUs) },
          data: hours.map((hour) => ({
            hour: isoFromInstant(hour.startUs),
            min_state: hour.min,
            max_state: hour.max,
            avg_state: hour.mean,
            reading_count: hour.count,
          })),
        },
        200,
      );
    })
    .openapi(curveRoute, async (c) => {
      const { entity_id: id } = c.req.valid('param');
      const { points, ...asked } = c.req.valid('query');
      const range = rangeOf(asked, limits.curveDays);
      const [found, before] = await Promise.all([
        ask(() => store.curve(id, range.startUs, range.endUs, points)),
        ask(() => store.before(id, range.startUs)),
      ]);
      await assertKnown(id, found.readingCount > 0);
      return c.json(
        {
          entity_id: id,
          unit: found.unit ?? (await unitOf(id)),
          since: isoFromInstant(range.startUs),
          until: isoFromInstant(range.endUs),
          reading_count: found.readingCount,
          before: before === null ? null : { x: before.atUs / 1_000_000, state: before.value },
          x: found.atUs.map((us) => us / 1_000_000),
          state: [...found.last],
          min: [...found.min],
          max: [...found.max],
          bucket_seconds: found.bucketUs === null ? null : found.bucketUs / 1_000_000,
        },
        200,
      );
    });
}
