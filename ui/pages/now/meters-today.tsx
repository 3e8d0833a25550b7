/** What every meter counted since midnight, and its register, for comparison with the meter's display. */

import type { Now, NowEntity } from '../../../src/schemas/now.ts';
import { Card } from '../../components/card.tsx';
import { Icon } from '../../components/icon.tsx';
import { lookOf, markOf, roleOrder } from '../../components/role-look.ts';
import { formatAge } from '../../format/instants.ts';
import { formatCount, formatQuantity, formatRegister } from '../../format/numbers.ts';
import { locale, nowMs } from '../../state/home.ts';
import { pageAddress } from '../../state/route.ts';
import { texts } from '../../texts/texts.ts';

function isMeter({ quantity }: NowEntity): boolean {
  return quantity === 'energy' || quantity === 'volume';
}

/** The home's meters in the order of roles, and those of devices by name. */
function meterGroups(entities: readonly NowEntity[]): { home: NowEntity[]; devices: NowEntity[] } {
  const meters = entities.filter(isMeter);
  const isDevice = ({ role }: NowEntity) => role.startsWith('device') || role === 'other';
  const rank = ({ role }: NowEntity) => roleOrder.indexOf(role);
  return {
    home: meters
      .filter((meter) => !isDevice(meter))
      .sort((a, b) => rank(a) - rank(b) || (a.friendly_name < b.friendly_name ? -1 : 1)),
    devices: meters.filter(isDevice).sort((a, b) => (a.friendly_name < b.friendly_name ? -1 : 1)),
  };
}

function Meter({ meter }: { meter: NowEntity }) {
  const t = texts();
  const { language } = locale.value;
  const look = lookOf(meter.role);
  const unit = meter.unit ?? '';
  const age =
    meter.timestamp === null ? null : formatAge(nowMs.value - Date.parse(meter.timestamp), language);
  const register =
    meter.state === null
      ? meter.absence === null
        ? t.now.notKnown
        : t.readings.absence[meter.absence]
      : formatRegister(meter.state, unit, language);
  const readings = t.now.readings(formatCount(meter.readings_today, language), meter.readings_today === 1);
  const ageText = age === null ? '' : t.now.ago(age);
  return (
    <tr data-entity={meter.entity_id} data-register={meter.state === null ? '' : String(meter.state)}>
      <th scope="row">
        <a href={pageAddress('readings', meter.entity_id)} aria-label={t.now.showCurve(meter.friendly_name)}>
          <span style={{ color: markOf(look.colour) }}>
            <Icon path={look.icon} />
          </span>
          <span class="meter-name">
            {meter.friendly_name}
            <small class="only-phone quiet">
              {register} · {readings}
              {ageText === '' ? '' : ` · ${ageText}`}
            </small>
          </span>
        </a>
      </th>
      <td class="number meter-today" data-today>
        {meter.today === null ? (
          <span class="quiet">{t.now.notKnown}</span>
        ) : (
          formatQuantity(meter.today, unit, language)
        )}
      </td>
      <td class="number not-phone">{register}</td>
      <td class="number not-phone" data-count={meter.readings_today}>
        {formatCount(meter.readings_today, language)}
      </td>
      <td class="number not-phone quiet">{ageText}</td>
    </tr>
  );
}

export function MetersToday({ now }: { now: Now }) {
  const t = texts().now;
  const { home, devices } = meterGroups(now.entities);
  return (
    <Card id="meters" title={t.meters} class="meters">
      {home.length + devices.length === 0 ? (
        <p class="quiet">{t.metersNone}</p>
      ) : (
        <table>
          <thead>
            <tr>
              <th scope="col">{t.columns.name}</th>
              <th scope="col" class="number">
                {t.columns.today}
              </th>
              {(['register', 'readings', 'age'] as const).map((column) => (
                <th key={column} scope="col" class="number not-phone">
                  {t.columns[column]}
                </th>
              ))}
            </tr>
          </thead>
          {home.length > 0 && (
            <tbody>
              {home.map((meter) => (
                <Meter key={meter.entity_id} meter={meter} />
              ))}
            </tbody>
          )}
          {devices.length > 0 && (
            <tbody>
              <tr class="group">
                <th scope="rowgroup" colSpan={5}>
                  {t.metersOfDevices}
                </th>
              </tr>
              {devices.map((meter) => (
                <Meter key={meter.entity_id} meter={meter} />
              ))}
            </tbody>
          )}
        </table>
      )}
    </Card>
  );
}
