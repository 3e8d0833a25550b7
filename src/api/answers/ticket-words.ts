/**
 * The English sentences of tickets, for callers of the API. The panel has words of its own, in the user's language, from the
 * same codes and values.
 */
import type { Ticket } from '../../integrity/ticket.ts';
import type { TicketStatement, TicketValues } from '../../schemas/ticket-statements.ts';
import { valueFromMicro } from '../../units/amount.ts';

type Words = { readonly [C in keyof TicketValues]: (values: TicketValues[C]) => string };

function amountText(value: number, unit: string): string {
  return `${Number(value.toFixed(3))} ${unit}`;
}

function durationText(seconds: number): string {
  const minutes = Math.round(seconds / 60);
  if (minutes < 120) return counted(minutes, 'minute', 'minutes');
  const hours = seconds / 3600;
  return hours < 72 ? `${Number(hours.toFixed(1))} hours` : `${Number((hours / 24).toFixed(1))} days`;
}

function counted(count: number, one: string, many: string): string {
  return `${count} ${count === 1 ? one : many}`;
}

function fell({ before, after, unit }: TicketValues['register_fell']): string {
  return `The register fell from ${amountText(before, unit)} to ${amountText(after, unit)}`;
}

function went({ before, farthest, readings, unit }: TicketValues['spike']): string {
  const [from, to] = [amountText(before, unit), amountText(farthest, unit)];
  return `The register went from ${from} to ${to} for ${counted(readings, 'reading', 'readings')}`;
}

function gapText(
  whose: string,
  { lasted_seconds: lasted, is_open: isOpen }: TicketValues['gap_of_home'],
  consequence: string,
): string {
  const length = `for ${durationText(lasted)}${isOpen ? ' and still' : ''}`;
  return `${whose} ${length}; Home Assistant's history has nothing either. ${consequence}`;
}

const entityGap = 'The entity was unavailable or nothing is known of it';
const estimated = 'as a whole and spread over it as an estimate.';

function clockText(drift: number, where: string, consequence: string): string {
  return `The app’s clock is ${Math.round(drift)} s ${where} Home Assistant’s. Readings keep Home Assistant’s instants, but ${consequence}. Check whether both machines set their clocks by the network (NTP).`;
}

const words: Words = {
  register_jumped: ({ counted: jump, lasted_seconds: lasted, highest_hour: highest, unit }) =>
    `The register counted ${amountText(jump, unit)} within ${Math.round(lasted)} s${highest === null ? '' : `; its highest hour was ${amountText(highest, unit)}`}.`,
  register_fell: (values) => `${fell(values)}; as a meter that began anew, all of it was counted.`,
  register_fell_without_reset: (values) =>
    `${fell(values)}; and Home Assistant reported no reset (last_reset).`,
  register_fell_counts_on: (values) =>
    `${fell(values)} and goes on there; it is counted on from there, and what was used in between is not known.`,
  spike: (values) => `${went(values)} and came back to ${amountText(values.after, values.unit)}.`,
  spike_before_reset: (values) =>
    `${went(values)} and only then began anew at ${amountText(values.after, values.unit)}.`,
  hours_differ: ({ ours, theirs, unit }) =>
    `Our readings give ${amountText(ours, unit)}, Home Assistant's statistics ${amountText(theirs, unit)} for the same time.`,
  gap_of_home: (values) =>
    gapText(
      'Nothing is known of any entity',
      values,
      `What registers counted meanwhile is known ${estimated}`,
    ),
  gap_of_register: (values) =>
    gapText(entityGap, values, `What the register counted meanwhile is known ${estimated}`),
  gap_of_power: (values) =>
    gapText(entityGap, values, 'What the device used meanwhile is not known and not counted.'),
  gap_of_value: (values) => gapText(entityGap, values, 'No energy is derived from it.'),
  counter_frozen: ({ still_seconds: still, power_entity_id: powerEntityId, mean_w: mean }) =>
    `The counter stood still for ${durationText(still)} while ${powerEntityId} reported ${mean} W on average.`,
  power_frozen: ({ value_w: value, still_seconds: still, usual_seconds: usual }) =>
    `The sensor kept ${value} W for ${durationText(still)}; otherwise it keeps a value for ${durationText(usual)} at most.`,
  states_silent: ({ entities, silent_seconds: silent }) =>
    `Home Assistant answered and sent no states of ${entities === 1 ? 'the entity' : `${entities} entities`} for ${durationText(silent)}, though they changed; the app subscribed again and fetched what was missed.`,
  readings_added: ({ readings }) =>
    `Home Assistant's history held ${readings === 1 ? 'a reading' : `${readings} readings`} that were missing here; they were added, and the ledger was posted anew.`,
  readings_lost: ({ readings, readings_before: before }) =>
    `The readings store holds ${counted(readings, 'reading', 'readings')} of this hour, where it held ${before}, and Home Assistant no longer has them.`,
  unit_changed: ({ unit_before: before, unit }) =>
    `Home Assistant shows it in ${unit} now, and in ${before} before; values are kept in one unit all the same.`,
  renamed: ({ entity_id: entityId, new_entity_id: newEntityId }) =>
    `${entityId} is called ${newEntityId} now; its past goes on under the new name.`,
  removed: ({ entity_id: entityId }) =>
    `Home Assistant no longer has ${entityId}; its readings stay, nothing new comes.`,
  id_reused: ({ entity_id: entityId }) =>
    `Another entity has the id ${entityId} now: check whether it counts the same meter.`,
  replaced: ({ entity_id: entityId, new_entity_id: newEntityId }) =>
    `${newEntityId} seems to replace ${entityId}: it has the same device and name. Track it to go on.`,
  disk_full: ({ free_bytes: bytes }) =>
    `The disk had only ${Math.round(bytes / 1_000_000)} MB left: nothing is written until there is room.`,
  out_of_order: ({ readings, entities }) =>
    `${counted(readings, 'reading', 'readings')} of ${entities === 1 ? 'it' : `${entities} entities`} came after a newer one; each was stored at its own instant, and the ledger follows.`,
  clock_ahead: ({ drift_seconds: drift }) =>
    clockText(drift, 'ahead of', 'a quarter-hour is closed too soon'),
  clock_behind: ({ drift_seconds: drift }) =>
    clockText(drift, 'behind', 'those that are five minutes ahead are refused until it is right'),
  more_found: ({ findings }) =>
    `The run found ${findings} more things than it opens tickets for; the next one looks for them again.`,
  as_written: ({ detail }) => detail,
};

function sentence<C extends keyof TicketValues>({ code, values }: TicketStatement<C>): string {
  return words[code](values);
}

/** What was found, and what was done about it without a person. @param statement of the same ticket, as it is answered */
export function ticketDetail(
  statement: TicketStatement,
  { decision, unmended }: Pick<Ticket, 'decision' | 'unmended'>,
): string {
  const parts = [sentence(statement)];
  if (decision?.isAutomatic === true) parts.push('It was left out of what is counted.');
  if (unmended !== null) {
    const text = (micro: number) => amountText(valueFromMicro(micro), unmended.unit);
    parts.push(
      `It could not be left out by itself: the ledger still counted ${text(unmended.countedMicro)} there, where its readings give ${text(unmended.mostMicro)} at most.`,
    );
  }
  return parts.join(' ');
}
