/** The sentence at the top of the Now page, which also says what is not known. Pure. */
import type { Now } from '../../../src/schemas/now.ts';
import { formatPower } from '../../format/numbers.ts';
import type { Texts } from '../../texts/en.ts';

export type Part = 'grid' | 'solar' | 'battery';

/** The parts that the home has, from its recorded entities. */
export function partsOf({ entities }: Now): ReadonlySet<Part> {
  const parts = new Set<Part>();
  for (const { role } of entities) {
    if (role.startsWith('grid_')) parts.add('grid');
    else if (role === 'solar' || role === 'solar_power') parts.add('solar');
    else if (role.startsWith('battery_') && role !== 'battery_level') parts.add('battery');
  }
  return parts;
}

/** Sensors that report at different times disagree by less than this. */
const noiseW = 20;
/** A smaller share of the home's use is not mentioned. */
const worthShare = 0.02;

export function sentenceOf(now: Now, texts: Texts, language: string): string {
  const t = texts.sentence;
  const show = (watts: number) => formatPower(Math.abs(watts), language);
  const { grid_w: gridW, solar_w: solarW, battery_w: batteryW, home_w: homeW, flows } = now.power;
  const parts = partsOf(now);

  if (homeW === null || flows === null) {
    if (!parts.has('grid') && !parts.has('solar') && !parts.has('battery')) return t.noSensor + t.end;
    const missing = (
      [
        ['grid', gridW],
        ['solar', solarW],
        ['battery', batteryW],
      ] as const
    ).filter(([part, watts]) => parts.has(part) && watts === null);
    const reason =
      missing.length === 0
        ? ''
        : t.unknownBecause(
            listed(
              missing.map(([part]) => t.whats[part]),
              t,
            ),
          );
    const known = [
      ...(gridW === null || Math.abs(gridW) < 1
        ? []
        : [gridW > 0 ? t.known.grid_in(show(gridW)) : t.known.grid_out(show(gridW))]),
      ...(solarW === null || solarW < 1 ? [] : [t.known.solar(show(solarW))]),
    ];
    const rest = known.length === 0 ? '' : ` ${capitalized(known.join(t.and))}${t.end}`;
    return `${t.unknown}${reason}${t.end}${rest}`;
  }
  if (homeW < -noiseW) return t.disagree(show(homeW)) + t.end;

  const sources = (
    [
      ['sun', flows.solar_to_home_w],
      ['battery', flows.battery_to_home_w],
      ['grid', flows.grid_to_home_w],
    ] as const
  ).filter(([, watts]) => watts >= 1 && watts >= homeW * worthShare);
  let text = t.uses(show(Math.max(0, homeW)));
  const [first, second] = sources;
  if (first !== undefined && sources.length === 1) text += t.list + t.all[first[0]];
  else if (first !== undefined && second !== undefined) {
    // The grid is the rest, and is not named beside two other sources.
    text += t.list + t.part[first[0]](show(first[1]));
    if (second[0] !== 'grid') text += t.and + t.partAgain[second[0]](show(second[1]));
  }
  text += t.end;
  const leaving = [
    ...(batteryW !== null && batteryW <= -noiseW ? [t.goes.battery(show(batteryW))] : []),
    ...(gridW !== null && gridW <= -noiseW ? [t.goes.grid(show(gridW))] : []),
  ];
  return leaving.length === 0 ? text : `${text} ${leaving.join(t.and)}${t.end}`;
}

/** "a", "a and b", "a, b and c" */
function listed(words: readonly string[], { list, and }: Texts['sentence']): string {
  const last = words.at(-1) ?? '';
  return words.length < 2 ? last : words.slice(0, -1).join(list) + and + last;
}

function capitalized(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
