import { minuteMs } from '../units/durations.ts';
import type { Log } from './log.ts';

interface SparingLimits {
  /** Lines of one kind (level and message) per window; further ones are only counted. */
  readonly lines: number;
  readonly windowMs: number;
  /** Kinds that are counted separately in a window; the rest share one count. */
  readonly kinds: number;
}

const defaultSparingLimits: SparingLimits = { lines: 3, windowMs: minuteMs, kinds: 64 };

type Level = 'info' | 'warn' | 'error';

interface Kind {
  readonly level: Level;
  readonly message: string;
  lines: number;
  leftOut: number;
}

/**
 * A log for lines that others can cause as often as they like: of each kind a few lines per window, then one with the
 * number of lines left out. It can't fill the disk, and nothing goes unlogged.
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
    this.#write('info', fields, message);
  }
  warn(fields: object, message: string): void {
    this.#write('warn', fields, message);
  }
  error(fields: object, message: string): void {
    this.#write('error', fields, message);
  }
  child(bindings: object): Log {
    return new SparingLog(this.#log.child(bindings), this.#limits);
  }

  /** Logs what was left out and starts a new window. Runs by itself at the end of a window; call it at a stop. */
  flush(): void {
    clearTimeout(this.#timer ?? undefined);
    this.#timer = null;
    const kinds = [...this.#kinds.values()];
    this.#kinds.clear();
    for (const { level, message, leftOut } of kinds)
      if (leftOut > 0) this.#log[level]({ leftOut, withinMs: this.#limits.windowMs }, message);
  }

  #write(level: Level, fields: object, message: string): void {
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
    const shown = isNew && this.#kinds.size >= this.#limits.kinds ? 'Other lines like these' : message;
    const key = `${level} ${shown}`;
    const kind = this.#kinds.get(key) ?? { level, message: shown, lines: 0, leftOut: 0 };
    this.#kinds.set(key, kind);
    return kind;
  }
}
