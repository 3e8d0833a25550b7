/** Devices as a table whose rows carry a bar: the picture and its figures are one. Children stand indented below. */
import { mdiContentCopy, mdiHelpCircleOutline, mdiHomeLightningBolt, mdiPowerPlug } from '@mdi/js';
import { useState } from 'preact/hooks';
import type { DevicesAnswer } from '../../../src/schemas/balance.ts';
import { Swatch } from '../../chart/bar-legend.tsx';
import { barLook, isIncomplete, spanIn } from '../../chart/grounds.ts';
import { copyText } from '../../components/copy-text.ts';
import { asTabSeparated } from '../../components/data-table.tsx';
import { Icon } from '../../components/icon.tsx';
import { formatHours } from '../../format/durations.ts';
import { asText, formatMoney, formatShare, showEnergy } from '../../format/numbers.ts';
import { locale, nowMs } from '../../state/home.ts';
import { pageAddress } from '../../state/place.ts';
import type { Texts } from '../../texts/en.ts';
import { texts } from '../../texts/texts.ts';
import { type DeviceLine, deviceLines } from './device-rows.ts';

function energyText(kwh: number | null, t: Texts['devices'], language: string): string {
  return kwh === null ? t.notKnown : asText(showEnergy(kwh, language));
}

/** Only what is out of the ordinary: that all of it was fetched afterwards is said once, below. */
function groundsText({ device }: DeviceLine, range: DevicesAnswer['time_range'], t: Texts): string {
  if (device.energy_kwh === null) return '';
  const { language } = locale.value;
  const words: string[] = barLook(device.quality) === 'hatched' ? [t.quality[device.quality]] : [];
  if (isIncomplete(device, spanIn(range), nowMs.peek()))
    words.push(t.bars.measured(formatShare(device.coverage, language)));
  return words.join(', ');
}

/** Of most devices nobody can tell: a dash for the eye, the words for whoever hears them or points at it. */
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
  const grounds = groundsText(line, answer.time_range, t);
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
            {grounds !== '' && <small class="quiet">{grounds}</small>}
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
          device.on_time_seconds === null ? null : device.on_time_seconds / 3600,
          device.cost,
        ),
      ),
      row('untracked', words.untracked, answer.untracked_kwh, null, null, null, null),
      row('home', words.home, answer.home_kwh, null, answer.home_kwh === null ? null : 1, null, null),
    ],
  );
}

export function DeviceList({ answer }: { answer: DevicesAnswer }) {
  const t = texts();
  const words = t.devices;
  const { language } = locale.value;
  const [copied, setCopied] = useState<'yes' | 'no' | null>(null);
  const lines = deviceLines(answer);
  const longest = Math.max(
    1e-6,
    answer.untracked_kwh ?? 0,
    ...lines.filter(({ depth }) => depth === 0).map(({ device }) => device.energy_kwh ?? 0),
  );
  // Where no device has a switch, a column of dashes tells nothing.
  const hasOnTime = lines.some(({ device }) => device.on_time_seconds !== null);
  const copy = async () => setCopied((await copyText(asSheet(answer, lines, t))) ? 'yes' : 'no');
  return (
    <section class="card" aria-labelledby="device-list-title">
      <header>
        <h2 id="device-list-title">{words.list}</h2>
        <div class="row">
          <span role="status">
            {copied === 'yes' ? t.table.copied : copied === 'no' ? t.table.copyFailed : ''}
          </span>
          <button
            type="button"
            class="button copy-button"
            aria-label={t.table.copy}
            title={t.table.copy}
            onClick={() => void copy()}
          >
            <Icon path={mdiContentCopy} />
            <span class="not-phone">{t.table.copy}</span>
          </button>
        </div>
      </header>
      <table class="device-table">
        <thead>
          <tr>
            <th scope="col">{words.columns.name}</th>
            <th scope="col" class="number">
              {words.columns.energy}
            </th>
            <th scope="col" class="number not-phone" title={words.ownPart}>
              {words.columns.own}
            </th>
            <th scope="col" class="number not-phone">
              {words.columns.share}
            </th>
            {hasOnTime && (
              <th scope="col" class="number not-phone" title={words.onTimeWhat}>
                {words.columns.onTime}
              </th>
            )}
            <th scope="col" class="number not-phone">
              {words.columns.cost}
            </th>
          </tr>
        </thead>
        <tbody>
          {lines.map((line) => (
            <Line key={line.device.entity_id} line={line} answer={answer} hasOnTime={hasOnTime} />
          ))}
          <Rest answer={answer} longest={longest} hasOnTime={hasOnTime} />
        </tbody>
        <tfoot>
          <tr data-device="home" data-value={answer.home_kwh ?? ''}>
            <th scope="row">
              <span class="device-cell">
                <span class="device-icon">
                  <Icon path={mdiHomeLightningBolt} />
                </span>
                {words.home}
              </span>
            </th>
            <td class="number">{energyText(answer.home_kwh, words, language)}</td>
            <td class="number not-phone" />
            <td class="number not-phone">{answer.home_kwh === null ? '' : formatShare(1, language)}</td>
            {hasOnTime && <td class="number not-phone" />}
            <td class="number not-phone" />
          </tr>
        </tfoot>
      </table>
      {lines.some(({ device }) => barLook(device.quality) === 'pale' && device.energy_kwh !== null) && (
        <p class="quiet device-legend">
          <Swatch colour="var(--home-mark)" kind="pale" /> {t.bars.legend.pale}
        </p>
      )}
    </section>
  );
}
