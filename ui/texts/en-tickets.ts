/** What tickets say, from their codes and values. */
import type { TicketValues } from '../../src/schemas/ticket-statements.ts';

/** Formats a value for the user. */
export interface Say {
  amount(value: number, unit: string): string;
  duration(seconds: number): string;
  power(watts: number): string;
  count(value: number): string;
  bytes(value: number): string;
}

type StatementTexts = {
  readonly [C in keyof TicketValues]: (values: TicketValues[C], say: Say) => string;
};

function readings(count: number, say: Say): string {
  return `${say.count(count)} ${count === 1 ? 'reading' : 'readings'}`;
}

function fell({ before, after, unit }: TicketValues['register_fell'], say: Say): string {
  return `The register fell from ${say.amount(before, unit)} to ${say.amount(after, unit)}`;
}

function went({ before, farthest, readings: count, unit }: TicketValues['spike'], say: Say): string {
  const [from, to] = [say.amount(before, unit), say.amount(farthest, unit)];
  return `The register went from ${from} to ${to} for ${readings(count, say)}`;
}

function gap(values: TicketValues['gap_of_home'], say: Say): string {
  const length = say.duration(values.lasted_seconds);
  return values.is_open
    ? `Nothing is known for ${length}, and it goes on. Home Assistant’s history has nothing either.`
    : `Nothing is known for ${length}. Home Assistant’s history has nothing either.`;
}

const clocks =
  'Check whether the machines of the app and of Home Assistant set their clocks by the network (NTP).';

export const ticketStatementsEn: StatementTexts = {
  register_jumped: ({ counted, lasted_seconds: lasted, highest_hour: highest, unit }, say) =>
    `The register counted ${say.amount(counted, unit)} within ${say.duration(lasted)}.${highest === null ? '' : ` Its highest hour until then was ${say.amount(highest, unit)}.`}`,
  register_fell: (values, say) =>
    `${fell(values, say)}. All of it was counted, as of a meter that began anew.`,
  register_fell_without_reset: (values, say) =>
    `${fell(values, say)}, and Home Assistant reported no reset (last_reset).`,
  register_fell_counts_on: (values, say) =>
    `${fell(values, say)} and goes on there. It is counted on from there; what was used in between is not known.`,
  spike: (values, say) => `${went(values, say)} and came back to ${say.amount(values.after, values.unit)}.`,
  spike_before_reset: (values, say) =>
    `${went(values, say)}, and only then began anew at ${say.amount(values.after, values.unit)}.`,
  hours_differ: ({ ours, theirs, unit }, say) =>
    `By the readings it is ${say.amount(ours, unit)}, by Home Assistant’s statistics ${say.amount(theirs, unit)}.`,
  gap_of_home: (values, say) =>
    `${gap(values, say)} What registers counted meanwhile is known as a whole; how it is spread over the time is an estimate.`,
  gap_of_register: (values, say) =>
    `${gap(values, say)} What the register counted meanwhile is known as a whole; how it is spread over the time is an estimate.`,
  gap_of_power: (values, say) =>
    `${gap(values, say)} What the device used meanwhile is not known and not counted.`,
  gap_of_value: (values, say) => `${gap(values, say)} No energy is derived from it.`,
  counter_frozen: ({ still_seconds: still, power_entity_id: power, mean_w: mean }, say) =>
    `The counter stood still for ${say.duration(still)}, while ${power} reported ${say.power(mean)} on average.`,
  power_frozen: ({ value_w: value, still_seconds: still, usual_seconds: usual }, say) =>
    `The sensor kept ${say.power(value)} for ${say.duration(still)}. Otherwise it keeps a value for ${say.duration(usual)} at most.`,
  states_silent: ({ entities, silent_seconds: silent }, say) =>
    `Home Assistant answered, but sent no states of ${entities === 1 ? 'the entity' : `${say.count(entities)} entities`} for ${say.duration(silent)}, though they changed. The app subscribed again and fetched what was missed.`,
  readings_added: ({ readings: count }, say) =>
    `Home Assistant’s history held ${readings(count, say)} that ${count === 1 ? 'was' : 'were'} missing here. ${count === 1 ? 'It was' : 'They were'} added, and the figures were calculated again.`,
  readings_lost: ({ readings: count, readings_before: before }, say) =>
    `Only ${readings(count, say)} of this hour ${count === 1 ? 'is' : 'are'} left of ${say.count(before)}, and Home Assistant no longer has the others.`,
  unit_changed: ({ unit_before: before, unit }) =>
    `Home Assistant shows it in ${unit} now, and in ${before} before. It is stored in one unit all the same.`,
  renamed: ({ entity_id: id, new_entity_id: newId }) =>
    `${id} is called ${newId} now. Its past goes on under the new name.`,
  removed: ({ entity_id: id }) =>
    `Home Assistant no longer has ${id}. Its readings stay, and nothing new comes.`,
  id_reused: ({ entity_id: id }) =>
    `Another entity has the id ${id} now. Check whether it counts the same meter.`,
  replaced: ({ entity_id: id, new_entity_id: newId }) =>
    `${newId} seems to replace ${id}: it has the same device and name. Record it in the settings to go on.`,
  disk_full: ({ free_bytes: free }, say) =>
    `The disk had only ${say.bytes(free)} left. Nothing is written until there is room.`,
  out_of_order: ({ readings: count, entities }, say) =>
    `${readings(count, say)} of ${entities === 1 ? 'it' : `${say.count(entities)} entities`} came after a newer one. ${count === 1 ? 'It was' : 'Each was'} stored at its own time, and the figures follow.`,
  clock_ahead: ({ drift_seconds: drift }, say) =>
    `The app’s clock is ${say.duration(drift)} ahead of Home Assistant’s. Readings keep Home Assistant’s time, but a quarter-hour is closed too soon. ${clocks}`,
  clock_behind: ({ drift_seconds: drift }, say) =>
    `The app’s clock is ${say.duration(drift)} behind Home Assistant’s. Readings keep Home Assistant’s time, but those that are five minutes ahead are refused. ${clocks}`,
  more_found: ({ findings }, say) =>
    `The check found ${say.count(findings)} more things than it opens tickets for. The next check looks for them again.`,
  // Stored before tickets had codes.
  as_written: ({ detail }) => detail,
};
