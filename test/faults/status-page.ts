/** What the process says of itself while things go wrong, and what its ledger is worth afterwards. */
import { expect } from 'vitest';
import type { Status } from '../../src/schemas/status.ts';
import type { LedgerProcess } from '../home-assistant/ledger-process.ts';
import { until } from '../home-assistant/until.ts';

export type StatusAnswer = NonNullable<Awaited<ReturnType<LedgerProcess['status']>>>;

/** After a fault everything is as it was; the machine may do other things meanwhile. */
export const wellAgainMs = 90_000;

export class StatusPage {
  readonly #process: LedgerProcess;

  constructor(ledger: LedgerProcess) {
    this.#process = ledger;
  }

  /** Waits until the status page says so; throws with what it reported last. */
  async says(what: string, isSo: (answer: StatusAnswer) => boolean, withinMs = 60_000): Promise<Status> {
    let last: StatusAnswer | null = null;
    try {
      await until(
        what,
        async () => {
          last = await this.#process.status();
          if (last === null) return false;
          // The status code says the same as the body.
          expect(last.code).toBe(last.body.status === 'down' ? 503 : 200);
          return isSo(last);
        },
        withinMs,
      );
    } catch (cause) {
      throw new Error(`The status page does not say "${what}": ${JSON.stringify(last)}`, { cause });
    }
    return (last as StatusAnswer | null)?.body as Status;
  }

  /** All parts are well, and nothing is being back-filled. */
  async isWell(): Promise<Status> {
    return await this.says(
      'all is well',
      ({ body }) =>
        (body.status === 'ok' || isTornOnly(body)) &&
        body.backfill.last_finished_at !== null &&
        !body.backfill.running,
      wellAgainMs,
    );
  }

  /**
   * The ledger, once it is posted, is what its evidence says.
   * @param meterIds those that have quarter-hours before the last two, whose journal is verified too
   */
  async ledgerIsRight(meterIds: readonly string[]): Promise<void> {
    const endMs = performance.now() + wellAgainMs;
    let last = await this.#process.verify();
    while (last.code !== 0 && performance.now() < endMs) last = await this.#process.verify();
    expect(last.output).toContain('The ledger agrees with its evidence.');
    for (const entityId of meterIds)
      expect(last.output).toMatch(new RegExp(`^${entityId}: [1-9]\\d* entries`, 'm'));
  }
}

/** A power cut may tear the spool's unsynced end, and the process reports that until its next start. */
function isTornOnly(status: Status): boolean {
  const { spool, ...parts } = status;
  const areOthersWell = Object.values(parts).every(
    (part) => typeof part !== 'object' || !('ok' in part) || part.ok,
  );
  return areOthersWell && /bytes of the spool were damaged/.test(spool.detail ?? '');
}
