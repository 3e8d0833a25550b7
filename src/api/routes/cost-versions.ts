import { randomUUID } from 'node:crypto';
import type { OpenAPIHono } from '@hono/zod-openapi';
import { route } from '../../schemas/calls.ts';
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
import type { ApiDeps, ApiEnv } from '../http/deps.ts';
import { fromStore, HttpProblem } from '../http/problems.ts';

function microPrice(perKwh: number): number {
  return Math.round(perKwh * 1_000_000) + 0;
}

export function costVersionRoutes(app: OpenAPIHono<ApiEnv>, deps: ApiDeps, prices: Prices) {
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

  app
    .openapi(route('GET /api/power-analytics/cost-versions'), async (c) => {
      const versions = await inDocuments(() => prices.versions());
      return c.json(
        {
          cost_versions: versions.map((version) => rowOf(version, versions)),
          currency: home.config()?.currency ?? null,
        },
        200,
      );
    })
    .openapi(route('POST /api/power-analytics/cost-versions'), async (c) => {
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
    .openapi(route('PATCH /api/power-analytics/cost-versions/{id}'), async (c) => {
      const { version, versions } = await known(c.req.valid('param').id);
      const changed = { ...version, notes: c.req.valid('json').notes };
      await inDocuments(() => store.add(changed));
      prices.invalidate();
      return c.json(rowOf(changed, versions), 200);
    })
    .openapi(route('DELETE /api/power-analytics/cost-versions/{id}'), async (c) => {
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
    .openapi(route('POST /api/power-analytics/recalculate'), async (c) => {
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
        for (const { entityId } of meters) postingWorker.touch(entityId, { fromUs: startUs, untilUs: endUs });
      }
      const metersPosted = asked.dry_run ? 0 : meters.length;
      const change = { found, startUs, endUs, isDryRun: asked.dry_run, metersPosted };
      return c.json(recalculationRow(change, views.zone()), 200);
    });
}
