import { lastingUs } from '../../ledger/counter/counter-dip.ts';
import type { ReadingStore } from '../../recording/reading-store.ts';
import { microFromValue } from '../../units/amount.ts';
import { dayUs } from '../../units/durations.ts';
import { claimOf } from '../detectors/ledger-claim.ts';
import { fallFindings, loweredFindings } from '../detectors/register-fall.ts';
import { jumpFindings } from '../detectors/register-jump.ts';
import { type PathRules, pathOf, type RegisterPoint } from '../detectors/register-path.ts';
import { findSpikes, spikeFindings, spikeUs, withoutSpikes } from '../detectors/spike.ts';
import type { Detected } from '../tickets/tickets.ts';

const pageReadings = 10_000;
/** No home has more of one entity in a day than twice a second; what comes after these is looked at no more. */
const dayReadings = 200_000;
/** What is looked at on either side: a register that goes on lower is plain after some hours, one that was away comes back. */
const wideUs = spikeUs + lastingUs;
/** Readings on either side, if they have to be looked for however far. */
const contextReadings = 60;

interface Told {
  readonly atUs: number;
  readonly value: number | null;
  readonly lastResetAtUs?: number | null;
}

/** Readings in [startUs, endUs), page by page. */
export async function* pagesOf(
  store: Pick<ReadingStore, 'range'>,
  entityId: string,
  startUs: number,
  endUs: number,
): AsyncGenerator<readonly Told[]> {
  for (let sinceUs = startUs; ; ) {
    const page = await store.range(entityId, sinceUs, endUs, pageReadings);
    yield page;
    const last = page.at(-1);
    if (last === undefined || page.length < pageReadings) return;
    sinceUs = last.atUs + 1;
  }
}

/**
 * What a register did that no meter does, day by day, so that memory holds one day of one entity. A finding belongs to the
 * day in which it begins.
 * @param highestUsualMicro the meter's highest hour by the days around one; null when it is not known
 */
export async function checkRegister(
  store: Pick<ReadingStore, 'range' | 'before'>,
  entityId: string,
  rules: Omit<PathRules, 'highestUsualMicro'>,
  highestUsualMicro: (dayUs: number) => number | null,
  startUs: number,
  endUs: number,
): Promise<Detected[]> {
  const detected: Detected[] = [];
  for (let dayStartUs = startUs; dayStartUs < endUs; dayStartUs += dayUs) {
    const dayEndUs = Math.min(endUs, dayStartUs + dayUs);
    const told = await registersAround(store, entityId, dayStartUs, dayEndUs);
    const path = pathOf(rules.kind, told);
    const dayRules: PathRules = { ...rules, highestUsualMicro: highestUsualMicro(dayStartUs) };
    const spikes = findSpikes(dayRules, path);
    const plain = withoutSpikes(path, spikes);
    const away = new Set(
      spikes.flatMap(({ first, last }) => path.slice(first, last + 1)).map(({ atUs }) => atUs),
    );
    const begins = ({ finding }: Detected) => finding.endUs >= dayStartUs && finding.endUs < dayEndUs;
    const found: Detected[] = [
      ...spikes.flatMap((spike) =>
        spikeFindings(entityId, dayRules, path, [spike]).map(
          (finding): Detected => ({ finding, handling: 'exclude', claim: claimOf(rules, plain, spike) }),
        ),
      ),
      ...[
        ...jumpFindings(entityId, dayRules, plain),
        ...fallFindings(entityId, dayRules, plain),
        ...loweredFindings(
          entityId,
          dayRules,
          told.filter(({ atUs }) => !away.has(atUs)),
        ),
      ].map((finding): Detected => ({ finding, handling: 'ask' })),
    ];
    detected.push(...found.filter(begins));
  }
  return detected;
}

/** A register's readings of a time, and so many on either side that its own pace is known. */
async function registersAround(
  store: Pick<ReadingStore, 'range' | 'before'>,
  entityId: string,
  startUs: number,
  endUs: number,
): Promise<RegisterPoint[]> {
  const around: RegisterPoint[] = [];
  const read = async (partStartUs: number, partEndUs: number): Promise<RegisterPoint[]> => {
    const points: RegisterPoint[] = [];
    for await (const page of pagesOf(store, entityId, partStartUs, partEndUs)) {
      points.push(...page.flatMap(pointOf));
      if (points.length > dayReadings) break;
    }
    return points;
  };
  around.push(...(await read(startUs - wideUs, endUs + wideUs)));
  const isFew = (isThere: (point: RegisterPoint) => boolean) =>
    around.filter(isThere).length < contextReadings;
  // One that is told seldom has its pace in more of its past, and comes back later.
  let sinceUs = startUs - wideUs;
  for (const us of [dayUs, 10 * dayUs]) {
    if (!isFew(({ atUs }) => atUs < startUs)) break;
    around.unshift(...(await read(sinceUs - us, sinceUs)));
    sinceUs -= us;
  }
  const before = await store.before(entityId, sinceUs, true);
  if (before !== null) around.unshift(...pointOf(before));
  if (isFew(({ atUs }) => atUs >= endUs)) {
    const later = await store.range(entityId, endUs + wideUs, Number.MAX_SAFE_INTEGER, contextReadings);
    around.push(...later.flatMap(pointOf));
  }
  return around;
}

function pointOf({ atUs, value, lastResetAtUs = null }: Told): RegisterPoint[] {
  const registerMicro = value === null ? null : microFromValue(value);
  return registerMicro === null ? [] : [{ atUs, registerMicro, lastResetAtUs }];
}

/** A register's readings in [startUs, endUs), the one before them first. */
export async function registerPath(
  store: Pick<ReadingStore, 'range' | 'before'>,
  entityId: string,
  kind: PathRules['kind'],
  startUs: number,
  endUs: number,
): Promise<RegisterPoint[]> {
  const before = await store.before(entityId, startUs, true);
  const path = before === null ? [] : pathOf(kind, pointOf(before));
  for await (const page of pagesOf(store, entityId, startUs, endUs)) {
    path.push(...pathOf(kind, page.flatMap(pointOf)));
    if (path.length > dayReadings) break;
  }
  return path;
}
