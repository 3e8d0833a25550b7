import { randomUUID } from 'node:crypto';
import { createRoute, OpenAPIHono, type z } from '@hono/zod-openapi';
import {
  costVersion,
  costVersions,
  newCostVersion,
  recalculateRequest,
  recalculation,
} from '../../contract/analytics.ts';
import { limits } from '../../contract/common.ts';
import { type CostVersion, overlapping, PriceList } from '../../tariffs/cost-versions.ts';
import type { Prices } from '../../tariffs/prices.ts';
import { type PricedMeter, type Repricing, repricing } from '../../tariffs/repricing.ts';
import { localIso } from '../../units/calendar.ts';
import { instantFromIso, isoFromInstant } from '../../units/instant.ts';
import { totalIds } from '../../views/flow-posting.ts';
import { wholeQuarters } from '../../views/span-totals.ts';
import type { Administrators } from '../administrators.ts';
import { valueOrNull } from '../amounts.ts';
import { areaNamed, devicesOf } from '../area.ts';
import type { ApiDeps, ApiEnv } from '../deps.ts';
import { administratorsOnly } from '../guard.ts';
import { isMeter } from '../meters.ts';
import { fromStore, HttpProblem, onValidated } from '../problems.ts';
import { readRange } from '../ranges.ts';
import { body, json, problems } from './answers.ts';

const tags = ['Power analytics'];

const list = createRoute({
  method: 'get',
  path: '/api/power-analytics/cost-versions',
  tags,
  summary: 'What a kilowatt-hour cost when',
  description: 'Ascending. A version of an area counts before one of the whole home.',
  responses: { 200: json(costVersions, 'All versions'), ...problems(503) },
});

const add = createRoute({
  method: 'post',
  path: '/api/power-analytics/cost-versions',
  tags,
  summary: 'Add a price',
  description:
    'It holds until the next version of the same scope. A second one of the same scope and instant is refused (409). One that begins in the past changes the cost of what was used since: without `confirm` it is refused with 409 that says by how much, and `dry_run` answers the figures. For administrators.',
  request: { body: body(newCostVersion) },
  responses: {
    200: json(recalculation, 'Dry run: what it would change'),
    201: json(costVersion, 'Saved and in force'),
    ...problems(400, 403, 404, 409, 503),
  },
});

const recalculate = createRoute({
  method: 'post',
  path: '/api/power-analytics/recalculate',
  tags,
  summary: 'Price and post a range anew',
  description: `Costs are made of entries and prices whenever they are asked for, so nothing stored goes stale: \`cost_before\` is by the prices that this process used until now, \`cost_after\` by the versions as they are stored. Without \`dry_run\` those are used from then on, and the entries of the range are posted anew from their readings; what the readings do not change stays as it is. At most ${limits.exportDays} days. For administrators.`,
  request: { body: body(recalculateRequest) },
  responses: {
    200: json(recalculation, 'What it changed, or would change'),
    ...problems(400, 403, 404, 503),
  },
});

function microPrice(perKwh: number): number {
  return Math.round(perKwh * 1_000_000) + 0;
}

export function costVersionRoutes(deps: ApiDeps, prices: Prices, administrators: Administrators) {
  const { home, clock, stores, ledger } = deps;
  const { views, costVersions: store, bookkeeper } = ledger;
  const ask = <T>(work: () => Promise<T>) => fromStore(stores, 'questdb', work);
  const inDocuments = <T>(work: () => Promise<T>) => fromStore(stores, 'mongodb', work);

  const rowOf = (version: CostVersion, all: readonly CostVersion[]): z.infer<typeof costVersion> => {
    const next = all
      .filter((other) => other.area === version.area && other.effectiveFromUs > version.effectiveFromUs)
      .reduce<CostVersion | null>(
        (first, other) => (first === null || other.effectiveFromUs < first.effectiveFromUs ? other : first),
        null,
      );
    const zone = views.zone();
    return {
      id: version.costVersionId,
      cost_per_kwh: version.pricePerKwhMicro / 1_000_000,
      effective_from: localIso(version.effectiveFromUs, zone),
      effective_until: next === null ? null : localIso(next.effectiveFromUs, zone),
      area: version.area,
      notes: version.notes,
      created_at: isoFromInstant(version.createdAtUs),
    };
  };

  /** What the home pays for: the devices of an area, or what comes from the grid. */
  const pricedMeters = (area: string | null): PricedMeter[] =>
    area === null
      ? [{ entityId: totalIds.gridIn, area: null }]
      : devicesOf(home, { area }).tops.map((device) => ({ entityId: device.entityId, area: device.area }));

  const told = (found: Repricing, startUs: number, endUs: number, isDryRun: boolean, meters: number) => {
    const zone = views.zone();
    return {
      dry_run: isDryRun,
      time_range: { start: localIso(startUs, zone), end: localIso(endUs, zone) },
      cost_before: found.costBefore,
      cost_after: found.costAfter,
      energy_kwh: valueOrNull(found.energyMwh) ?? 0,
      unpriced_kwh: valueOrNull(found.unpricedMwh) ?? 0,
      days_changed: found.daysChanged,
      meters,
    };
  };

  const app = new OpenAPIHono<ApiEnv>({ defaultHook: onValidated });
  app.on(
    'POST',
    ['/api/power-analytics/cost-versions', '/api/power-analytics/recalculate'],
    administratorsOnly(administrators),
  );
  return app
    .openapi(list, async (c) => {
      const versions = await inDocuments(() => prices.versions());
      return c.json(
        {
          cost_versions: versions.map((version) => rowOf(version, versions)),
          currency: home.config()?.currency ?? null,
        },
        200,
      );
    })
    .openapi(add, async (c) => {
      const asked = c.req.valid('json');
      const area = areaNamed(home, asked);
      const nowUs = clock.nowUs();
      const effectiveFromUs = instantFromIso(asked.effective_from);
      if (effectiveFromUs === null || effectiveFromUs < Date.UTC(2000, 0, 1) * 1000)
        throw new HttpProblem(400, {
          detail: 'effective_from is not an instant that can be used.',
          field: 'effective_from',
          expected: 'an ISO 8601 instant with offset after the year 2000',
        });
      const versions = await inDocuments(() => prices.versions());
      if (overlapping(versions, area, effectiveFromUs) !== null)
        throw new HttpProblem(409, {
          detail:
            'A version of the same scope begins at that instant already; one of the two would never count.',
          field: 'effective_from',
          expected: 'another instant',
        });
      const version: CostVersion = {
        costVersionId: randomUUID(),
        pricePerKwhMicro: microPrice(asked.cost_per_kwh),
        effectiveFromUs,
        area,
        notes: asked.notes,
        createdAtUs: nowUs,
      };
      const isPast = effectiveFromUs < nowUs;
      if (asked.dry_run || (isPast && !asked.confirm)) {
        const span = wholeQuarters(Math.min(effectiveFromUs, nowUs), nowUs);
        const [was, is] = [new PriceList(versions), new PriceList([...versions, version])];
        // What is to come has no cost yet.
        const meters = isPast ? pricedMeters(area) : [];
        const found = await ask(() => repricing(views, meters, was, is, span.startUs, span.endUs));
        if (asked.dry_run) return c.json(told(found, span.startUs, span.endUs, true, 0), 200);
        if (found.daysChanged > 0)
          throw new HttpProblem(409, {
            detail: `It would price ${found.daysChanged} past days anew: ${sumText(found.costBefore)} would become ${sumText(found.costAfter)}. Nothing was saved.`,
            field: 'confirm',
            expected: 'true, to price the past anew; dry_run: true shows the figures',
          });
      }
      await inDocuments(() => store.add(version));
      prices.invalidate();
      return c.json(rowOf(version, [...versions, version]), 201);
    })
    .openapi(recalculate, async (c) => {
      const asked = c.req.valid('json');
      const area = areaNamed(home, asked);
      const range = readRange({
        start: { field: 'start', text: asked.start },
        end: { field: 'end', text: asked.end },
        nowUs: clock.nowUs(),
        longestDays: limits.exportDays,
      });
      const { startUs, endUs } = wholeQuarters(range.startUs, range.endUs);
      const before = prices.inUse();
      const after = new PriceList(await inDocuments(() => store.all()));
      const found = await ask(() =>
        repricing(views, pricedMeters(area), before ?? after, after, startUs, endUs),
      );
      const all = home.entities();
      const meters = home
        .tracked()
        .filter((entity) => isMeter(entity, all) && (area === null || entity.area === area));
      if (!asked.dry_run) {
        prices.invalidate();
        for (const { entityId } of meters) bookkeeper.touch(entityId, { fromUs: startUs, untilUs: endUs });
      }
      return c.json(told(found, startUs, endUs, asked.dry_run, asked.dry_run ? 0 : meters.length), 200);
    });
}

function sumText(cost: number | null): string {
  return cost === null ? 'a cost that is not known' : cost.toFixed(2);
}
