/**
 * Goal: an entity is checked in exactly the requested range, with what has to be known around it, and what a correction
 * answers is no finding.
 * Method: a home in memory whose rows, entries and hours of power are by hand.
 */

import { beforeEach, describe, expect, it } from 'vitest';
import type { Entry } from '../../ledger/entries/entry.ts';
import type { PostedEntry } from '../../ledger/entries/revision.ts';
import type { Correction } from '../../ledger/evidence/correction.ts';
import type { HourlyReadings } from '../../recording/reading-store.ts';
import { reading } from '../../recording/testing/doubles.ts';
import { dayUs, hourUs, quarterHourUs } from '../../units/durations.ts';
import { meterId, ReconciledHome } from '../testing/reconciled-home.ts';
import { checkEntity, isAnswered } from './entity-check.ts';
import type { ReconciledEntity } from './reconciled-entity.ts';

const startUs = Date.UTC(2026, 10, 24) * 1000;
const at = (hour: number) => startUs + hour * hourUs;

let home: ReconciledHome;
let buckets: (readonly [number, number])[];
let hourlyAsked: unknown[][];
let ledgerAsked: (readonly [number, number])[];
/** What the power sensor measured in an hour. */
let power: (hour: number) => Partial<HourlyReadings>;

beforeEach(() => {
  home = new ReconciledHome();
  [buckets, hourlyAsked, ledgerAsked] = [[], [], []];
  power = () => ({});
});

const meter: ReconciledEntity = {
  ...{ entityId: meterId, unit: 'kWh', ownerId: null, power: null },
  meter: { entityId: meterId, posts: 'register', kind: 'rising' },
};
const withPower: ReconciledEntity = { ...meter, power: { entityId: 'sensor.power', sign: -1 } };

function check(entity: ReconciledEntity, askedStartUs: number, askedEndUs: number) {
  const deps = home.deps();
  return checkEntity(
    {
      ...deps,
      readings: {
        range: (...asked) => home.readings.range(...asked),
        before: (...asked) => home.readings.before(...asked),
        hourly: async (...asked) => {
          hourlyAsked.push(asked);
          const [, from, until] = asked;
          return Array.from({ length: (until - from) / hourUs }, (_, n) => {
            const mean = -500;
            const one = { startUs: from + n * hourUs, min: mean, max: mean, mean, count: 1, last: mean };
            return { ...one, heldUs: hourUs, ...power((one.startUs - askedStartUs) / hourUs) };
          });
        },
      },
      ledger: {
        ...deps.ledger,
        current: (entityId, from, until) => {
          ledgerAsked.push([from, until]);
          return deps.ledger.current(entityId, from, until);
        },
      },
      views: {
        buckets: async (_ids, _period, from, until) => {
          buckets.push([from, until]);
          return [];
        },
      },
    },
    entity,
    askedStartUs,
    askedEndUs,
  );
}

async function post(hours: readonly number[], extra: Partial<Entry> = {}, quarters = [0, 1, 2, 3]) {
  const entry: Omit<PostedEntry, 'quarterHourStartUs'> = {
    ...{ kind: 'quantity', amountMicro: 0, quality: 'measured', coveredUs: quarterHourUs, reason: 'counted' },
    ...{ firstEvidenceUs: 0, lastEvidenceUs: 0, isProvisional: false, onTimeUs: null },
    ...{ revision: 0, cause: null, postedAtUs: 0 },
  };
  const entries = hours.flatMap((hour) =>
    quarters.map((n) => ({ ...entry, quarterHourStartUs: at(hour) + n * quarterHourUs, ...extra })),
  );
  await home.ledger.write([{ entityId: meterId, entries, openings: [] }]);
}
const hoursOf = (from: number, until: number) => Array.from({ length: until - from }, (_, n) => from + n);

describe('the hours of a register', () => {
  /** Home Assistant's rows of these hours, of one kWh each. */
  function reported(hours: readonly number[]): void {
    const none = { mean: null, min: null, max: null, unit: 'kWh', period: 'hour' } as const;
    for (const hour of hours)
      home.statistics.rows.push({
        ...{ entityId: meterId, startUs: at(hour), endUs: at(hour + 1), state: 50 + hour, sum: 50 + hour },
        ...none,
      });
  }

  it('are those of the range, compared with the row before it', async () => {
    reported(hoursOf(-30, 6));
    await home.kept.append(home.statistics.rows);
    await post(hoursOf(-30, 6), { amountMicro: 250_000 });
    await post([1], { amountMicro: 500_000 });
    const checked = await check(meter, at(0), at(6));
    expect([checked.hours, checked.differing]).toEqual([6, 1]);
    expect(
      checked.detected.map(({ finding, handling }) => [finding.kind, finding.startUs, handling]),
    ).toEqual([['hours_differ', at(1), 'ask']]);
  });

  it('begin with the last row before it, where one is missing', async () => {
    reported([-3, 0, 1]);
    await post(hoursOf(-3, 2), { amountMicro: 250_000 });
    expect((await check(meter, at(0), at(2))).hours).toBe(4);
  });

  it('have their usual amounts from ten days, or from all of a longer range', async () => {
    await check(meter, at(0), at(6));
    await check(meter, at(-20 * 24), at(6));
    expect(buckets).toEqual([
      [at(6) - 10 * dayUs, at(6)],
      [at(-20 * 24), at(6)],
    ]);
  });

  it.each<[string, ReconciledEntity, boolean]>([
    ['of gas are checked', { ...meter, unit: 'm³' }, true],
    ['of power are none', { ...meter, unit: 'W', meter: { entityId: meterId, posts: 'power' } }, false],
    ['that the ledger does not count are none', { ...meter, meter: null }, false],
  ])('%s', async (_, entity, isAsked) => {
    expect(await check(entity, at(0), at(6))).toMatchObject({ hours: 0, differing: 0, refreshed: null });
    expect(buckets).toHaveLength(isAsked ? 1 : 0);
  });

  it('are posted again where stored rows differ from Home Assistant’s', async () => {
    reported(hoursOf(-1, 6));
    expect((await check(meter, at(0), at(6))).refreshed).toEqual({ startUs: at(-1), endUs: at(6) + 1 });
    const posted = await home.ledger.current(meterId, at(0), at(6));
    expect(posted.reduce((sum, { amountMicro }) => sum + amountMicro, 0)).toBe(6_000_000);
    expect((await check(meter, at(0), at(6))).refreshed).toBeNull();
  });
});

describe('a counter beside its power sensor', () => {
  const frozen = async (checkedUs: number, endUs: number, entity = withPower) =>
    (await check(entity, checkedUs, endUs)).detected.map(({ finding, handling }) => [
      `${finding.kind} ${handling}`,
      (finding.startUs - startUs) / hourUs,
      (finding.endUs - startUs) / hourUs,
    ]);

  it('is a finding where it stands while power flows, hour by whole hour', async () => {
    await post(hoursOf(0, 8));
    expect(await frozen(at(0.2), at(6.2))).toEqual([['frozen ask', 1, 6]]);
    expect(hourlyAsked).toEqual([['sensor.power', at(1), at(6), 'UTC']]);
    expect(await frozen(at(0), at(6), meter)).toEqual([]);
    expect(await frozen(at(0), at(6), { ...meter, power: { entityId: 'sensor.power', sign: 1 } })).toEqual(
      [],
    );
  });

  it('is not checked without a whole hour', async () => {
    expect(await frozen(at(0.2), at(1.7))).toEqual([]);
    expect(hourlyAsked).toEqual([]);
  });

  it('is read a day at a time, and one stretch all the same', async () => {
    await post(hoursOf(0, 30));
    expect(await frozen(at(0), at(30))).toEqual([['frozen ask', 0, 30]]);
    expect(ledgerAsked.slice(-2)).toEqual([
      [at(0), at(24)],
      [at(24), at(30)],
    ]);
    ledgerAsked = [];
    await frozen(at(0), at(24));
    expect(ledgerAsked).toEqual([[at(0), at(24)]]);
  });

  it.each<[string, () => Promise<void>]>([
    ['counted in one quarter-hour', () => post([3], { amountMicro: 100 }, [2])],
    ['is known for three quarter-hours', () => post([3], { reason: 'withdrawn' }, [2])],
    ['was not measured to the end of one', () => post([3], { coveredUs: quarterHourUs - 1 }, [2])],
    [
      'has a power that is not known for all of it',
      async () => {
        power = (hour) => (hour === 3 ? { heldUs: hourUs - 1 } : {});
      },
    ],
    [
      'has no power that is known',
      async () => {
        power = (hour) => (hour === 3 ? { mean: null } : {});
      },
    ],
  ])('does not stand in an hour that %s', async (_, change) => {
    await post(hoursOf(0, 8));
    await change();
    expect(await frozen(at(0), at(7))).toEqual([
      ['frozen ask', 0, 3],
      ['frozen ask', 4, 7],
    ]);
  });

  it('stands in an hour that began anew, for that is no quantity', async () => {
    await post(hoursOf(0, 8));
    await post([3], { kind: 'restart', amountMicro: 5 }, [1]);
    expect(await frozen(at(0), at(7))).toEqual([['frozen ask', 0, 7]]);
  });
});

describe('a power sensor that keeps its value', () => {
  const sensor: ReconciledEntity = { ...meter, unit: 'W', meter: null, ownerId: meterId };
  /** @returns since when and until when it hangs, in hours */
  async function hangs(askedStartUs: number, askedEndUs: number, lastRowUs: number | null) {
    const changing = Array.from({ length: 60 }, (_, n) => reading(meterId, at(0) + n * 60_000_000, n + 1));
    await home.readings.append(changing);
    const none = { mean: null, min: null, max: null, state: null, sum: null, unit: 'W' } as const;
    const fiveUs = hourUs / 12;
    for (let us = askedStartUs; lastRowUs !== null && us <= lastRowUs; us += fiveUs)
      home.statistics.rows.push({
        ...{ entityId: meterId, period: '5minute', startUs: us, endUs: us + fiveUs, ...none },
      });
    return (await check(sensor, askedStartUs, askedEndUs)).detected.map(({ finding, handling }) => [
      `${finding.kind} ${handling}`,
      Math.round((finding.endUs - askedStartUs) / hourUs),
    ]);
  }

  it('hangs until the end of the range, if Home Assistant saw it in the last hour', async () => {
    expect(await hangs(at(0), at(120), at(119) + hourUs / 12)).toEqual([['frozen ask', 120]]);
  });

  it.each([
    ['Home Assistant saw it last an hour before the end', at(0), at(120), at(119)],
    ['Home Assistant never saw it', at(0), at(120), null],
    ['the range is too short to know its habits', at(0), at(119), at(119)],
  ])('is not known to hang where %s', async (_, askedStartUs, askedEndUs, lastRowUs) => {
    expect(await hangs(askedStartUs, askedEndUs, lastRowUs)).toEqual([]);
  });
});

describe('a declared correction', () => {
  const finding = { kind: 'hours_differ', entityId: meterId, startUs: at(10), endUs: at(12) } as const;
  const statement = { code: 'as_written', values: { detail: '' } } as const;
  const whole = { ...finding, statement, evidence: [], relatedEntityId: null, choices: [] };
  const declared = { correctionId: 'c', entityId: meterId, notes: '', createdAtUs: 0, ticketId: null };
  const exchange = (atUs: number) =>
    ({ ...declared, kind: 'exchange', atUs, oldRegisterMicro: null, newRegisterMicro: 0 }) as const;
  const exclusion = (askedStartUs: number, askedEndUs: number, ticketId: string | null = null) =>
    ({ ...declared, kind: 'exclusion', startUs: askedStartUs, endUs: askedEndUs + 1, ticketId }) as const;

  it.each<[string, Correction[], boolean]>([
    ['nothing', [], false],
    ['an exchange within', [exchange(at(11))], true],
    ['an exchange at its last reading', [exchange(at(12))], true],
    ['an exchange after it', [exchange(at(12) + 1)], false],
    // It counts from there.
    ['an exchange at its first reading', [exchange(at(10))], false],
    ['an exclusion of its first reading', [exclusion(at(8), at(10))], true],
    ['an exclusion before it', [exclusion(at(8), at(10) - 1)], false],
    ['an exclusion of its last reading', [exclusion(at(12), at(13))], true],
    ['an exclusion after it', [exclusion(at(12) + 1, at(13))], false],
    [
      'an exclusion by its own ticket',
      [exclusion(at(10), at(12), `hours_differ ${meterId} ${at(10)}`)],
      false,
    ],
    ['an exclusion by another ticket', [exclusion(at(10), at(12), `gap ${meterId} ${at(10)}`)], true],
    ['one before and one within', [exclusion(at(8), at(9)), exchange(at(11))], true],
  ])('answers a finding by %s: %#', (_, corrections, expected) => {
    expect(isAnswered(whole, corrections)).toBe(expected);
  });

  it('is no finding again', async () => {
    await post(hoursOf(0, 8));
    expect((await check(withPower, at(0), at(6))).detected).toHaveLength(1);
    await home.corrections.apply(exclusion(at(2), at(3)));
    expect((await check(withPower, at(0), at(6))).detected).toEqual([]);
  });
});
