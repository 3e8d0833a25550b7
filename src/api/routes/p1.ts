import type { OpenAPIHono } from '@hono/zod-openapi';
import { homeConnectionId } from '../../home/grid-connection.ts';
import { route } from '../../schemas/calls.ts';
import { meanRate, quarterHourRate } from '../../statistics/meter-statistics.ts';
import { gridSeries } from '../../statistics/series.ts';
import { capacityOf } from '../../tariffs/capacity.ts';
import { flemishPeakRules } from '../../tariffs/peak-rules.ts';
import { localIso } from '../../units/calendar.ts';
import { isoFromInstant } from '../../units/instant.ts';
import type { Interval } from '../../units/interval.ts';
import { toCanonical } from '../../units/quantity.ts';
import { groundsOf, valueOrNull } from '../answers/amounts.ts';
import { capacityAnswer } from '../answers/capacity-answer.ts';
import type { CurrentStates } from '../answers/current-states.ts';
import { type GridDevice, gridDevice, gridNow } from '../answers/grid.ts';
import { readMonth } from '../answers/ranges.ts';
import type { ApiDeps, ApiEnv } from '../http/deps.ts';
import { fromStore, HttpProblem } from '../http/problems.ts';

/** Kilowatts times a thousand have digits that no meter reports. */
function wholeMilliwatts(watts: number | null): number | null {
  return watts === null ? null : Math.round(watts * 1000) / 1000;
}

export function p1Routes(app: OpenAPIHono<ApiEnv>, deps: ApiDeps, currentStates: CurrentStates) {
  const { recording, clock, stores, ledger } = deps;
  const { views } = ledger;
  const ask = <T>(work: () => Promise<T>) => fromStore(stores, 'questdb', work);
  const newest = (entityId: string) => recording.newest(entityId);

  app
    .openapi(route('GET /v1/realtime'), async (c) => {
      const device = await gridDevice(deps, c.req.valid('query').device_id);
      const now = gridNow(device, newest);
      if (now === null)
        throw new HttpProblem(404, {
          detail:
            device.id === homeConnectionId
              ? 'No grid reading received yet. Set up the grid connection in Home Assistant’s energy settings.'
              : `No reading of the grid connection ${device.id} received yet.`,
          field: 'device_id',
        });
      return c.json(
        {
          device_id: device.id,
          ts: isoFromInstant(now.atUs),
          power_w: now.powerW,
          import_power_w: now.powerW === null ? null : Math.max(0, now.powerW),
          energy_import_kwh: now.importKwh,
          energy_export_kwh: now.exportKwh,
        },
        200,
      );
    })
    .openapi(route('GET /v1/capacity/month/{month}'), async (c) => {
      const device = await gridDevice(deps, c.req.valid('query').device_id);
      const { month } = c.req.valid('param');
      const zone = views.zone();
      const { startUs, endUs } = readMonth(month, 'month', zone);
      const gridPowerW = gridNow(device, newest)?.powerW ?? null;
      const offtakeId = device.totals.gridIn;
      const nowUs = clock.nowUs();
      const [found, meterPeakW] = await Promise.all([
        ask(() =>
          capacityOf(views, { offtakeId, startUs, endUs, nowUs, gridPowerW, rules: flemishPeakRules }),
        ),
        meterPeakOf(deps, currentStates, device, { startUs, endUs }),
      ]);
      return c.json({ month, device_id: device.id, ...capacityAnswer(found, meterPeakW, zone, nowUs) }, 200);
    })
    .openapi(route('GET /v1/series'), async (c) => {
      const { device_id: asked, frame } = c.req.valid('query');
      const device = await gridDevice(deps, asked);
      const nowUs = clock.nowUs();
      const places = await ask(() => gridSeries(views, device.totals, frame, nowUs));
      return c.json(
        {
          device_id: device.id,
          frame,
          series: places.map(({ startUs, gridIn, gridOut }) => ({
            bucket: localIso(startUs, views.zone()),
            avg_power_w: meanRate(gridIn, 'energy'),
            max_power_w: quarterHourRate(gridIn.highestMicro, 'energy'),
            energy_import_kwh: valueOrNull(gridIn.amountMicro),
            energy_export_kwh: valueOrNull(gridOut.amountMicro),
            ...groundsOf(gridIn, nowUs),
          })),
        },
        200,
      );
    });
}

/** The meter's own peak of a month in W: as it is now, or the last one that it reported in that month. Null without one. */
async function meterPeakOf(
  { clock, stores, readingStore, log }: ApiDeps,
  currentStates: CurrentStates,
  { meterPeak: entity }: GridDevice,
  { startUs, endUs }: Interval,
): Promise<number | null> {
  if (entity === null) return null;
  if (entity.isTracked) {
    const last = await fromStore(stores, 'questdb', () => readingStore.before(entity.entityId, endUs, true));
    return last === null || last.atUs < startUs ? null : wholeMilliwatts(last.value);
  }
  const nowUs = clock.nowUs();
  if (nowUs < startUs || nowUs >= endUs) return null;
  try {
    const state = (await currentStates.all()).get(entity.entityId);
    const value = Number.parseFloat(state?.state ?? '');
    return Number.isFinite(value) ? wholeMilliwatts(toCanonical(value, entity.unit)?.value ?? null) : null;
  } catch (error) {
    log.debug({ err: error }, 'The meter’s own peak could not be read from Home Assistant');
    return null;
  }
}
