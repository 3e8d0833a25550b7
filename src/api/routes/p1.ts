import { createRoute, OpenAPIHono, z } from '@hono/zod-openapi';
import { homeConnectionId } from '../../home/grid-connection.ts';
import { capacityMonth, deviceQuery, realtime, series, seriesQuery } from '../../schemas/p1.ts';
import { meanRate, quarterHourRate } from '../../statistics/meter-statistics.ts';
import { gridSeries } from '../../statistics/series.ts';
import { capacityOf } from '../../tariffs/capacity.ts';
import { flemishPeakRules } from '../../tariffs/peak-rules.ts';
import { localIso } from '../../units/calendar.ts';
import { isoFromInstant } from '../../units/instant.ts';
import { toCanonical } from '../../units/quantity.ts';
import { groundsOf, valueOrNull } from '../answers/amounts.ts';
import { capacityAnswer } from '../answers/capacity-answer.ts';
import type { CurrentStates } from '../answers/current-states.ts';
import { type GridDevice, gridDevice, gridNow } from '../answers/grid.ts';
import { readMonth } from '../answers/ranges.ts';
import type { ApiDeps, ApiEnv } from '../http/deps.ts';
import { fromStore, HttpProblem, onValidated } from '../http/problems.ts';
import { json, problems } from './answers.ts';

const getRealtime = createRoute({
  method: 'get',
  path: '/v1/realtime',
  tags: ['P1'],
  summary: 'The grid connection now',
  description:
    'From memory, never older than the last reading. Power in W, import positive; registers in kWh, both tariffs together. Null while a sensor tells nothing.',
  request: { query: deviceQuery },
  responses: { 200: json(realtime, 'Now'), ...problems(400, 404, 503) },
});

const getCapacity = createRoute({
  method: 'get',
  path: '/v1/capacity/month/{month}',
  tags: ['P1'],
  summary: 'Quarter-hour peaks of a month',
  description:
    'Mean power of each quarter-hour of the clock taken from the grid, in W. The month’s peak is the highest quarter that was measured whole, the first of equals; where only hours are known they bound it (`at_least_w`, `at_most_w`) and never are it. `month` is YYYY-MM in the home’s time zone.',
  request: { params: z.object({ month: z.string().max(16) }), query: deviceQuery },
  responses: { 200: json(capacityMonth, 'The month'), ...problems(400, 404, 503) },
});

const getSeries = createRoute({
  method: 'get',
  path: '/v1/series',
  tags: ['P1'],
  summary: 'The grid connection over a day, month, year or all',
  description:
    '`day`: hours of today; `month`: weeks of this month, cut at its ends; `year` and `all`: months. Up to now. Energy in kWh; mean and highest quarter-hour of what was taken from the grid, in W. Empty when nothing is known.',
  request: { query: seriesQuery },
  responses: { 200: json(series, 'Buckets, ascending'), ...problems(400, 404, 503) },
});

/** Kilowatts times a thousand have digits that no meter told. */
function wholeMilliwatts(watts: number | null): number | null {
  return watts === null ? null : Math.round(watts * 1000) / 1000;
}

export function p1Routes(deps: ApiDeps, currentStates: CurrentStates) {
  const { recording, clock, stores, ledger, readingStore, log } = deps;
  const { views } = ledger;
  const ask = <T>(work: () => Promise<T>) => fromStore(stores, 'questdb', work);
  const newest = (entityId: string) => recording.newest(entityId);

  const deviceOf = (asked: string | undefined) => gridDevice(deps, asked);

  /** The meter's own peak of a month: as it is now, or as it was last told in that month. W; null when it tells none. */
  const meterPeak = async (
    { meterPeak: entity }: GridDevice,
    startUs: number,
    endUs: number,
  ): Promise<number | null> => {
    if (entity === null) return null;
    if (entity.isTracked) {
      const last = await ask(() => readingStore.before(entity.entityId, endUs, true));
      return last === null || last.atUs < startUs ? null : wholeMilliwatts(last.value);
    }
    const nowUs = clock.nowUs();
    if (nowUs < startUs || nowUs >= endUs) return null;
    try {
      const state = (await currentStates.all()).get(entity.entityId);
      const value = Number.parseFloat(state?.state ?? '');
      return Number.isFinite(value) ? wholeMilliwatts(toCanonical(value, entity.unit)?.value ?? null) : null;
    } catch (error) {
      log.debug({ err: error }, 'Home Assistant does not tell the meter’s own peak now');
      return null;
    }
  };

  return new OpenAPIHono<ApiEnv>({ defaultHook: onValidated })
    .openapi(getRealtime, async (c) => {
      const device = await deviceOf(c.req.valid('query').device_id);
      const now = gridNow(device, newest);
      if (now === null)
        throw new HttpProblem(404, {
          detail:
            device.id === homeConnectionId
              ? 'Nothing of a grid connection was heard yet. The energy preferences of Home Assistant name it.'
              : `Nothing of the grid connection ${device.id} was heard yet.`,
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
    .openapi(getCapacity, async (c) => {
      const device = await deviceOf(c.req.valid('query').device_id);
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
        meterPeak(device, startUs, endUs),
      ]);
      return c.json({ month, device_id: device.id, ...capacityAnswer(found, meterPeakW, zone, nowUs) }, 200);
    })
    .openapi(getSeries, async (c) => {
      const { device_id: asked, frame } = c.req.valid('query');
      const device = await deviceOf(asked);
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
