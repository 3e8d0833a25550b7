import type { OpenAPIHono } from '@hono/zod-openapi';
import type { PostedEntry } from '../../ledger/entries/revision.ts';
import { route } from '../../schemas/calls.ts';
import { limits } from '../../schemas/common.ts';
import { wholeQuarterHours } from '../../statistics/span-totals.ts';
import { valueFromMicro } from '../../units/amount.ts';
import { localIso } from '../../units/calendar.ts';
import { quarterHourUs } from '../../units/durations.ts';
import { isoFromInstant } from '../../units/instant.ts';
import { rounded, secondsOrNull } from '../answers/amounts.ts';
import { rangeOf } from '../answers/ranges.ts';
import { ledgerOf } from '../answers/subjects.ts';
import type { ApiDeps, ApiEnv } from '../http/deps.ts';
import { fromStore } from '../http/problems.ts';
import { timeRangeOf } from '../http/wire.ts';
import { correctionRow, exchangeRow } from './corrections.ts';

function groundsOf(entry: PostedEntry) {
  return {
    amount: valueFromMicro(entry.amountMicro),
    quality: entry.quality,
    coverage: rounded(entry.coveredUs / quarterHourUs),
    reason: entry.reason,
    revision: entry.revision,
    posted_at: isoFromInstant(entry.postedAtUs),
    cause: entry.cause,
    first_reading: isoFromInstant(entry.firstEvidenceUs),
    last_reading: isoFromInstant(entry.lastEvidenceUs),
  };
}

export function ledgerRoutes(app: OpenAPIHono<ApiEnv>, deps: ApiDeps) {
  const { stores, ledger } = deps;
  const { store, corrections, views } = ledger;
  const ask = <T>(work: () => Promise<T>) => fromStore(stores, 'questdb', work);
  const inDocuments = <T>(work: () => Promise<T>) => fromStore(stores, 'mongodb', work);

  const sumOf = (entries: readonly PostedEntry[], kind: PostedEntry['kind']) => {
    const counted = entries.filter((entry) => entry.kind === kind && entry.reason !== 'withdrawn');
    if (counted.length === 0) return null;
    return valueFromMicro(counted.reduce((sum, entry) => sum + entry.amountMicro, 0));
  };

  app.openapi(route('GET /api/ledger/{entity_id}'), async (c) => {
    const { entity_id: id } = c.req.valid('param');
    const asked = rangeOf(deps, c.req.valid('query'), limits.ledgerDays);
    const { startUs, endUs } = wholeQuarterHours(asked.startUs, asked.endUs);
    const subject = await ledgerOf(deps, id);
    const [current, journal, declared] = await Promise.all([
      ask(() => store.current(id, startUs, endUs)),
      ask(() => store.journal(id, startUs, endUs)),
      // Entries are answered while the document store is away.
      inDocuments(() => corrections.of(id)).catch(() => []),
    ]);
    const keyOf = (entry: PostedEntry) => `${entry.kind} ${entry.quarterHourStartUs}`;
    const revisions = Map.groupBy(journal, keyOf);
    const zone = views.zone();
    return c.json(
      {
        entity_id: id,
        unit: subject.unit,
        time_range: timeRangeOf({ startUs, endUs }, zone),
        total: sumOf(current, 'quantity'),
        restarts: sumOf(current, 'restart'),
        entries: current.map((entry) => ({
          quarter: localIso(entry.quarterHourStartUs, zone),
          kind: entry.kind,
          provisional: entry.isProvisional,
          on_time_seconds: secondsOrNull(entry.onTimeUs),
          ...groundsOf(entry),
          revisions: (revisions.get(keyOf(entry)) ?? []).map(groundsOf),
        })),
        exchanges: declared.flatMap((one) => (one.kind === 'exchange' ? [exchangeRow(one)] : [])),
        corrections: declared.map(correctionRow),
      },
      200,
    );
  });
}
