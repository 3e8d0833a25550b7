import { randomUUID } from 'node:crypto';
import { createRoute, OpenAPIHono, z } from '@hono/zod-openapi';
import {
  costVersion,
  costVersionNotes,
  costVersions,
  deleteCostVersion,
  deletedCostVersion,
  newCostVersion,
  recalculateRequest,
  recalculation,
} from '../../schemas/analytics.ts';
import { limits } from '../../schemas/common.ts';
import { wholeQuarterHours } from '../../statistics/span-totals.ts';
import { type CostVersion, overlapping, PriceList } from '../../tariffs/cost-versions.ts';
import type { Prices } from '../../tariffs/prices.ts';
import { repricing } from '../../tariffs/repricing.ts';
import { areaNamed } from '../answers/area.ts';
import { isMeter } from '../answers/meters.ts';
import {
  costVersionRow,
  pricedMeters,
  type Repriced,
  recalculationRow,
  unconfirmed,
} from '../answers/price-changes.ts';
import { readInstant, readRange } from '../answers/ranges.ts';
import type { Administrators } from '../http/administrators.ts';
import type { ApiDeps, ApiEnv } from '../http/deps.ts';
import { administratorsOnly } from '../http/guard.ts';
import { fromStore, HttpProblem, onValidated } from '../http/problems.ts';
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

const oneVersion = z.object({ id: z.string().max(64) });

const change = createRoute({
  method: 'patch',
  path: '/api/power-analytics/cost-versions/{id}',
  tags,
  summary: 'Write other notes to a price',
  description: 'The price itself and its dates stay: delete it and add another. For administrators.',
  request: { params: oneVersion, body: body(costVersionNotes) },
  responses: { 200: json(costVersion, 'As it is now'), ...problems(400, 403, 404, 503) },
});

const remove = createRoute({
  method: 'delete',
  path: '/api/power-analytics/cost-versions/{id}',
  tags,
  summary: 'Take a price back',
  description:
    'What it priced falls back to the version before it of the same scope, an area’s also to the home’s; where there is none, the cost is not known. What changes the cost of the past needs `confirm` (else 409); `dry_run` answers the figures and deletes nothing. The answer holds the version, so that it can be added again. For administrators.',
  request: { params: oneVersion, query: deleteCostVersion },
  responses: {
    200: json(deletedCostVersion, 'Deleted, or what that would change'),
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
  const { views, costVersions: store, postingWorker } = ledger;
  const ask = <T>(work: () => Promise<T>) => fromStore(stores, 'questdb', work);
  const inDocuments = <T>(work: () => Promise<T>) => fromStore(stores, 'mongodb', work);

  const rowOf = (version: CostVersion, all: readonly CostVersion[]) =>
    costVersionRow(version, all, views.zone());

  /** What the versions without one, or with one more, make of the time since it began. */
  const repriced = async (
    version: CostVersion,
    before: readonly CostVersion[],
    after: readonly CostVersion[],
    isDryRun: boolean,
  ): Promise<Repriced> => {
    const nowUs = clock.nowUs();
    const { startUs, endUs } = wholeQuarterHours(Math.min(version.effectiveFromUs, nowUs), nowUs);
    // What is to come has no cost yet.
    const meters = version.effectiveFromUs < nowUs ? pricedMeters(home, version.area) : [];
    const found = await ask(() =>
      repricing(views, meters, new PriceList(before), new PriceList(after), startUs, endUs),
    );
    return { found, startUs, endUs, isDryRun, metersPosted: 0 };
  };

  const known = async (id: string) => {
    const versions = await inDocuments(() => prices.versions());
    const version = versions.find((one) => one.costVersionId === id);
    if (version === undefined)
      throw new HttpProblem(404, { detail: 'There is no such version.', field: 'id' });
    return { version, versions };
  };

  const app = new OpenAPIHono<ApiEnv>({ defaultHook: onValidated });
  app.on(
    'POST',
    ['/api/power-analytics/cost-versions', '/api/power-analytics/recalculate'],
    administratorsOnly(administrators),
  );
  app.on(['PATCH', 'DELETE'], ['/api/power-analytics/cost-versions/:id'], administratorsOnly(administrators));
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
      const effectiveFromUs = readInstant(asked.effective_from, 'effective_from', views.zone());
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
      if (asked.dry_run || (effectiveFromUs < nowUs && !asked.confirm)) {
        const change = await repriced(version, versions, [...versions, version], true);
        if (asked.dry_run) return c.json(recalculationRow(change, views.zone()), 200);
        if (change.found.daysChanged > 0) throw unconfirmed(change.found, 'saved');
      }
      await inDocuments(() => store.add(version));
      prices.invalidate();
      return c.json(rowOf(version, [...versions, version]), 201);
    })
    .openapi(change, async (c) => {
      const { version, versions } = await known(c.req.valid('param').id);
      const changed = { ...version, notes: c.req.valid('json').notes };
      await inDocuments(() => store.add(changed));
      prices.invalidate();
      return c.json(rowOf(changed, versions), 200);
    })
    .openapi(remove, async (c) => {
      const { dry_run: isDryRun, confirm } = c.req.valid('query');
      const { version, versions } = await known(c.req.valid('param').id);
      const rest = versions.filter((one) => one !== version);
      const change = await repriced(version, versions, rest, isDryRun);
      if (!isDryRun) {
        if (change.found.daysChanged > 0 && !confirm) throw unconfirmed(change.found, 'deleted');
        // One that another request deleted meanwhile is gone all the same.
        await inDocuments(() => store.remove(version.costVersionId));
        prices.invalidate();
      }
      const zone = views.zone();
      return c.json({ ...recalculationRow(change, zone), cost_version: rowOf(version, versions) }, 200);
    })
    .openapi(recalculate, async (c) => {
      const asked = c.req.valid('json');
      const area = areaNamed(home, asked);
      const range = readRange({
        asked,
        zone: views.zone(),
        nowUs: clock.nowUs(),
        longestDays: limits.exportDays,
        defaults: 'required',
        includesEndDate: true,
      });
      const { startUs, endUs } = wholeQuarterHours(range.startUs, range.endUs);
      const before = prices.inUse();
      const after = new PriceList(await inDocuments(() => store.all()));
      const found = await ask(() =>
        repricing(views, pricedMeters(home, area), before ?? after, after, startUs, endUs),
      );
      const all = home.entities();
      const meters = home
        .tracked()
        .filter((entity) => isMeter(entity, all) && (area === null || entity.area === area));
      if (!asked.dry_run) {
        prices.invalidate();
        for (const { entityId } of meters) postingWorker.touch(entityId, { startUs, endUs });
      }
      const metersPosted = asked.dry_run ? 0 : meters.length;
      const change = { found, startUs, endUs, isDryRun: asked.dry_run, metersPosted };
      return c.json(recalculationRow(change, views.zone()), 200);
    });
}
