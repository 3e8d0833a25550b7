import { pino } from 'pino';
import type { Log } from './log.ts';

/**
 * JSON lines on standard output. Values whose field names a secret are replaced, at any of the first three levels.
 */
export function createLog(level: string): Log {
  const secrets = ['token', 'access_token', 'password', 'authorization', 'url'];
  return pino({
    level,
    base: null,
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label) => ({ level: label }) },
    redact: {
      paths: secrets.flatMap((name) => [name, `*.${name}`, `*.*.${name}`]),
      censor: (value, path) =>
        path.at(-1) === 'url' && typeof value === 'string' ? withoutUser(value) : '[redacted]',
    },
  });
}

function withoutUser(url: string): string {
  return url.replace(/\/\/[^/@\s]*@/, '//');
}
