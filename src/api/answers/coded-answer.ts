import type { Statement } from '../../integrity/statement.ts';
import type { PartProblem } from '../../runtime/health.ts';
import { type PartProblemRow, partProblem } from '../../schemas/part-problems.ts';
import { type TicketStatement, ticketStatement } from '../../schemas/ticket-statements.ts';
import { valueFromMicro } from '../../units/amount.ts';
import { secondUs } from '../../units/durations.ts';

/** A statement in the names and units of the API. */
export function statementAnswer({ code, values }: Statement): TicketStatement {
  return ticketStatement.parse({ code, values: answeredValues(values) });
}

/** A problem in the names and units of the API. */
export function problemAnswer({ code, values }: PartProblem): PartProblemRow {
  return partProblem.parse({ code, values: answeredValues(values) });
}

/** `countedMicro` becomes `counted` in kWh or m³, `lastedUs` becomes `lasted_seconds`. */
function answeredValues(values: object): Record<string, unknown> {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => answeredValue(name, value)));
}

function answeredValue(name: string, value: unknown): [string, unknown] {
  const number = typeof value === 'number' ? value : null;
  if (name.endsWith('Micro'))
    return [snakeCase(name.slice(0, -'Micro'.length)), number === null ? null : valueFromMicro(number)];
  if (name.endsWith('Us'))
    return [`${snakeCase(name.slice(0, -'Us'.length))}_seconds`, number === null ? null : number / secondUs];
  return [snakeCase(name), value];
}

function snakeCase(name: string): string {
  return name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}
