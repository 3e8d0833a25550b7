import { randomUUID } from 'node:crypto';
import type { OpenAPIHono } from '@hono/zod-openapi';
import type { z } from 'zod';
import { route } from '../../schemas/calls.ts';
import { limits } from '../../schemas/common.ts';
import type { newCostVersion, recalculateRequest } from '../../schemas/cost-versions.ts';
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
import { inclusiveRangeOf, readInstant } from '../answers/ranges.ts';
import type { ApiDeps, ApiEnv } from '../http/deps.ts';
import { fromStore, HttpProblem } from '../http/problems.ts';

function microPrice(perKwh: number): number {
  return Math.round(perKwh * 1_000_000) + 0;
}

type Deps = ApiDeps & { readonly prices: Prices };

export function costVersionRoutes(app: OpenAPIHono<ApiEnv>, api: ApiDeps, prices: Prices) {
  const deps: Deps = { ...api, prices };
  const { home, clock, stores } = deps;
  const { views, costVersions: store } = deps.ledger;
  const inDocuments = <T>(work: () => Promise<T>) => fromStore(stores, 'mongodb', work);
  const rowOf = (version: CostVersion, all: readonly CostVersion[]) =>
    costVersionRow(version, all, views.zone());

  app.openapi(route('GET /api/power-analytics/cost-versions'), async (c) => {
    const versions = await inDocuments(() => prices.versions());
    const rows = versions.map((version) => rowOf(version, versions));
    return c.json({ cost_versions: rows, currency: home.config()?.currency ?? null }, 200);
  });
  app.openapi(route('POST /api/power-analytics/cost-versions'), async (c) => {
    const asked = c.req.valid('json');
    const { version, versions } = await newVersion(deps, asked);
    if (asked.dry_run || (version.effectiveFromUs < clock.nowUs() && !asked.confirm)) {
      const change = await repriced(deps, version, versions, [...versions, version], true);
      if (asked.dry_run) return c.json(recalculationRow(change, views.zone()), 200);
      if (change.found.daysChanged > 0) throw unconfirmed(change.found, 'saved');
    }
    await inDocuments(() => store.add(version));
    prices.invalidate();
    return c.json(rowOf(version, [...versions, version]), 201);
  });
  app.openapi(route('PATCH /api/power-analytics/cost-versions/{id}'), async (c) => {
    const { version, versions } = await versionOf(deps, c.req.valid('param').id);
    const changed = { ...version, notes: c.req.valid('json').notes };
    await inDocuments(() => store.add(changed));
    prices.invalidate();
    return c.json(rowOf(changed, versions), 200);
  });
  app.openapi(route('DELETE /api/power-analytics/cost-versions/{id}'), async (c) => {
    const { dry_run: isDryRun, confirm } = c.req.valid('query');
    const { version, versions } = await versionOf(deps, c.req.valid('param').id);
    const rest = versions.filter((one) => one !== version);
    const change = await repriced(deps, version, versions, rest, isDryRun);
    if (!isDryRun) {
      if (change.found.daysChanged > 0 && !confirm) throw unconfirmed(change.found, 'deleted');
      // A version that another request deleted meanwhile is gone as well.
      await inDocuments(() => store.remove(version.costVersionId));
      prices.invalidate();
    }
    const row = rowOf(version, versions);
    return c.json({ ...recalculationRow(change, views.zone()), cost_version: row }, 200);
  });
  app.openapi(route('POST /api/power-analytics/recalculate'), async (c) =>
    c.json(recalculationRow(await recalculated(deps, c.req.valid('json')), views.zone()), 200),
  );
}

/** The version that a body describes, beside those that there are. Throws a 409 when it would never count. */
async function newVersion(
  { home, clock, ledger, stores, prices }: Deps,
  asked: z.output<typeof newCostVersion>,
): Promise<{ version: CostVersion; versions: readonly CostVersion[] }> {
  const area = areaNamed(home, asked);
  const effectiveFromUs = readInstant(asked.effective_from, 'effective_from', ledger.views.zone());
  const versions = await fromStore(stores, 'mongodb', () => prices.versions());
  if (overlapping(versions, area, effectiveFromUs) !== null)
    throw new HttpProblem(409, {
      detail: 'A version of the same scope begins at that instant already; one of the two would never count.',
      field: 'effective_from',
      expected: 'another instant',
    });
  const version = {
    costVersionId: randomUUID(),
    pricePerKwhMicro: microPrice(asked.cost_per_kwh),
    effectiveFromUs,
    area,
    notes: asked.notes,
    createdAtUs: clock.nowUs(),
  };
  return { version, versions };
}

async function versionOf({ stores, prices }: Deps, id: string) {
  const versions = await fromStore(stores, 'mongodb', () => prices.versions());
  const version = versions.find((one) => one.costVersionId === id);
  if (version === undefined) throw new HttpProblem(404, { detail: 'There is no such version.', field: 'id' });
  return { version, versions };
}

/** The cost since a version began, with the versions before and after a change. */
async function repriced(
  { home, clock, ledger, stores }: Deps,
  version: CostVersion,
  before: readonly CostVersion[],
  after: readonly CostVersion[],
  isDryRun: boolean,
): Promise<Repriced> {
  const nowUs = clock.nowUs();
  const { startUs, endUs } = wholeQuarterHours(Math.min(version.effectiveFromUs, nowUs), nowUs);
  // The future has no cost yet.
  const meters = version.effectiveFromUs < nowUs ? pricedMeters(home, version.area) : [];
  const found = await fromStore(stores, 'questdb', () =>
    repricing(ledger.views, meters, new PriceList(before), new PriceList(after), startUs, endUs),
  );
  return { found, startUs, endUs, isDryRun, metersPosted: 0 };
}

/** Prices a range by the stored versions and, unless it is a dry run, marks its meters for posting. */
async function recalculated(deps: Deps, asked: z.output<typeof recalculateRequest>): Promise<Repriced> {
  const { home, ledger, stores, prices } = deps;
  const area = areaNamed(home, asked);
  const range = inclusiveRangeOf(deps, asked, limits.exportDays);
  const { startUs, endUs } = wholeQuarterHours(range.startUs, range.endUs);
  const before = prices.inUse();
  const after = new PriceList(await fromStore(stores, 'mongodb', () => ledger.costVersions.all()));
  const found = await fromStore(stores, 'questdb', () =>
    repricing(ledger.views, pricedMeters(home, area), before ?? after, after, startUs, endUs),
  );
  const all = home.entities();
  const meters = home
    .tracked()
    .filter((entity) => isMeter(entity, all) && (area === null || entity.area === area));
  if (!asked.dry_run) {
    prices.invalidate();
    for (const { entityId } of meters) ledger.postingWorker.markDirty(entityId, { startUs, endUs });
  }
  return { found, startUs, endUs, isDryRun: asked.dry_run, metersPosted: asked.dry_run ? 0 : meters.length };
}
