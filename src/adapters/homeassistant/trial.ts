import type { Trial } from '../../home/connection-settings.ts';
import type { Clock } from '../../runtime/clock.ts';
import type { Log } from '../../runtime/log.ts';
import { energySourceCount } from './answers.ts';
import type { Endpoint } from './endpoint.ts';
import { energyPreferences } from './home-assistant.ts';
import { openSession } from './session.ts';
import { defaultTimings, type Timings } from './timings.ts';

interface TrialDeps {
  readonly clock: Clock;
  readonly log: Log;
  readonly timings?: Partial<Timings>;
}

const trialMs = 20_000;

/** Signs in once, reads the energy preferences, and disconnects. Never rejects, and takes at most 25 s. */
export async function tryEndpoint(endpoint: Endpoint, deps: TrialDeps): Promise<Trial> {
  const timings: Timings = { ...defaultTimings, commandMs: 5000, ...deps.timings };
  try {
    const session = await openSession(endpoint, { ...deps, timings }, AbortSignal.timeout(trialMs));
    try {
      const preferences = await energyPreferences((message) => session.command(message));
      return { kind: 'connected', version: session.version, energySources: energySourceCount(preferences) };
    } catch (cause) {
      // The sign-in succeeded, which is what was asked.
      deps.log.info({ err: cause }, 'the energy preferences could not be read');
      return { kind: 'connected', version: session.version, energySources: null };
    } finally {
      session.close('the trial is over');
    }
  } catch (cause) {
    return { kind: 'failed', error: cause instanceof Error ? cause.message : String(cause) };
  }
}
