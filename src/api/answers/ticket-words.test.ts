/**
 * Goal: every code of a finding has an answer in the API's names and units, and an English sentence with its values.
 * Method: a statement of each code, with one and with several things to count; remarks by hand.
 */
import { describe, expect, it } from 'vitest';
import type { Statement } from '../../integrity/statement.ts';
import { ticketStatement } from '../../schemas/ticket-statements.ts';
import { hourUs, secondUs } from '../../units/durations.ts';
import { statementAnswer } from './coded-answer.ts';
import { ticketDetail } from './ticket-words.ts';

const fall = { beforeMicro: 1_001_000_000, afterMicro: 1_234_567, unit: 'kWh' } as const;
const spike = { ...fall, farthestMicro: 0, readings: 1 };
const gap = { lastedUs: hourUs / 2, isOpen: false };
const jump = { countedMicro: 5_000_000, lastedUs: 10 * secondUs, unit: 'kWh' } as const;
const every: readonly [Statement, string][] = [
  [
    { code: 'register_jumped', values: { ...jump, highestHourMicro: null } },
    'The register counted 5 kWh within 10 s.',
  ],
  [
    { code: 'register_jumped', values: { ...jump, highestHourMicro: 2_000_000 } },
    'The register counted 5 kWh within 10 s; its highest hour was 2 kWh.',
  ],
  [
    { code: 'register_fell', values: fall },
    'The register fell from 1001 kWh to 1.235 kWh; as a meter that began anew, all of it was counted.',
  ],
  [
    { code: 'register_fell_without_reset', values: fall },
    'fell from 1001 kWh to 1.235 kWh; and Home Assistant reported no reset (last_reset).',
  ],
  [{ code: 'register_fell_counts_on', values: fall }, 'to 1.235 kWh and goes on there; it is counted on'],
  [
    { code: 'spike', values: spike },
    'The register went from 1001 kWh to 0 kWh for 1 reading and came back to 1.235 kWh.',
  ],
  [
    { code: 'spike_before_reset', values: { ...spike, readings: 2 } },
    'for 2 readings and only then began anew at 1.235 kWh.',
  ],
  [
    { code: 'hours_differ', values: { oursMicro: 3_000_000, theirsMicro: 2_000_000, unit: 'm³' } },
    "Our readings give 3 m³, Home Assistant's statistics 2 m³ for the same time.",
  ],
  [
    { code: 'gap_of_home', values: { ...gap, isOpen: true } },
    'known of any entity for 30 minutes and still;',
  ],
  [{ code: 'gap_of_register', values: gap }, 'nothing is known of it for 30 minutes; Home Assistant'],
  [{ code: 'gap_of_power', values: gap }, 'is not known and not counted.'],
  [{ code: 'gap_of_value', values: gap }, 'No energy is derived from it.'],
  [
    { code: 'counter_frozen', values: { stillUs: 4 * hourUs, powerEntityId: 'sensor.p', meanW: 250 } },
    'The counter stood still for 4 hours while sensor.p reported 250 W on average.',
  ],
  [
    { code: 'power_frozen', values: { valueW: 12, stillUs: 10 * hourUs, usualUs: hourUs / 2 } },
    'kept 12 W for 10 hours; otherwise it keeps a value for 30 minutes at most.',
  ],
  [
    { code: 'states_silent', values: { entities: 1, silentUs: hourUs / 10 } },
    'no states of the entity for 6 minutes,',
  ],
  [
    { code: 'states_silent', values: { entities: 2, silentUs: hourUs / 60 } },
    'no states of 2 entities for 1 minute,',
  ],
  [{ code: 'readings_added', values: { readings: 1 } }, 'held a reading that'],
  [{ code: 'readings_added', values: { readings: 37 } }, 'held 37 readings that'],
  [
    { code: 'readings_lost', values: { readings: 2, readingsBefore: 9 } },
    'holds 2 readings of this hour, where it held 9',
  ],
  [{ code: 'unit_changed', values: { unitBefore: 'kWh', unit: 'Wh' } }, 'in Wh now, and in kWh before'],
  [{ code: 'renamed', values: { entityId: 'a.a', newEntityId: 'b.b' } }, 'a.a is called b.b now'],
  [{ code: 'removed', values: { entityId: 'a.a' } }, 'no longer has a.a;'],
  [{ code: 'id_reused', values: { entityId: 'a.a' } }, 'Another entity has the id a.a now'],
  [{ code: 'replaced', values: { entityId: 'a.a', newEntityId: 'b.b' } }, 'b.b seems to replace a.a'],
  [{ code: 'disk_full', values: { freeBytes: 40_600_000 } }, 'only 41 MB left'],
  [{ code: 'out_of_order', values: { readings: 1, entities: 1 } }, '1 reading of it came'],
  [{ code: 'out_of_order', values: { readings: 3, entities: 2 } }, '3 readings of 2 entities came'],
  [{ code: 'clock_ahead', values: { driftUs: 42 * secondUs } }, '42 s ahead of Home Assistant’s.'],
  [{ code: 'clock_behind', values: { driftUs: 42 * secondUs } }, '42 s behind Home Assistant’s.'],
  [{ code: 'more_found', values: { findings: 7 } }, 'found 7 more things'],
  [{ code: 'as_written', values: { detail: 'As it was.' } }, 'As it was.'],
];
const plain = { decision: null, unmended: null };

describe('a statement', () => {
  it.each(every)('%j has a sentence', (statement, words) => {
    expect(ticketDetail(statementAnswer(statement), plain)).toContain(words);
  });

  it('is tested of every code', () => {
    const codes = ticketStatement.options.map(({ shape }) => shape.code.value);
    expect(new Set(every.map(([{ code }]) => code))).toEqual(new Set(codes));
  });

  it('has the names and units of the API', () => {
    expect(statementAnswer({ code: 'register_jumped', values: { ...jump, highestHourMicro: null } })).toEqual(
      {
        code: 'register_jumped',
        values: { counted: 5, lasted_seconds: 10, highest_hour: null, unit: 'kWh' },
      },
    );
    const frozen = { stillUs: hourUs, powerEntityId: 'sensor.p', meanW: 250 };
    expect(statementAnswer({ code: 'counter_frozen', values: frozen }).values).toEqual({
      ...{ still_seconds: 3600, power_entity_id: 'sensor.p', mean_w: 250 },
    });
  });

  it.each([
    [0, '0 minutes'],
    [1 / 60, '1 minute'],
    [119.4 / 60, '119 minutes'],
    [2, '2 hours'],
    [71.9, '71.9 hours'],
    [72, '3 days'],
    [100, '4.2 days'],
  ])('has a duration of %d h as %s', (hours, words) => {
    const values = { lastedUs: hours * hourUs, isOpen: false };
    expect(ticketDetail(statementAnswer({ code: 'gap_of_value', values }), plain)).toContain(`for ${words};`);
  });
});

describe('the detail of a ticket', () => {
  const statement = statementAnswer({ code: 'as_written', values: { detail: 'Found.' } });
  const decision = {
    choice: 'exclude',
    valueMicro: null,
    by: null,
    notes: '',
    atUs: 1,
    correctionIds: [],
  } as const;

  it('includes what was done without a person', () => {
    const left = { unmended: null, decision: { ...decision, isAutomatic: true } };
    expect(ticketDetail(statement, left)).toBe('Found. It was left out of what is counted.');
    const decided = { unmended: null, decision: { ...decision, isAutomatic: false } };
    expect(ticketDetail(statement, decided)).toBe('Found.');
  });

  it('includes why it could not be left out', () => {
    const unmended = { countedMicro: 5_250_000, mostMicro: 2000, unit: 'm³' } as const;
    expect(ticketDetail(statement, { decision: null, unmended })).toBe(
      'Found. It could not be left out by itself: the ledger still counted 5.25 m³ there, where its readings give 0.002 m³ at most.',
    );
  });
});
