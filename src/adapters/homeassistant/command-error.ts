import { ERR_CONNECTION_LOST } from 'home-assistant-js-websocket';
import { HomeAssistantUnavailable } from '../../home/home-assistant.ts';
import { isRecord, textOf } from './wire.ts';

/** Home Assistant answered a command with an error. */
export class CommandRefused extends Error {
  override name = 'CommandRefused';
  /** Core's own: `unknown_command`, `not_found`, `unauthorized`, `invalid_format`, `home_assistant_error`… */
  readonly code: string;
  constructor(command: string, code: string, message: string) {
    super(`Home Assistant refused ${command}: ${message === '' ? code : message} (${code})`);
    this.code = code;
  }
}

/** The library rejects with numbers, with Core's error as a plain object, or with that inside a result. */
export function commandError(cause: unknown, command: string): Error {
  if (cause instanceof Error) return cause;
  const error = isRecord(cause) && isRecord(cause.error) ? cause.error : cause;
  if (error === ERR_CONNECTION_LOST || (isRecord(error) && error.code === ERR_CONNECTION_LOST))
    return new HomeAssistantUnavailable(`The connection to Home Assistant was lost during ${command}`);
  if (isRecord(error))
    return new CommandRefused(command, textOf(error.code) ?? 'unknown', textOf(error.message) ?? '');
  return new HomeAssistantUnavailable(`Home Assistant did not answer ${command}: ${String(cause)}`);
}
