import type { OpenAPIHono } from '@hono/zod-openapi';
import { route } from '../../schemas/calls.ts';
import { limits } from '../../schemas/common.ts';
import { wholeQuarterHours } from '../../statistics/span-totals.ts';
import type { Prices } from '../../tariffs/prices.ts';
import { bucketStartUs, localDate } from '../../units/calendar.ts';
import { quarterHourUs } from '../../units/durations.ts';
import { isoFromInstant } from '../../units/instant.ts';
import { type AreaDevices, devicesOf } from '../answers/area.ts';
import { csvPages } from '../answers/area-export.ts';
import { pricesOrNone } from '../answers/pricing.ts';
import { inclusiveRangeOf } from '../answers/ranges.ts';
import type { ApiDeps, ApiEnv } from '../http/deps.ts';
import { fromStore } from '../http/problems.ts';

export function analyticsExportRoutes(app: OpenAPIHono<ApiEnv>, deps: ApiDeps, prices: Prices) {
  const { home, clock, stores, ledger, recording, log } = deps;
  const { views, postingWorker } = ledger;
  const ask = <T>(work: () => Promise<T>) => fromStore(stores, 'questdb', work);
  const currency = () => home.config()?.currency ?? null;

  function fileName({ area }: AreaDevices, startUs: number, endUs: number): string {
    const zone = views.zone();
    const name = (area ?? 'all-areas').toLowerCase().replaceAll(/[^a-z0-9]+/g, '-');
    return `energy-ledger-${name}-${localDate(startUs, zone)}-${localDate(endUs - quarterHourUs, zone)}.csv`;
  }

  app
    .openapi(route('GET /api/power-analytics/export-csv'), async (c) => {
      const query = c.req.valid('query');
      const nowUs = clock.nowUs();
      const asked = inclusiveRangeOf(deps, query, limits.exportDays);
      const area = devicesOf(home, query);
      const list = await pricesOrNone({ prices, stores, log });
      const span = wholeQuarterHours(asked.startUs, asked.endUs);
      const pages = csvPages({ views, prices: list, area, currency: currency(), nowUs, ...span });
      // Reads the first page before the headers are sent: a store that is away is a 503 and not half a file.
      const first = await ask(() => pages.next());
      c.header('content-type', 'text/csv; charset=utf-8');
      c.header('content-disposition', `attachment; filename="${fileName(area, span.startUs, span.endUs)}"`);
      return c.body(streamOf(first.value ?? '', pages), 200);
    })
    .openapi(route('GET /api/power-analytics/health'), async (c) => {
      const { waiting, lastPostedAtUs } = postingWorker.status();
      const nowUs = clock.nowUs();
      const meters = devicesOf(home, {}).devices;
      const ids = home.tracked().map((entity) => entity.entityId);
      const today = await ask(() =>
        views.buckets(ids, 'day', bucketStartUs(nowUs, 'day', views.zone()), nowUs),
      ).catch(() => null);
      const online = meters.filter((device) => recording.newest(device.entityId)?.value != null);
      return c.json(
        {
          telemetry_events_unprocessed: recording.health().recorder.queueLength + waiting,
          ledger_entries_today: today?.reduce((sum, bucket) => sum + bucket.quarters, 0) ?? null,
          last_aggregation: lastPostedAtUs === null ? null : isoFromInstant(lastPostedAtUs),
          online_devices: online.length,
        },
        200,
      );
    });
}

/** What is left of the pages after the first. */
function streamOf(first: string, rest: AsyncGenerator<string>): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  let next: string | null = first;
  return new ReadableStream({
    async pull(controller) {
      if (next !== null) {
        controller.enqueue(encoder.encode(next));
        next = null;
        return;
      }
      const page = await rest.next();
      if (page.done === true) controller.close();
      else controller.enqueue(encoder.encode(page.value));
    },
    async cancel() {
      await rest.return(undefined);
    },
  });
}
