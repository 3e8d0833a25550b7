import type { Clock } from '../../runtime/clock.ts';
import type { Log } from '../../runtime/log.ts';
import { energySourceCount } from './answers.ts';
import type { Endpoint } from './endpoint.ts';
import { energyPreferences } from './home-assistant.ts';
import { openSession } from './session.ts';
import { defaultTimings, type Timings } from './timings.ts';

export type Trial =
  | {
      readonly kind: 'connected';
      readonly version: string;
      /** Sources in the energy preferences; null when none are set or Core does not tell yet. */
      readonly energySources: number | null;
    }
  /** `error` says what to do. */
  | { readonly kind: 'failed'; readonly error: string };

export interface TrialDeps {
  readonly clock: Clock;
  readonly log: Log;
  readonly timings?: Partial<Timings>;
}

const trialMs = 20_000;

/** Signs in once, looks, and leaves. Never rejects, and takes no longer than 25 s. */
export async function tryEndpoint(endpoint: Endpoint, deps: TrialDeps): Promise<Trial> {
  const timings: Timings = { ...defaultTimings, commandMs: 5000, ...deps.timings };
  try {
    const session = await openSession(endpoint, { ...deps, timings }, AbortSignal.timeout(trialMs));
    try {
      const preferences = await energyPreferences((message) => session.command(message));
      return { kind: 'connected', version: session.version, energySources: energySourceCount(preferences) };
    } catch (cause) {
      // It let us in, which is what was asked.
      deps.log.info({ err: cause }, 'the energy preferences could not be read');
      return { kind: 'connected', version: session.version, energySources: null };
    } finally {
      session.close('the trial is over');
    }
  } catch (cause) {
    return { kind: 'failed', error: cause instanceof Error ? cause.message : String(cause) };
  }
}
