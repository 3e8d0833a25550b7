/** Grid, sun, battery and home, and what flows between them, as Home Assistant's own energy page draws it. */
import { mdiArrowDown, mdiArrowLeft, mdiArrowRight, mdiArrowUp } from '@mdi/js';
import type { Now } from '../../../src/schemas/now.ts';
import { homeIcon, lookOf } from '../../components/role-look.ts';
import { asText, formatNumber, showPower } from '../../format/numbers.ts';
import { locale } from '../../state/home.ts';
import type { Texts } from '../../texts/en.ts';
import { texts } from '../../texts/texts.ts';
import { partsOf } from './sentence.ts';

const radius = 44;
const places = {
  solar: { x: 180, y: 62 },
  grid: { x: 54, y: 166 },
  home: { x: 306, y: 166 },
  battery: { x: 180, y: 270 },
} as const;
type Part = keyof typeof places;

/** Curves from edge to edge of the circles; beside each other in the middle, as pipes would be. */
const paths = {
  solarToHome: 'M192 105 V136 Q192 156 212 156 H263',
  solarToBattery: 'M180 106 V226',
  solarToGrid: 'M168 105 V136 Q168 156 148 156 H97',
  gridToHome: 'M98 166 H262',
  gridToBattery: 'M97 176 H148 Q168 176 168 196 V227',
  batteryToGrid: 'M168 227 V196 Q168 176 148 176 H97',
  batteryToHome: 'M192 227 V196 Q192 176 212 176 H263',
} as const;

/** Slower than this nothing is seen to move; faster it flickers. */
function secondsFor(watts: number): number {
  return Math.max(1.2, Math.min(6, 6 - Math.log10(Math.max(1, watts)) * 1.2));
}

function Flow({ path, colour, watts }: { path: string; colour: string; watts: number }) {
  const isFlowing = watts >= 1;
  return (
    <g
      style={isFlowing ? { color: `var(--${colour}-mark)` } : {}}
      class={isFlowing ? 'flow' : 'flow is-idle'}
    >
      <path d={path} fill="none" stroke="currentColor" />
      {isFlowing && (
        <circle
          r="4"
          fill="currentColor"
          class="flow-dot"
          style={{
            offsetPath: `path("${path}")`,
            animationDuration: `${Math.round(secondsFor(watts) * 2) / 2}s`,
          }}
        />
      )}
    </g>
  );
}

function Node({
  part,
  colour,
  icon,
  value,
  arrow,
  extra,
}: {
  part: Part;
  colour: string;
  icon: string;
  value: string;
  arrow?: string | undefined;
  extra?: string | undefined;
}) {
  const { x, y } = places[part];
  const label = texts().now.parts[part];
  const isAbove = part !== 'battery';
  return (
    <g>
      <circle cx={x} cy={y} r={radius} class="node" style={{ stroke: `var(--${colour}-mark)` }} />
      <g
        transform={`translate(${x - (extra === undefined ? 12 : 31)} ${y - 30})`}
        style={{ color: `var(--${colour}-mark)` }}
      >
        <path d={icon} fill="currentColor" />
      </g>
      {arrow !== undefined && (
        <g transform={`translate(${x - 7} ${y + 17}) scale(0.6)`} class="node-arrow">
          <path d={arrow} fill="currentColor" />
        </g>
      )}
      <text x={x} y={y + 13} class="node-value">
        {value}
      </text>
      {extra !== undefined && (
        <text x={x - 7} y={y - 13} class="node-extra">
          {extra}
        </text>
      )}
      <text x={x} y={isAbove ? y - radius - 7 : y + radius + 16} class="node-label">
        {label}
      </text>
    </g>
  );
}

function noteOf(watts: number | null, into: string, outOf: string, t: Texts['now']['pictureNote']): string {
  if (watts === null) return t.unknown;
  if (Math.abs(watts) < 1) return t.idle;
  return watts > 0 ? into : outOf;
}

export function PowerPicture({ now }: { now: Now }) {
  const t = texts();
  const { language } = locale.value;
  const parts = partsOf(now);
  const { grid_w: gridW, solar_w: solarW, battery_w: batteryW, home_w: homeW, flows } = now.power;
  const show = (watts: number | null) =>
    watts === null ? '–' : asText(showPower(Math.abs(watts) < 0.5 ? 0 : Math.abs(watts), language));
  const level = now.entities.find((entity) => entity.role === 'battery_level')?.state ?? null;
  const isCharging = batteryW !== null && batteryW < -0.5;
  const isGridCharging = flows !== null && flows.grid_to_battery_w > 0;
  const isExporting = gridW !== null && gridW < -0.5;
  const notes = t.now.pictureNote;
  const rows = [
    ...(parts.has('grid')
      ? [{ part: 'grid', watts: gridW, note: noteOf(gridW, notes.grid_in, notes.grid_out, notes) } as const]
      : []),
    ...(parts.has('solar')
      ? [{ part: 'solar', watts: solarW, note: noteOf(solarW, notes.solar, notes.solar, notes) } as const]
      : []),
    ...(parts.has('battery')
      ? [
          {
            part: 'battery',
            watts: batteryW,
            note: noteOf(batteryW, notes.battery_out, notes.battery_in, notes),
          } as const,
        ]
      : []),
    { part: 'home', watts: homeW, note: homeW === null ? notes.unknown : notes.home } as const,
  ];
  return (
    <section class="card power-picture" aria-labelledby="power-title">
      <header>
        <h2 id="power-title">{t.now.picture}</h2>
      </header>
      <dl class="unseen" data-power>
        {rows.map(({ part, watts, note }) => (
          <div key={part} data-part={part} data-watts={watts === null ? '' : String(watts)}>
            <dt>{t.now.parts[part]}</dt>
            <dd>{watts === null ? note : `${show(watts)} ${note}`}</dd>
          </div>
        ))}
      </dl>
      <svg viewBox={parts.has('battery') ? '0 0 360 334' : '0 0 360 224'} aria-hidden="true">
        {parts.has('solar') && parts.has('grid') && gridW !== null && gridW < 0 && (
          <Flow path={paths.solarToGrid} colour="grid-out" watts={flows?.solar_to_grid_w ?? 0} />
        )}
        {parts.has('grid') && parts.has('battery') && (
          <Flow
            path={isGridCharging ? paths.gridToBattery : paths.batteryToGrid}
            colour={isGridCharging ? 'grid-in' : 'grid-out'}
            watts={flows === null ? 0 : flows.grid_to_battery_w + flows.battery_to_grid_w}
          />
        )}
        {parts.has('solar') && parts.has('battery') && (
          <Flow path={paths.solarToBattery} colour="battery-in" watts={flows?.solar_to_battery_w ?? 0} />
        )}
        {parts.has('grid') && (
          <Flow path={paths.gridToHome} colour="grid-in" watts={flows?.grid_to_home_w ?? 0} />
        )}
        {parts.has('solar') && (
          <Flow path={paths.solarToHome} colour="solar" watts={flows?.solar_to_home_w ?? 0} />
        )}
        {parts.has('battery') && (
          <Flow path={paths.batteryToHome} colour="battery-out" watts={flows?.battery_to_home_w ?? 0} />
        )}
        {parts.has('solar') && (
          <Node part="solar" colour="solar" icon={lookOf('solar').icon} value={show(solarW)} />
        )}
        {parts.has('grid') && (
          <Node
            part="grid"
            colour={isExporting ? 'grid-out' : 'grid-in'}
            icon={lookOf('grid_power').icon}
            value={show(gridW)}
            arrow={
              gridW === null || Math.abs(gridW) < 0.5 ? undefined : isExporting ? mdiArrowLeft : mdiArrowRight
            }
          />
        )}
        {parts.has('battery') && (
          <Node
            part="battery"
            colour={isCharging ? 'battery-in' : 'battery-out'}
            icon={lookOf('battery_power').icon}
            value={show(batteryW)}
            arrow={
              batteryW === null || Math.abs(batteryW) < 0.5
                ? undefined
                : isCharging
                  ? mdiArrowDown
                  : mdiArrowUp
            }
            extra={level === null ? undefined : `${formatNumber(level, language, 0)}\u00a0%`}
          />
        )}
        <Node
          part="home"
          colour="home"
          icon={homeIcon}
          value={show(homeW === null ? null : Math.max(0, homeW))}
        />
      </svg>
    </section>
  );
}
