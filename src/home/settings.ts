/**
 * The registry of settings: each key stands once, beside the type of its value, with what a stored value looks like and
 * what becomes of older ones. A room registers its own with `setting`; nobody reads or writes a key otherwise.
 */
import { z } from 'zod';
import type { Log } from '../runtime/log.ts';
import type { SettingsStore } from './settings-store.ts';

export interface Setting<T> {
  /** As it is stored. Use another key when older values must not count any more (`…_2`). */
  readonly key: string;
  /** Reads a stored value, which is JSON. */
  readonly schema: z.ZodType<T>;
  /** Answered when nothing is stored, null is, or what does not fit. */
  readonly fallback: T;
  /** Makes the value of an older program, any JSON, one that the schema reads; must not throw. */
  readonly migrate?: (stored: unknown) => unknown;
  /** What is stored of a value; the value itself when not given. The schema reads it back. */
  readonly toStored?: (value: T) => unknown;
}

const registeredKeys = new Set<string>();

/** Registers a setting. Throws when its key is registered already. */
export function setting<T>(registered: Setting<T>): Setting<T> {
  if (registeredKeys.has(registered.key))
    throw new Error(`The setting ${registered.key} is registered twice`);
  registeredKeys.add(registered.key);
  return registered;
}

/** The setting of one of many that share a registered one: its key is the registered key and `id`. */
export function settingOf<T>(registered: Setting<T>, id: string): Setting<T> {
  return { ...registered, key: `${registered.key}${id}` };
}

/** Reads a list; an element that does not fit is left out, so that it does not cost the others. */
export function fitting<T>(element: z.ZodType<T>): z.ZodType<T[]> {
  return z.array(z.unknown()).transform((elements) =>
    elements.flatMap((one) => {
      const read = element.safeParse(one);
      return read.success ? [read.data] : [];
    }),
  );
}

/** Typed values over the store. Calls reject when the store is down. */
export class Settings {
  readonly #store: SettingsStore;
  readonly #log: Log;
  /** A value may be read every few minutes: each key is logged once. */
  readonly #loggedKeys = new Set<string>();

  constructor(store: SettingsStore, log: Log) {
    this.#store = store;
    this.#log = log;
  }

  async get<T>({ key, schema, fallback, migrate }: Setting<T>): Promise<T> {
    let stored: unknown;
    try {
      stored = await this.#store.get(key);
    } catch (cause) {
      if (!(cause instanceof SyntaxError)) throw cause;
      this.#logUnfit(key, 'It is not JSON');
      return fallback;
    }
    if (stored === undefined || stored === null) return fallback;
    const read = schema.safeParse(migrate === undefined ? stored : migrate(stored));
    if (read.success) return read.data;
    this.#logUnfit(key, z.prettifyError(read.error));
    return fallback;
  }

  set<T>({ key, toStored }: Setting<T>, value: T, atUs: number): Promise<void> {
    return this.#store.set(key, toStored === undefined ? value : toStored(value), atUs);
  }

  /** @param problem names fields and types, never a value: it may be a token */
  #logUnfit(key: string, problem: string): void {
    if (this.#loggedKeys.has(key)) return;
    this.#loggedKeys.add(key);
    this.#log.warn({ key, problem }, 'A stored setting does not fit and is treated as absent');
  }
}
