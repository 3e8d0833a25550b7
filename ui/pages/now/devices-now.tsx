/** Live power of devices, most first. Values change at once, the order only at intervals, so that lines do not jump. */

import { useRef } from 'preact/hooks';
import type { Now, NowEntity } from '../../../src/schemas/now.ts';
import { Card } from '../../components/card.tsx';
import { Icon } from '../../components/icon.tsx';
import { lookOf, markOf } from '../../components/role-look.ts';
import { formatCount, formatPower } from '../../format/numbers.ts';
import { clientMs, locale } from '../../state/home.ts';
import { pageAddress } from '../../state/route.ts';
import { texts } from '../../texts/texts.ts';
import { switchedOff } from './switched-off.ts';

const rankEveryMs = 15_000;

/** Entity ids by power, most first; unknown last, equal ones by name. */
function ranked(devices: readonly NowEntity[]): string[] {
  return [...devices]
    .sort((a, b) => (b.state ?? -1) - (a.state ?? -1) || (a.friendly_name < b.friendly_name ? -1 : 1))
    .map((device) => device.entity_id);
}

/** The current order, until it is old or the devices change. */
function useRanking(devices: readonly NowEntity[]): readonly string[] {
  const kept = useRef<{ order: readonly string[]; atMs: number }>({ order: [], atMs: 0 });
  const list = useRef<string>('');
  const ids = devices.map((device) => device.entity_id).join();
  const atMs = clientMs.value;
  // A user in the list, by keyboard or pointer, would lose the position.
  const isInUse = document.querySelector('[data-ranking]:is(:hover, :focus-within)') !== null;
  if (list.current !== ids || (atMs - kept.current.atMs > rankEveryMs && !isInUse)) {
    kept.current = { order: ranked(devices), atMs };
    list.current = ids;
  }
  return kept.current.order;
}

export function DevicesNow({ now }: { now: Now }) {
  const t = texts().now;
  const { language } = locale.value;
  const off = switchedOff(now.entities);
  const devices = now.entities
    .filter((entity) => entity.role === 'device_power')
    .map((entity) => (off.has(entity.entity_id) ? { ...entity, state: 0 } : entity));
  const order = useRanking(devices);
  const byId = new Map(devices.map((device) => [device.entity_id, device]));
  const most = Math.max(1, ...devices.map((device) => device.state ?? 0));
  const silent = devices.filter((device) => device.state === null).length;
  return (
    <Card
      id="devices"
      title={t.devices}
      tools={silent > 0 && <p class="quiet">{t.devicesSilent(formatCount(silent, language))}</p>}
    >
      {devices.length === 0 ? (
        <p class="quiet">{t.devicesNone}</p>
      ) : (
        <ol class="ranking" data-ranking>
          {order.map((entityId) => {
            const device = byId.get(entityId);
            if (device === undefined) return null;
            const look = lookOf(device.role);
            const share = Math.max(0, (device.state ?? 0) / most);
            return (
              <li key={entityId} data-entity={entityId}>
                <a href={pageAddress('readings', entityId)}>
                  <span class="ranking-icon" style={{ color: markOf(look.colour) }}>
                    <Icon path={look.icon} />
                  </span>
                  <span class="ranking-name">
                    {device.friendly_name}
                    {device.area !== null && <small class="quiet">{device.area}</small>}
                  </span>
                  <span class="number" data-value>
                    {off.has(entityId) ? (
                      <span class="quiet">{t.off}</span>
                    ) : device.state === null ? (
                      <span class="quiet">{t.notKnown}</span>
                    ) : (
                      formatPower(device.state, language)
                    )}
                  </span>
                  <span class="ranking-bar" aria-hidden="true">
                    <span
                      style={{ transform: `scaleX(${share.toFixed(3)})`, background: markOf(look.colour) }}
                    />
                  </span>
                </a>
              </li>
            );
          })}
        </ol>
      )}
    </Card>
  );
}
