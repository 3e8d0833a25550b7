/**
 * Sends changes to every open panel: readings collected for a quarter of a second (the newest of each entity),
 * and that something else is worth fetching again.
 */

import type { Reading } from '../../recording/reading.ts';
import { guarded } from '../../runtime/guarded.ts';
import type { LiveMessage } from '../../schemas/live.ts';
import { isoFromInstant } from '../../units/instant.ts';
import { nowOf, powerOf } from '../answers/now.ts';
import type { ApiDeps } from '../http/deps.ts';
import { MessageRing } from './ring.ts';

interface LiveClient {
  /** Must not throw and must not wait. */
  send(text: string): void;
}

type Changed = Extract<LiveMessage, { type: 'changed' }>['what'][number];

export const collectMs = 250;
/** A browser does not show pings; an empty message now and then shows that the connection stands. */
const quietMs = 15_000;
const ringCount = 1200;
const ringBytes = 4 * 1024 * 1024;

type HubDeps = Pick<ApiDeps, 'home' | 'recording' | 'clock' | 'homeAssistant' | 'log'>;

export class LiveHub {
  readonly #deps: HubDeps;
  readonly #ring = new MessageRing(ringCount, ringBytes);
  readonly #clients = new Set<LiveClient>();
  /** Entities with something new. */
  readonly #touched = new Set<string>();
  readonly #changed = new Set<Changed>();
  #seq: number;
  #timer: NodeJS.Timeout | null = null;
  #quietTimer: NodeJS.Timeout | undefined;
  #stopListening: (() => void)[] = [];

  constructor(deps: HubDeps) {
    this.#deps = deps;
    // Begins at the present, so that no number of an earlier process is used again.
    this.#seq = Math.floor(deps.clock.nowUs() / 1000);
  }

  start(): void {
    const { home, recording, homeAssistant, log } = this.#deps;
    // A changed day is reported from a timer, where no caller would catch an error.
    const touch = guarded(log, 'Panels were not notified of the day', (ids: readonly string[]) =>
      this.#touch(ids),
    );
    this.#stopListening = [
      recording.onReadings((fed) => this.#collect(fed.readings, fed.missed)),
      recording.onTodayChange(touch),
      home.onChange((change) => this.changed(change === 'config' ? 'settings' : 'entities')),
      homeAssistant.onStatus(() => this.changed('status', 'settings')),
    ];
    this.#waitForQuiet();
  }

  stop(): void {
    clearTimeout(this.#quietTimer);
    for (const stop of this.#stopListening) stop();
    this.#stopListening = [];
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    this.#clients.clear();
  }

  clientCount(): number {
    return this.#clients.size;
  }

  /** Notifies the panels to fetch this again, with the next message. */
  changed(...what: readonly Changed[]): void {
    for (const one of what) this.#changed.add(one);
    this.#schedule();
  }

  /** @param since the last number the client saw, null when none; returns the way to leave */
  join(client: LiveClient, since: number | null): () => void {
    this.#flush();
    const missed = since === null ? null : this.#ring.after(since, this.#seq);
    if (missed === null) {
      const snapshot: LiveMessage = { type: 'snapshot', seq: this.#seq, now: nowOf(this.#deps) };
      client.send(JSON.stringify(snapshot));
    } else {
      for (const message of missed) client.send(message.text);
    }
    this.#clients.add(client);
    return () => this.#clients.delete(client);
  }

  #collect(readings: readonly Reading[], missed: number): void {
    const { recording, home } = this.#deps;
    for (const { entityId, atUs } of readings) {
      this.#touched.add(entityId);
      // A back-filled reading does not change the present, but charts of the past have to be drawn again.
      if (atUs < (recording.newest(entityId)?.atUs ?? 0)) this.#changed.add('readings');
    }
    if (missed > 0) for (const entity of home.recorded()) this.#touched.add(entity.entityId);
    this.#schedule();
  }

  #touch(entityIds: readonly string[]): void {
    for (const entityId of entityIds) this.#touched.add(entityId);
    this.#schedule();
  }

  #schedule(): void {
    this.#timer ??= setTimeout(
      guarded(this.#deps.log, 'Panels were not notified of changes', () => {
        this.#timer = null;
        this.#flush();
      }),
      collectMs,
    );
  }

  #flush(): void {
    if (this.#touched.size > 0) this.#send(this.#readingsMessage());
    if (this.#changed.size > 0) {
      const what = [...this.#changed];
      this.#changed.clear();
      this.#send({ type: 'changed', seq: this.#seq + 1, what });
    }
  }

  #readingsMessage(): LiveMessage {
    const { home, recording } = this.#deps;
    const ids = [...this.#touched];
    this.#touched.clear();
    const meters = ids.filter((id) => {
      const quantity = home.entity(id)?.quantity;
      return quantity === 'energy' || quantity === 'volume';
    });
    return {
      type: 'readings',
      seq: this.#seq + 1,
      readings: ids.flatMap((id) => {
        const newest = recording.newest(id);
        if (newest === null) return [];
        const { atUs, value, absence, unit } = newest;
        return [{ entity_id: id, timestamp: isoFromInstant(atUs), state: value, absence, unit }];
      }),
      power: powerOf(home, (id) => recording.newest(id)),
      today: Object.fromEntries(meters.map((id) => [id, recording.countedToday(id)])),
      counts: Object.fromEntries(ids.map((id) => [id, recording.readingsToday(id)])),
    };
  }

  #waitForQuiet(): void {
    clearTimeout(this.#quietTimer);
    const sign = () => this.#send({ type: 'changed', seq: this.#seq + 1, what: [] });
    this.#quietTimer = setTimeout(guarded(this.#deps.log, 'Panels were sent no sign of life', sign), quietMs);
  }

  #send(message: LiveMessage): void {
    this.#waitForQuiet();
    this.#seq = message.seq;
    const text = JSON.stringify(message);
    this.#ring.push({ seq: message.seq, text });
    for (const client of this.#clients) client.send(text);
  }
}
