import type { Statement } from '../../integrity/statement.ts';
import { type TicketStatement, ticketStatement } from '../../schemas/ticket-statements.ts';
import { valueFromMicro } from '../../units/amount.ts';
import { secondUs } from '../../units/durations.ts';

/**
 * A statement in the names and units of the API: `countedMicro` is answered as `counted` in kWh or m³, `lastedUs` as
 * `lasted_seconds`.
 */
export function statementAnswer({ code, values }: Statement): TicketStatement {
  const answered = Object.entries(values).map(([name, value]) => answeredValue(name, value));
  return ticketStatement.parse({ code, values: Object.fromEntries(answered) });
}

function answeredValue(name: string, value: string | number | boolean | null): [string, typeof value] {
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
