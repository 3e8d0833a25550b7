/**
 * Goal: every code of a ticket becomes a sentence with its values in the user's number format.
 * Method: a statement of each code, with one and with several things to count, in English and with German numbers.
 */
import { describe, expect, it } from 'vitest';
import { type TicketStatement, ticketStatement } from '../../../src/schemas/ticket-statements.ts';
import type { TicketRow } from '../../../src/schemas/tickets.ts';
import { en } from '../../texts/en.ts';
import { statementText } from './ticket-statement.ts';
import { figuresOf } from './ticket-words.ts';

const fall = { before: 1204.31, after: 3.5, unit: 'kWh' } as const;
const spike = { ...fall, farthest: 0, readings: 1 };
const gap = { lasted_seconds: 12_000, is_open: false };
const every: readonly [TicketStatement, string][] = [
  [
    {
      code: 'register_jumped',
      values: { counted: 1412.6, lasted_seconds: 10, highest_hour: null, unit: 'm³' },
    },
    'The register counted 1,412.6 m³ within 10 s.',
  ],
  [
    {
      code: 'register_jumped',
      values: { counted: 5, lasted_seconds: 10, highest_hour: 2.25, unit: 'kWh' },
    },
    'within 10 s. Its highest hour until then was 2.25 kWh.',
  ],
  [{ code: 'register_fell', values: fall }, 'fell from 1,204.31 kWh to 3.5 kWh. All of it was counted'],
  [{ code: 'register_fell_without_reset', values: fall }, 'to 3.5 kWh, and Home Assistant reported no reset'],
  [{ code: 'register_fell_counts_on', values: fall }, 'to 3.5 kWh and goes on there.'],
  [{ code: 'spike', values: spike }, 'to 0 kWh for 1 reading and came back to 3.5 kWh.'],
  [
    { code: 'spike_before_reset', values: { ...spike, readings: 1200 } },
    'for 1,200 readings, and only then began anew at 3.5 kWh.',
  ],
  [
    { code: 'hours_differ', values: { ours: 3, theirs: 2, unit: 'm³' } },
    'By the readings it is 3 m³, by Home Assistant’s statistics 2 m³.',
  ],
  [{ code: 'gap_of_home', values: gap }, 'Nothing is known for 3 h 20 min. Home Assistant’s history'],
  [{ code: 'gap_of_register', values: { ...gap, is_open: true } }, 'for 3 h 20 min, and it goes on.'],
  [{ code: 'gap_of_power', values: gap }, 'is not known and not counted.'],
  [{ code: 'gap_of_value', values: gap }, 'No energy is derived from it.'],
  [
    { code: 'counter_frozen', values: { still_seconds: 14_400, power_entity_id: 'sensor.p', mean_w: 1250 } },
    'stood still for 4 h, while sensor.p reported 1,250 W on average.',
  ],
  [
    { code: 'power_frozen', values: { value_w: 12, still_seconds: 86_400, usual_seconds: 540 } },
    'kept 12 W for 24 h. Otherwise it keeps a value for 9 min at most.',
  ],
  [
    { code: 'states_silent', values: { entities: 1, silent_seconds: 360 } },
    'no states of the entity for 6 min',
  ],
  [
    { code: 'states_silent', values: { entities: 2, silent_seconds: 360 } },
    'no states of 2 entities for 6 min',
  ],
  [{ code: 'readings_added', values: { readings: 1 } }, 'held 1 reading that was missing here. It was added'],
  [{ code: 'readings_added', values: { readings: 37 } }, '37 readings that were missing here. They were'],
  [
    { code: 'readings_lost', values: { readings: 2, readings_before: 9 } },
    'Only 2 readings of this hour are left of 9',
  ],
  [
    { code: 'readings_lost', values: { readings: 1, readings_before: 9 } },
    'Only 1 reading of this hour is left of 9',
  ],
  [{ code: 'unit_changed', values: { unit_before: 'kWh', unit: 'Wh' } }, 'in Wh now, and in kWh before'],
  [{ code: 'renamed', values: { entity_id: 'a.a', new_entity_id: 'b.b' } }, 'a.a is called b.b now.'],
  [{ code: 'removed', values: { entity_id: 'a.a' } }, 'no longer has a.a.'],
  [{ code: 'id_reused', values: { entity_id: 'a.a' } }, 'Another entity has the id a.a now.'],
  [{ code: 'replaced', values: { entity_id: 'a.a', new_entity_id: 'b.b' } }, 'b.b seems to replace a.a'],
  [{ code: 'disk_full', values: { free_bytes: 40_600_000 } }, 'only 40.6 MB left'],
  [
    { code: 'out_of_order', values: { readings: 1, entities: 1 } },
    '1 reading of it came after a newer one. It was',
  ],
  [
    { code: 'out_of_order', values: { readings: 3, entities: 2 } },
    '3 readings of 2 entities came after a newer one. Each',
  ],
  [{ code: 'clock_ahead', values: { drift_seconds: 42 } }, '42 s ahead of Home Assistant’s.'],
  [{ code: 'clock_behind', values: { drift_seconds: 3600 } }, '1 h behind Home Assistant’s.'],
  [{ code: 'more_found', values: { findings: 7 } }, 'found 7 more things'],
  [{ code: 'as_written', values: { detail: 'As it was.' } }, 'As it was.'],
];

type Said = TicketStatement & Pick<TicketRow, 'unmended'>;
const text = (said: Said, language = 'en') =>
  statementText(said as TicketRow, en, language).replaceAll('\u00a0', ' ');

describe('the sentence of a ticket', () => {
  it.each(every)('%j', (statement, words) => {
    expect(text({ ...statement, unmended: null })).toContain(words);
  });

  it('is tested of every code', () => {
    const codes = ticketStatement.options.map(({ shape }) => shape.code.value);
    expect(new Set(every.map(([{ code }]) => code))).toEqual(new Set(codes));
  });

  it('has numbers in the format of the user', () => {
    const [[statement]] = every as [(typeof every)[0]];
    expect(text({ ...statement, unmended: null }, 'de')).toContain('1.412,6 m³');
  });

  it('adds why it could not be left out', () => {
    const unmended = { counted: 5.25, most: 0.002, unit: 'kWh' } as const;
    expect(text({ code: 'spike', values: spike, unmended })).toMatch(
      /came back to 3\.5 kWh\. It could not be left out without you: 5\.25 kWh were .* 0\.002 kWh at most\.$/,
    );
  });
});

it('shows figures beside the sentence, except a single one that the sentence has', () => {
  const locale = { language: 'en' } as Parameters<typeof figuresOf>[2];
  const gapFigure = { name: 'gap_seconds', value: 5400, unit: 's' } as const;
  const shown = (...evidence: TicketRow['evidence']) =>
    figuresOf({ evidence } as unknown as TicketRow, en, locale).map(({ label, text: words }) => [
      label,
      words,
    ]);
  expect(shown(gapFigure)).toEqual([]);
  expect(shown({ name: 'added', value: 37, unit: '' }, gapFigure)).toEqual([
    ['Readings added', '37'],
    ['Length', '1\u00a0h 30\u00a0min'],
  ]);
});
