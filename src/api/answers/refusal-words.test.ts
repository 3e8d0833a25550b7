/** Goal: every refusal has a sentence that names its values. Method: each code by hand. */
import { expect, it } from 'vitest';
import { refusalDetail } from './refusal-words.ts';

it.each<[Parameters<typeof refusalDetail>[0], string]>([
  [{ code: 'not_offered', values: { offered: ['accept', 'exclude'] } }, 'choices are: accept, exclude.'],
  [{ code: 'not_offered', values: { offered: [] } }, 'This ticket has nothing to choose.'],
  [{ code: 'value_needed' }, 'The quantity between start and end is needed.'],
  [{ code: 'new_register_needed' }, 'The first register of the new meter is needed.'],
  [{ code: 'not_open', values: { status: 'decided', isUndoable: true } }, 'is decided; undo that first.'],
  [{ code: 'not_open', values: { status: 'passed', isUndoable: false } }, 'The ticket is passed.'],
  [{ code: 'nothing_decided' }, 'Nothing was decided that could be undone.'],
  [{ code: 'not_tracked', values: { entityId: 'sensor.a' } }, 'sensor.a is not a meter that is tracked.'],
  [{ code: 'no_register', values: { entityId: 'sensor.a' } }, 'sensor.a has no register'],
  [{ code: 'too_many', values: { limit: 500 } }, '500 corrections are declared'],
  [{ code: 'too_long', values: { limitDays: 400 } }, 'at most 400 days.'],
  [{ code: 'exchange_out_of_range' }, 'A meter was replaced after the year 2000'],
  [{ code: 'exchange_exists' }, 'An exchange is declared at this instant already.'],
  [{ code: 'amount_exists' }, 'A quantity is declared around this instant.'],
  [{ code: 'start_out_of_range' }, 'A correction begins after the year 2000'],
  [{ code: 'end_before_start' }, 'A correction ends after its start.'],
  [{ code: 'end_in_future' }, 'does not end in the future.'],
  [{ code: 'amount_negative' }, 'only counts up'],
  [{ code: 'overlaps' }, 'A quantity or an exchange is declared within this time already.'],
])('the refusal %j has a sentence', (refusal, words) => {
  expect(refusalDetail(refusal)).toContain(words);
});
