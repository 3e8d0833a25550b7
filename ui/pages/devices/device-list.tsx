/** Devices as a table with a bar in each row: chart and figures in one. Children are indented below their parents. */

import { mdiHelpCircleOutline, mdiHomeLightningBolt, mdiPowerPlug } from '@mdi/js';
import type { DevicesAnswer } from '../../../src/schemas/balance.ts';
import { hourSeconds } from '../../../src/units/durations.ts';
import { Swatch } from '../../chart/bar-legend.tsx';
import { barLook, isIncomplete } from '../../chart/data-quality.ts';
import { Card } from '../../components/card.tsx';
import { CopyButton } from '../../components/copy-button.tsx';
import { asTabSeparated } from '../../components/data-table.tsx';
import { Icon } from '../../components/icon.tsx';
import { formatHours } from '../../format/durations.ts';
import { formatEnergy, formatMoney, formatShare } from '../../format/numbers.ts';
import { parseSpan } from '../../period/period.ts';
import { locale, nowMs } from '../../state/home.ts';
import { pageAddress } from '../../state/route.ts';
import type { Texts } from '../../texts/en.ts';
import { texts } from '../../texts/texts.ts';
import { type DeviceLine, deviceLines } from './device-rows.ts';

function energyText(kwh: number | null, t: Texts['devices'], language: string): string {
  return kwh === null ? t.notKnown : formatEnergy(kwh, language);
}

/** Estimates and missing parts; the legend below the table explains data that was fetched afterwards. */
function qualityText({ device }: DeviceLine, range: DevicesAnswer['time_range'], t: Texts): string {
  if (device.energy_kwh === null) return '';
  const { language } = locale.value;
  const words: string[] = barLook(device.quality) === 'hatched' ? [t.quality[device.quality]] : [];
  if (isIncomplete(device, parseSpan(range), nowMs.peek()))
    words.push(t.bars.measured(formatShare(device.coverage, language)));
  return words.join(', ');
}

/** Not known for most devices: shown as a dash, with words for screen readers and as a tooltip. */
function OnTime({ seconds }: { seconds: number | null }) {
  const t = texts();
  if (seconds !== null)
    return (
      <td class="number not-phone" data-on-time={seconds}>
        {formatHours(seconds, locale.value.language, t.units)}
      </td>
    );
  return (
    <td class="number not-phone quiet" title={t.devices.onTimeNotKnown}>
      <span aria-hidden="true">–</span>
      <span class="unseen">{t.devices.notKnown}</span>
    </td>
  );
}

interface LineProps {
  readonly line: DeviceLine;
  readonly answer: DevicesAnswer;
  readonly hasOnTime: boolean;
}

function Line({ line, answer, hasOnTime }: LineProps) {
  const t = texts();
  const { language } = locale.value;
  const { device, depth, hasChildren, length } = line;
  const own = hasChildren ? device.own_kwh : null;
  const cost = device.cost === null ? '' : formatMoney(device.cost, answer.currency, language);
  const share = device.share === null ? '' : formatShare(device.share, language);
  const quality = qualityText(line, answer.time_range, t);
  return (
    <tr
      data-device={device.entity_id}
      data-value={device.energy_kwh ?? ''}
      data-own={device.own_kwh ?? ''}
      data-depth={depth}
    >
      <th scope="row" style={{ paddingInlineStart: `calc(${depth} * var(--indent))` }}>
        <a
          href={pageAddress('readings', device.entity_id)}
          title={t.devices.showCurve(device.name)}
          class={depth > 0 ? 'is-child' : ''}
        >
          <span class="device-icon">
            <Icon path={mdiPowerPlug} />
          </span>
          <span class="device-name">
            {device.name}
            {device.area !== null && <small class="quiet">{device.area}</small>}
            {own !== null && (
              <small class="only-phone quiet">{t.devices.own(energyText(own, t.devices, language))}</small>
            )}
            {device.on_time_seconds !== null && (
              <small class="only-phone quiet">
                {t.devices.onTime(formatHours(device.on_time_seconds, language, t.units))}
              </small>
            )}
            {quality !== '' && <small class="quiet">{quality}</small>}
            <span class="device-bar" aria-hidden="true">
              <span data-look={barLook(device.quality)} style={{ width: `${(length * 100).toFixed(2)}%` }} />
            </span>
          </span>
        </a>
      </th>
      <td class={`number${device.energy_kwh === null ? ' quiet' : ' device-energy'}`}>
        {energyText(device.energy_kwh, t.devices, language)}
        <small class="only-phone quiet">{[share, cost].filter(Boolean).join(' · ')}</small>
      </td>
      <td class="number not-phone">{own === null ? '' : energyText(own, t.devices, language)}</td>
      <td class="number not-phone">{share}</td>
      {hasOnTime && <OnTime seconds={device.on_time_seconds} />}
      <td class="number not-phone">{cost}</td>
    </tr>
  );
}

interface RestProps {
  readonly answer: DevicesAnswer;
  readonly longest: number;
  readonly hasOnTime: boolean;
}

function Rest({ answer, longest, hasOnTime }: RestProps) {
  const t = texts().devices;
  const { language } = locale.value;
  const { untracked_kwh: untracked, home_kwh: home } = answer;
  if (untracked === null || home === null) return null;
  const isOver = untracked < 0;
  const share = home > 0 ? formatShare(Math.abs(untracked) / home, language) : '';
  return (
    <tr class="device-rest" data-device="untracked" data-value={untracked}>
      <th scope="row">
        <span class="device-cell">
          <span class="device-icon quiet">
            <Icon path={mdiHelpCircleOutline} />
          </span>
          <span class="device-name">
            {isOver ? t.over : t.untracked}
            {isOver && <small class="quiet device-note">{t.overNote}</small>}
            {!isOver && (
              <span class="device-bar" aria-hidden="true">
                <span
                  data-look="rest"
                  style={{ width: `${Math.min(100, (untracked / longest) * 100).toFixed(2)}%` }}
                />
              </span>
            )}
          </span>
        </span>
      </th>
      <td class="number device-energy">
        {energyText(untracked, t, language)}
        <small class="only-phone quiet">{isOver ? '' : share}</small>
      </td>
      <td class="number not-phone" />
      <td class="number not-phone">{isOver ? '' : share}</td>
      {hasOnTime && <td class="number not-phone" />}
      <td class="number not-phone" />
    </tr>
  );
}

function asSheet(answer: DevicesAnswer, lines: readonly DeviceLine[], t: Texts): string {
  const words = t.devices;
  const column = (key: string, label: string, isNumber = true) => ({ key, label, isNumber });
  const row = (key: string, name: string, ...values: (number | null)[]) => ({
    key,
    cells: [{ text: name }, ...values.map((value) => ({ text: '', value }))],
  });
  return asTabSeparated(
    [
      column('name', words.columns.name, false),
      column('energy', `${words.columns.energy} (kWh)`),
      column('own', `${words.columns.own} (kWh)`),
      column('share', words.columns.share),
      column('onTime', `${words.columns.onTime} (h)`),
      column('cost', words.columns.cost),
    ],
    [
      ...lines.map(({ device, depth }) =>
        row(
          device.entity_id,
          `${'  '.repeat(depth)}${device.name}`,
          device.energy_kwh,
          device.own_kwh,
          device.share,
          device.on_time_seconds === null ? null : device.on_time_seconds / hourSeconds,
          device.cost,
        ),
      ),
      row('untracked', words.untracked, answer.untracked_kwh, null, null, null, null),
      row('home', words.home, answer.home_kwh, null, answer.home_kwh === null ? null : 1, null, null),
    ],
  );
}

function Head({ hasOnTime }: { hasOnTime: boolean }) {
  const { columns, ownPart, onTimeWhat } = texts().devices;
  const column = (label: string, title?: string) => (
    <th scope="col" class="number not-phone" title={title}>
      {label}
    </th>
  );
  return (
    <thead>
      <tr>
        <th scope="col">{columns.name}</th>
        <th scope="col" class="number">
          {columns.energy}
        </th>
        {column(columns.own, ownPart)}
        {column(columns.share)}
        {hasOnTime && column(columns.onTime, onTimeWhat)}
        {column(columns.cost)}
      </tr>
    </thead>
  );
}

function Home({ homeKwh, hasOnTime }: { homeKwh: number | null; hasOnTime: boolean }) {
  const t = texts().devices;
  const { language } = locale.value;
  return (
    <tfoot>
      <tr data-device="home" data-value={homeKwh ?? ''}>
        <th scope="row">
          <span class="device-cell">
            <span class="device-icon">
              <Icon path={mdiHomeLightningBolt} />
            </span>
            {t.home}
          </span>
        </th>
        <td class="number">{energyText(homeKwh, t, language)}</td>
        <td class="number not-phone" />
        <td class="number not-phone">{homeKwh === null ? '' : formatShare(1, language)}</td>
        {hasOnTime && <td class="number not-phone" />}
        <td class="number not-phone" />
      </tr>
    </tfoot>
  );
}

export function DeviceList({ answer }: { answer: DevicesAnswer }) {
  const t = texts();
  const lines = deviceLines(answer);
  const longest = Math.max(
    1e-6,
    answer.untracked_kwh ?? 0,
    ...lines.filter(({ depth }) => depth === 0).map(({ device }) => device.energy_kwh ?? 0),
  );
  // No column of dashes in homes where no device has a switch.
  const hasOnTime = lines.some(({ device }) => device.on_time_seconds !== null);
  return (
    <Card
      id="device-list"
      title={t.devices.list}
      tools={<CopyButton tableText={() => asSheet(answer, lines, t)} />}
    >
      <table class="device-table">
        <Head hasOnTime={hasOnTime} />
        <tbody>
          {lines.map((line) => (
            <Line key={line.device.entity_id} line={line} answer={answer} hasOnTime={hasOnTime} />
          ))}
          <Rest answer={answer} longest={longest} hasOnTime={hasOnTime} />
        </tbody>
        <Home homeKwh={answer.home_kwh} hasOnTime={hasOnTime} />
      </table>
      {lines.some(({ device }) => barLook(device.quality) === 'pale' && device.energy_kwh !== null) && (
        <p class="quiet device-legend">
          <Swatch colour="var(--home-mark)" kind="pale" /> {t.bars.legend.pale}
        </p>
      )}
    </Card>
  );
}
