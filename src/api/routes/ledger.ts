import { createRoute, OpenAPIHono, z } from '@hono/zod-openapi';
import type { PostedEntry } from '../../ledger/entries/revision.ts';
import { limits, meterId } from '../../schemas/common.ts';
import { ledger as ledgerAnswer, ledgerQuery } from '../../schemas/ledger.ts';
import { wholeQuarterHours } from '../../statistics/span-totals.ts';
import { valueFromMicro } from '../../units/amount.ts';
import { localIso } from '../../units/calendar.ts';
import { isoFromInstant } from '../../units/instant.ts';
import { quarterHourUs } from '../../units/quarter-hour.ts';
import { rounded, secondsOrNull } from '../answers/amounts.ts';
import { readRange } from '../answers/ranges.ts';
import { ledgerOf } from '../answers/subjects.ts';
import type { ApiDeps, ApiEnv } from '../http/deps.ts';
import { fromStore, onValidated } from '../http/problems.ts';
import { json, problems } from './answers.ts';
import { correctionRow, exchangeRow } from './corrections.ts';

const params = z.object({ entity_id: meterId });

const get = createRoute({
  method: 'get',
  path: '/api/ledger/{entity_id}',
  tags: ['Ledger'],
  summary: 'A meter’s entries, quarter by quarter, with every revision',
  description: `At most ${limits.ledgerDays} days; the range is widened to whole quarter-hours. Amounts are in kWh or m³. Readings between \`first_reading\` and \`last_reading\` are what an entry rests on; they are at /api/readings/{entity_id}.`,
  request: { params, query: ledgerQuery },
  responses: { 200: json(ledgerAnswer, 'Entries'), ...problems(400, 404, 503) },
});

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

export function ledgerRoutes(deps: ApiDeps) {
  const { clock, stores, ledger } = deps;
  const { store, corrections, views } = ledger;
  const ask = <T>(work: () => Promise<T>) => fromStore(stores, 'questdb', work);
  const inDocuments = <T>(work: () => Promise<T>) => fromStore(stores, 'mongodb', work);

  const sumOf = (entries: readonly PostedEntry[], kind: PostedEntry['kind']) => {
    const counted = entries.filter((entry) => entry.kind === kind && entry.reason !== 'withdrawn');
    if (counted.length === 0) return null;
    return valueFromMicro(counted.reduce((sum, entry) => sum + entry.amountMicro, 0));
  };

  const app = new OpenAPIHono<ApiEnv>({ defaultHook: onValidated });
  return app.openapi(get, async (c) => {
    const { entity_id: id } = c.req.valid('param');
    const query = c.req.valid('query');
    const asked = readRange({
      asked: query,
      zone: views.zone(),
      nowUs: clock.nowUs(),
      longestDays: limits.ledgerDays,
    });
    const { startUs, endUs } = wholeQuarterHours(asked.startUs, asked.endUs);
    const subject = await ledgerOf(deps, id);
    const [current, journal, declared] = await Promise.all([
      ask(() => store.current(id, startUs, endUs)),
      ask(() => store.journal(id, startUs, endUs)),
      // Entries are told while the document store is away.
      inDocuments(() => corrections.of(id)).catch(() => []),
    ]);
    const keyOf = (entry: PostedEntry) => `${entry.kind} ${entry.quarterHourStartUs}`;
    const revisions = Map.groupBy(journal, keyOf);
    const zone = views.zone();
    return c.json(
      {
        entity_id: id,
        unit: subject.unit,
        time_range: { start: localIso(startUs, zone), end: localIso(endUs, zone) },
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
