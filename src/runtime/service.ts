import { withDeadline } from './deadline.ts';
import type { Log } from './log.ts';

/** A part of the process that runs from `start` to `stop`. Its constructor does nothing but keep what it is given. */
export interface Service {
  /** For the log. */
  readonly name: string;
  /** Resolves when the services after it may start. Rejects when the process can't go on without it. */
  start(): unknown;
  /** Resolves when it has ended. */
  stop(): Promise<void> | void;
  /** How long `stop` may take, in milliseconds; 2 s when absent. */
  readonly stopWithinMs?: number;
}

const stopWithinMs = 2000;

/** A part with a start and a stop as a service of that name. */
export function serviceOf(name: string, part: Pick<Service, 'start' | 'stop'>): Service {
  return { name, start: () => part.start(), stop: () => part.stop() };
}

/** Starts each service when the one before it has started. Rejects with the first failure; the rest are not started. */
export async function startServices(services: readonly Service[]): Promise<void> {
  for (const service of services) await service.start();
}

/**
 * Stops services in the reverse of the order in which they started. One that fails or hangs is logged and does not keep
 * the others from stopping. Never rejects.
 */
export async function stopServices(services: readonly Service[], log: Log): Promise<void> {
  for (const service of services.toReversed()) {
    const limitMs = service.stopWithinMs ?? stopWithinMs;
    try {
      await withDeadline(Promise.resolve(service.stop()), limitMs, `Stopping ${service.name}`);
    } catch (error) {
      log.error({ err: error, service: service.name }, 'A service did not stop cleanly');
    }
  }
}
