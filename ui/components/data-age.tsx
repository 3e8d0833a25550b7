/** The mark in the top bar: whether values arrive, and the age of the newest. */

import { minuteMs } from '../../src/units/durations.ts';
import { formatAge } from '../format/instants.ts';
import { liveState, locale, newestMs, now, nowMs } from '../state/home.ts';
import { texts } from '../texts/texts.ts';

/** From this age on, values are marked as old. */
const oldMs = 15 * minuteMs;
/** Below this age the seconds are not counted, which would only distract. */
const freshMs = 5000;

export function DataAge() {
  const t = texts().age;
  const { language } = locale.value;
  const at = newestMs.value;
  const age = at === null ? null : formatAge(nowMs.value - at, language);
  let mark: 'live' | 'old' | 'lost' | 'waiting' = 'waiting';
  let short: string = t.connecting;
  let long: string = t.connecting;
  if (liveState.value === 'lost') {
    mark = 'lost';
    short = age === null ? t.lost : t.stale(age);
    long = age === null ? t.lost : t.staleLong(age);
  } else if (liveState.value === 'live' && now.data !== null) {
    mark = at !== null && nowMs.value - at < oldMs ? 'live' : 'old';
    const isFresh = at !== null && nowMs.value - at < freshMs;
    short = age === null ? t.nothing : isFresh ? t.fresh : mark === 'live' ? t.live(age) : t.stale(age);
    long = age === null ? t.nothing : t.liveLong(age);
  }
  return (
    <p class="data-age" data-mark={mark} title={long}>
      <span class="dot" aria-hidden="true" />
      {short}
    </p>
  );
}
