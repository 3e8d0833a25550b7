/** The commands that the demo home answers. Everything else is `unknown_command`, as in Core. */

import type { Interval } from '../../../src/units/interval.ts';
import type { Home } from '../home/home.ts';
import type { History } from '../recorder/history.ts';
import type { Statistics } from '../recorder/statistics.ts';
import { type Fields, isRecord, type Message, optional, required } from './check.ts';
import { historyOf, instantOf } from './history-commands.ts';
import { config, current, type User, users } from './people.ts';
import { type PreferencesForm, preferences } from './preferences.ts';
import * as registries from './registries.ts';
import {
  oneFigure,
  type Period,
  periodEnd,
  periodStart,
  periods,
  type RowType,
  rowTypes,
  statisticIds,
  statisticsOf,
} from './statistics-commands.ts';

interface CommandDeps {
  readonly home: Home;
  readonly history: History;
  readonly statistics: Statistics;
  readonly preferences: () => PreferencesForm | Record<string, unknown>;
  readonly timeZone: string;
}

type Answer =
  | { readonly result: unknown }
  | { readonly error: { readonly code: string; readonly message: string } };

export interface Command {
  readonly fields: Fields;
  readonly isAdminOnly?: true;
  readonly answer: (message: Message, user: User) => Answer | Promise<Answer>;
}

const ok = (result: unknown = null): Answer => ({ result });
const refused = (code: string, message: string): Answer => ({ error: { code, message } });

export function commandTable(deps: CommandDeps): ReadonlyMap<string, Command> {
  const { home } = deps;
  const simple = (result: () => unknown): Command => ({ fields: {}, answer: () => ok(result()) });
  return new Map<string, Command>([
    ['get_config', simple(() => config(deps.timeZone))],
    ['config/entity_registry/list', simple(() => registries.entityList(home))],
    ['config/entity_registry/list_for_display', simple(() => registries.entityListForDisplay(home))],
    [
      'config/entity_registry/get',
      { fields: { entity_id: required('str') }, answer: (message) => entityDetail(home, message) },
    ],
    ['config/device_registry/list', simple(() => registries.deviceList())],
    ['config/area_registry/list', simple(() => registries.areaList())],
    ['config/floor_registry/list', simple(() => registries.floorList())],
    ['config/auth/list', { fields: {}, isAdminOnly: true, answer: () => ok(users()) }],
    ['auth/current_user', { fields: {}, answer: (_message, user) => ok(current(user)) }],
    ['energy/get_prefs', { fields: {}, answer: () => energyPreferences(deps) }],
    ['energy/info', simple(() => ({ cost_sensors: {}, solar_forecast_domains: [] }))],
    ['energy/validate', { fields: {}, answer: () => energyValidation(deps) }],
    ['recorder/info', simple(() => recorderInfo)],
    ['recorder/validate_statistics', simple(() => ({}))],
    [
      'recorder/list_statistic_ids',
      {
        fields: { statistic_type: optional(['mean', 'sum']) },
        answer: ({ statistic_type }) =>
          ok(statisticIds(deps, (statistic_type ?? null) as 'mean' | 'sum' | null, null)),
      },
    ],
    [
      'recorder/get_statistics_metadata',
      {
        fields: { statistic_ids: optional('[str]') },
        answer: ({ statistic_ids }) =>
          ok(statisticIds(deps, null, (statistic_ids ?? null) as string[] | null)),
      },
    ],
    [
      'recorder/statistics_during_period',
      { fields: rowsFields, answer: (message) => statisticsRows(deps, message) },
    ],
    [
      'recorder/statistic_during_period',
      { fields: figureFields, answer: (message) => figure(deps, message) },
    ],
    [
      'history/history_during_period',
      { fields: historyFields, answer: (message) => historyRows(deps, message) },
    ],
  ]);
}

const recorderInfo = {
  backlog: 0,
  db_in_default_location: true,
  max_backlog: 65000,
  migration_in_progress: false,
  migration_is_live: false,
  recording: true,
  thread_running: true,
};

const rowsFields: Fields = {
  start_time: required('str'),
  end_time: optional('str'),
  statistic_ids: required('[str]'),
  period: required(periods),
  units: optional('dict'),
  types: optional([rowTypes]),
};

const figureFields: Fields = {
  statistic_id: required('str'),
  types: optional([['max', 'mean', 'min', 'change']]),
  units: optional('dict'),
  fixed_period: optional('dict'),
  calendar: optional('dict'),
};

const historyFields: Fields = {
  start_time: required('str'),
  end_time: optional('str'),
  entity_ids: required('[str]'),
  include_start_time_state: optional('bool'),
  significant_changes_only: optional('bool'),
  minimal_response: optional('bool'),
  no_attributes: optional('bool'),
};

function entityDetail(home: Home, message: Message): Answer {
  const found = registries.entityDetail(home, String(message.entity_id));
  return found === null ? refused('not_found', 'Entity not found') : ok(found);
}

function chosen(deps: CommandDeps): Record<string, unknown> | null {
  const form = deps.preferences();
  return typeof form === 'string' ? preferences(form) : form;
}

function energyPreferences(deps: CommandDeps): Answer {
  const found = chosen(deps);
  return found === null ? refused('not_found', 'No prefs') : ok(found);
}

function energyValidation(deps: CommandDeps): Answer {
  const found = chosen(deps) ?? {};
  const empty = (key: string): unknown[] => {
    const list = found[key];
    return Array.isArray(list) ? list.map(() => []) : [];
  };
  return ok({
    energy_sources: empty('energy_sources'),
    device_consumption: empty('device_consumption'),
    device_consumption_water: empty('device_consumption_water'),
  });
}

type Span = Interval | { readonly error: { code: string; message: string } };

function spanOf(message: Message, timeZone: string): Span {
  const startUs = instantOf(String(message.start_time), timeZone);
  if (startUs === null) return { error: { code: 'invalid_start_time', message: 'Invalid start_time' } };
  const end = message.end_time;
  const endUs = end === undefined ? Infinity : instantOf(String(end), timeZone);
  if (endUs === null) return { error: { code: 'invalid_end_time', message: 'Invalid end_time' } };
  return { startUs, endUs };
}

async function statisticsRows(deps: CommandDeps, message: Message): Promise<Answer> {
  const ids = message.statistic_ids as string[];
  if (ids.length === 0)
    return refused('invalid_format', "value must not be empty at 'statistic_ids'. Got []");
  const span = spanOf(message, deps.timeZone);
  if ('error' in span) return span;
  return ok(
    await statisticsOf(deps.home, deps.statistics, {
      ...span,
      statisticIds: ids,
      period: message.period as Period,
      types: (message.types ?? rowTypes) as RowType[],
      units: isRecord(message.units) ? message.units : {},
    }),
  );
}

/** A whole calendar period with an offset, or a fixed span; Core's rolling windows are not here. */
function figure(deps: CommandDeps, message: Message): Answer {
  const entity = deps.home.entities.get(String(message.statistic_id));
  const types = (message.types ?? ['max', 'mean', 'min', 'change']) as ('max' | 'mean' | 'min' | 'change')[];
  const answer = (values: Record<string, number | null>) =>
    ok(Object.fromEntries(types.map((type) => [type, values[type] ?? null])));
  if (entity === undefined || entity.definition.stateClass === undefined) return answer({});
  const units = isRecord(message.units) ? message.units : {};
  const { calendar, fixed_period: fixed } = message;
  const nowUs = deps.home.cursorUs();
  let startUs = -Infinity;
  let endUs = nowUs;
  if (isRecord(calendar)) {
    const period = String(calendar.period) as Period | 'hour';
    if (!['day', 'week', 'month', 'year'].includes(period))
      return refused(
        'invalid_format',
        `expected 'hour' or 'day' or 'week' or 'month' or 'year' at 'calendar.period'`,
      );
    startUs = periodStart(nowUs, period, deps.timeZone);
    for (let offset = Number(calendar.offset ?? 0); offset < 0; offset++)
      startUs = periodStart(startUs - 1, period, deps.timeZone);
    endUs = Math.min(nowUs, periodEnd(startUs, period, deps.timeZone));
  } else if (isRecord(fixed)) {
    startUs = instantOf(String(fixed.start_time ?? ''), deps.timeZone) ?? -Infinity;
    endUs = instantOf(String(fixed.end_time ?? ''), deps.timeZone) ?? nowUs;
  }
  return answer(oneFigure(deps.statistics, entity, startUs, endUs, units));
}

async function historyRows(deps: CommandDeps, message: Message): Promise<Answer> {
  const span = spanOf(message, deps.timeZone);
  if ('error' in span) return span;
  if (span.startUs > deps.home.cursorUs()) return ok({});
  const entityIds = message.entity_ids as string[];
  if (!entityIds.every((id) => /^[a-z0-9_]+\.[a-z0-9_]+$/.test(id)))
    return refused('invalid_entity_ids', 'Invalid entity_ids');
  return ok(
    await historyOf(deps.history, {
      startUs: span.startUs,
      // Core reads what is recorded: nothing later than now.
      endUs: Math.min(span.endUs, deps.home.cursorUs() + 1),
      entityIds,
      includeStartTimeState: message.include_start_time_state !== false,
      significantChangesOnly: message.significant_changes_only !== false,
      minimalResponse: message.minimal_response === true,
      noAttributes: message.no_attributes === true,
    }),
  );
}
