import type { Log } from '../../../runtime/log.ts';

export interface RecordedLog extends Log {
  readonly lines: { level: string; message: string; fields: object }[];
}

/** Keeps log lines for tests that check them. */
export function recordedLog(): RecordedLog {
  const lines: RecordedLog['lines'] = [];
  const at = (level: string) => (fields: object, message: string) =>
    void lines.push({ level, message, fields });
  const log: RecordedLog = {
    lines,
    debug: at('debug'),
    info: at('info'),
    warn: at('warn'),
    error: at('error'),
    child: () => log,
  };
  return log;
}
