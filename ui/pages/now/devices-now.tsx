/** Live power of devices, most first. Values change at once, places only now and then, so that nothing jumps away. */
import { useRef } from 'preact/hooks';
import type { Now, NowEntity } from '../../../src/schemas/now.ts';
import { Icon } from '../../components/icon.tsx';
import { lookOf, markOf } from '../../components/role-look.ts';
import { asText, formatCount, showPower } from '../../format/numbers.ts';
import { clientMs, locale } from '../../state/home.ts';
import { pageAddress } from '../../state/place.ts';
import { texts } from '../../texts/texts.ts';
import { switchedOff } from './switched-off.ts';

const rankEveryMs = 15_000;

/** Entity ids, most power first; unknown last, equals by name. */
export function ranked(devices: readonly NowEntity[]): string[] {
  return [...devices]
    .sort((a, b) => (b.state ?? -1) - (a.state ?? -1) || (a.friendly_name < b.friendly_name ? -1 : 1))
    .map((device) => device.entity_id);
}

/** The order as it was, until it is old or no longer of these devices. */
function useRanking(devices: readonly NowEntity[]): readonly string[] {
  const kept = useRef<{ order: readonly string[]; atMs: number }>({ order: [], atMs: 0 });
  const list = useRef<string>('');
  const ids = devices.map((device) => device.entity_id).join();
  const atMs = clientMs.value;
  // Someone who walks through the list by keyboard or pointer would lose the place.
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
    <section class="card" aria-labelledby="devices-title">
      <header>
        <h2 id="devices-title">{t.devices}</h2>
        {silent > 0 && <p class="quiet">{t.devicesSilent(formatCount(silent, language))}</p>}
      </header>
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
                      asText(showPower(device.state, language))
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
    </section>
  );
}
