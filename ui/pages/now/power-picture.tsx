/** Grid, sun, battery and home, and the power between them, drawn as on Home Assistant's energy page. */

import { mdiArrowDown, mdiArrowLeft, mdiArrowRight, mdiArrowUp } from '@mdi/js';
import type { Now } from '../../../src/schemas/now.ts';
import { Card } from '../../components/card.tsx';
import { homeIcon, lookOf } from '../../components/role-look.ts';
import { formatNumber, formatPower, withUnit } from '../../format/numbers.ts';
import { locale } from '../../state/home.ts';
import type { Texts } from '../../texts/en.ts';
import { texts } from '../../texts/texts.ts';
import { type Part, partsOf } from './sentence.ts';

const radius = 44;
const positions = {
  solar: { x: 180, y: 62 },
  grid: { x: 54, y: 166 },
  home: { x: 306, y: 166 },
  battery: { x: 180, y: 270 },
} as const;
type NodeName = keyof typeof positions;

/** Curves between the edges of the circles, side by side in the middle. */
const paths = {
  solarToHome: 'M192 105 V136 Q192 156 212 156 H263',
  solarToBattery: 'M180 106 V226',
  solarToGrid: 'M168 105 V136 Q168 156 148 156 H97',
  gridToHome: 'M98 166 H262',
  gridToBattery: 'M97 176 H148 Q168 176 168 196 V227',
  batteryToGrid: 'M168 227 V196 Q168 176 148 176 H97',
  batteryToHome: 'M192 227 V196 Q192 176 212 176 H263',
} as const;

/** Duration of an animation: between flickering and not moving visibly. */
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
  part: NodeName;
  colour: string;
  icon: string;
  value: string;
  arrow?: string | undefined;
  extra?: string | undefined;
}) {
  const { x, y } = positions[part];
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

/** Power below this counts as none. */
const leastW = 0.5;

function powerText(watts: number | null): string {
  if (watts === null) return '–';
  const size = Math.abs(watts);
  return formatPower(size < leastW ? 0 : size, locale.value.language);
}

export function PowerPicture({ now }: { now: Now }) {
  const t = texts();
  const parts = partsOf(now);
  return (
    <Card id="power" title={t.now.picture} class="power-picture">
      <PowerList now={now} parts={parts} />
      <svg viewBox={parts.has('battery') ? '0 0 360 334' : '0 0 360 224'} aria-hidden="true">
        <Flows now={now} parts={parts} />
        <Nodes now={now} parts={parts} />
      </svg>
    </Card>
  );
}

interface PartsProps {
  readonly now: Now;
  readonly parts: ReadonlySet<Part>;
}

/** The picture in words, for screen readers. */
function PowerList({ now, parts }: PartsProps) {
  const t = texts().now;
  const { grid_w: gridW, solar_w: solarW, battery_w: batteryW, home_w: homeW } = now.power;
  const notes = t.pictureNote;
  const rows = [
    ['grid', gridW, noteOf(gridW, notes.grid_in, notes.grid_out, notes)],
    ['solar', solarW, noteOf(solarW, notes.solar, notes.solar, notes)],
    ['battery', batteryW, noteOf(batteryW, notes.battery_out, notes.battery_in, notes)],
    ['home', homeW, homeW === null ? notes.unknown : notes.home],
  ] as const;
  return (
    <dl class="unseen" data-power>
      {rows
        .filter(([part]) => part === 'home' || parts.has(part))
        .map(([part, watts, note]) => (
          <div key={part} data-part={part} data-watts={watts === null ? '' : String(watts)}>
            <dt>{t.parts[part]}</dt>
            <dd>{watts === null ? note : `${powerText(watts)} ${note}`}</dd>
          </div>
        ))}
    </dl>
  );
}

function Flows({ now: { power }, parts }: PartsProps) {
  const { grid_w: gridW, flows } = power;
  const [hasGrid, hasSolar, hasBattery] = [parts.has('grid'), parts.has('solar'), parts.has('battery')];
  const isGridCharging = flows !== null && flows.grid_to_battery_w > 0;
  return (
    <>
      {hasSolar && hasGrid && gridW !== null && gridW < 0 && (
        <Flow path={paths.solarToGrid} colour="grid-out" watts={flows?.solar_to_grid_w ?? 0} />
      )}
      {hasGrid && hasBattery && (
        <Flow
          path={isGridCharging ? paths.gridToBattery : paths.batteryToGrid}
          colour={isGridCharging ? 'grid-in' : 'grid-out'}
          watts={flows === null ? 0 : flows.grid_to_battery_w + flows.battery_to_grid_w}
        />
      )}
      {hasSolar && hasBattery && (
        <Flow path={paths.solarToBattery} colour="battery-in" watts={flows?.solar_to_battery_w ?? 0} />
      )}
      {hasGrid && <Flow path={paths.gridToHome} colour="grid-in" watts={flows?.grid_to_home_w ?? 0} />}
      {hasSolar && <Flow path={paths.solarToHome} colour="solar" watts={flows?.solar_to_home_w ?? 0} />}
      {hasBattery && (
        <Flow path={paths.batteryToHome} colour="battery-out" watts={flows?.battery_to_home_w ?? 0} />
      )}
    </>
  );
}

/** The arrow of a part: `into` for power into the home, `outOf` for power out of it. */
function arrowOf(watts: number | null, into: string, outOf: string): string | undefined {
  if (watts === null || Math.abs(watts) < leastW) return undefined;
  return watts < 0 ? outOf : into;
}

function Nodes({ now, parts }: PartsProps) {
  const { grid_w: gridW, solar_w: solarW, battery_w: batteryW, home_w: homeW } = now.power;
  const level = now.entities.find((entity) => entity.role === 'battery_level')?.state ?? null;
  const percent = level === null ? undefined : withUnit(formatNumber(level, locale.value.language, 0), '%');
  return (
    <>
      {parts.has('solar') && (
        <Node part="solar" colour="solar" icon={lookOf('solar').icon} value={powerText(solarW)} />
      )}
      {parts.has('grid') && (
        <Node
          part="grid"
          colour={gridW !== null && gridW < -leastW ? 'grid-out' : 'grid-in'}
          icon={lookOf('grid_power').icon}
          value={powerText(gridW)}
          arrow={arrowOf(gridW, mdiArrowRight, mdiArrowLeft)}
        />
      )}
      {parts.has('battery') && (
        <Node
          part="battery"
          colour={batteryW !== null && batteryW < -leastW ? 'battery-in' : 'battery-out'}
          icon={lookOf('battery_power').icon}
          value={powerText(batteryW)}
          arrow={arrowOf(batteryW, mdiArrowUp, mdiArrowDown)}
          extra={percent}
        />
      )}
      <Node
        part="home"
        colour="home"
        icon={homeIcon}
        value={powerText(homeW === null ? null : Math.max(0, homeW))}
      />
    </>
  );
}
