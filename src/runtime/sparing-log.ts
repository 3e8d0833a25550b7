import { minuteMs } from '../units/durations.ts';
import type { Log } from './log.ts';

export interface SparingLimits {
  /** Lines of one kind, level and message, in a window; what is more is only counted. */
  readonly lines: number;
  readonly windowMs: number;
  /** Kinds that are told apart in a window; the rest share one count. */
  readonly kinds: number;
}

export const defaultSparingLimits: SparingLimits = { lines: 3, windowMs: minuteMs, kinds: 64 };

type Level = 'info' | 'warn' | 'error';

interface Kind {
  readonly level: Level;
  readonly message: string;
  lines: number;
  leftOut: number;
}

/**
 * A log for what others can cause as often as they like: of each kind of line a few in a minute, then one that says how
 * many were left out. Nobody fills the disk with it, and nothing happens without being told.
 */
export class SparingLog implements Log {
  readonly #log: Log;
  readonly #limits: SparingLimits;
  readonly #kinds = new Map<string, Kind>();
  #timer: NodeJS.Timeout | null = null;

  constructor(log: Log, limits: Partial<SparingLimits> = {}) {
    this.#log = log;
    this.#limits = { ...defaultSparingLimits, ...limits };
  }

  debug(fields: object, message: string): void {
    this.#log.debug(fields, message);
  }
  info(fields: object, message: string): void {
    this.#tell('info', fields, message);
  }
  warn(fields: object, message: string): void {
    this.#tell('warn', fields, message);
  }
  error(fields: object, message: string): void {
    this.#tell('error', fields, message);
  }
  child(bindings: object): Log {
    return new SparingLog(this.#log.child(bindings), this.#limits);
  }

  /** Says what was left out and begins a new window. Called by itself at the end of a window, and when one stops. */
  flush(): void {
    clearTimeout(this.#timer ?? undefined);
    this.#timer = null;
    const kinds = [...this.#kinds.values()];
    this.#kinds.clear();
    for (const { level, message, leftOut } of kinds)
      if (leftOut > 0) this.#log[level]({ leftOut, withinMs: this.#limits.windowMs }, message);
  }

  #tell(level: Level, fields: object, message: string): void {
    const kind = this.#kind(level, message);
    if (kind.lines >= this.#limits.lines) {
      kind.leftOut += 1;
      return;
    }
    kind.lines += 1;
    this.#log[level](fields, message);
  }

  #kind(level: Level, message: string): Kind {
    this.#timer ??= setTimeout(() => this.flush(), this.#limits.windowMs).unref();
    const isNew = !this.#kinds.has(`${level} ${message}`);
    const told = isNew && this.#kinds.size >= this.#limits.kinds ? 'Other lines like these' : message;
    const key = `${level} ${told}`;
    const kind = this.#kinds.get(key) ?? { level, message: told, lines: 0, leftOut: 0 };
    this.#kinds.set(key, kind);
    return kind;
  }
}
