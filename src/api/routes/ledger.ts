import { randomUUID } from 'node:crypto';
import { createRoute, OpenAPIHono, z } from '@hono/zod-openapi';
import { limits, meterId } from '../../contract/common.ts';
import { exchange, ledger as ledgerAnswer, ledgerQuery, newExchange } from '../../contract/ledger.ts';
import type { DeclaredExchange } from '../../ledger/exchange-store.ts';
import type { PostedEntry } from '../../ledger/revision.ts';
import { microFromValue, valueFromMicro } from '../../units/amount.ts';
import { localIso } from '../../units/calendar.ts';
import { instantFromIso, isoFromInstant } from '../../units/instant.ts';
import { quarterUs } from '../../units/quarter.ts';
import { wholeQuarters } from '../../views/span-totals.ts';
import type { Administrators } from '../administrators.ts';
import { rounded, secondsOrNull } from '../amounts.ts';
import type { ApiDeps, ApiEnv } from '../deps.ts';
import { administratorsOnly } from '../guard.ts';
import { fromStore, HttpProblem, onValidated } from '../problems.ts';
import { readRange } from '../ranges.ts';
import { type Subject, subjectNamed } from '../subjects.ts';
import { body, json, problems } from './answers.ts';

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

const declare = createRoute({
  method: 'post',
  path: '/api/ledger/{entity_id}/exchanges',
  tags: ['Ledger'],
  summary: 'Declare that a meter was replaced',
  description:
    'The quarters since then are posted anew, as revisions that say so. For administrators. A second exchange at the same instant is refused.',
  request: { params, body: body(newExchange) },
  responses: {
    201: json(exchange, 'Declared; posting follows at once'),
    ...problems(400, 403, 404, 409, 503),
  },
});

const takeBack = createRoute({
  method: 'delete',
  path: '/api/ledger/{entity_id}/exchanges/{exchange_id}',
  tags: ['Ledger'],
  summary: 'Take a declared exchange back',
  description: 'The quarters since then are posted anew without it. For administrators.',
  request: { params: params.extend({ exchange_id: z.string().min(1).max(64) }) },
  responses: { 204: { description: 'Taken back' }, ...problems(403, 404, 503) },
});

function exchangeRow(declared: DeclaredExchange): z.infer<typeof exchange> {
  return {
    exchange_id: declared.exchangeId,
    at: isoFromInstant(declared.atUs),
    old_register: declared.oldRegisterMicro === null ? null : valueFromMicro(declared.oldRegisterMicro),
    new_register: valueFromMicro(declared.newRegisterMicro),
    notes: declared.notes,
    created_at: isoFromInstant(declared.createdAtUs),
  };
}

function groundsOf(entry: PostedEntry) {
  return {
    amount: valueFromMicro(entry.amountMicro),
    quality: entry.quality,
    coverage: rounded(entry.coveredUs / quarterUs),
    reason: entry.reason,
    revision: entry.revision,
    posted_at: isoFromInstant(entry.postedAtUs),
    cause: entry.cause,
    first_reading: isoFromInstant(entry.firstEvidenceUs),
    last_reading: isoFromInstant(entry.lastEvidenceUs),
  };
}

export function ledgerRoutes(deps: ApiDeps, administrators: Administrators) {
  const { clock, stores, ledger } = deps;
  const { store, exchanges, bookkeeper, views } = ledger;
  const ask = <T>(work: () => Promise<T>) => fromStore(stores, 'questdb', work);
  const inDocuments = <T>(work: () => Promise<T>) => fromStore(stores, 'mongodb', work);

  const meterNamed = async (id: string): Promise<Subject> => {
    const subject = await subjectNamed(deps, id);
    if (subject.counts === null)
      throw new HttpProblem(404, {
        detail: `${id} tells a value and has no ledger; its readings are at /api/readings/${id}.`,
        field: 'entity_id',
        expected: 'a meter of energy or volume, or a device that is known by its power alone',
      });
    return subject;
  };

  const registerNamed = async (id: string): Promise<Subject> => {
    const subject = await meterNamed(id);
    if (!subject.hasRegister)
      throw new HttpProblem(400, {
        detail: `${id} has no register that could begin anew.`,
        field: 'entity_id',
        expected: 'a meter with a register',
      });
    return subject;
  };

  const sumOf = (entries: readonly PostedEntry[], kind: PostedEntry['kind']) => {
    const counted = entries.filter((entry) => entry.kind === kind && entry.reason !== 'withdrawn');
    if (counted.length === 0) return null;
    return valueFromMicro(counted.reduce((sum, entry) => sum + entry.amountMicro, 0));
  };

  const app = new OpenAPIHono<ApiEnv>({ defaultHook: onValidated });
  app.on(['POST', 'DELETE'], ['/api/ledger/*'], administratorsOnly(administrators));
  return app
    .openapi(get, async (c) => {
      const { entity_id: id } = c.req.valid('param');
      const query = c.req.valid('query');
      const asked = readRange({
        start: { field: 'start', text: query.start },
        end: { field: 'end', text: query.end },
        nowUs: clock.nowUs(),
        longestDays: limits.ledgerDays,
      });
      const { startUs, endUs } = wholeQuarters(asked.startUs, asked.endUs);
      const subject = await meterNamed(id);
      const [current, journal, declared] = await Promise.all([
        ask(() => store.current(id, startUs, endUs)),
        ask(() => store.journal(id, startUs, endUs)),
        // Entries are told while the document store is away.
        inDocuments(() => exchanges.of(id)).catch(() => []),
      ]);
      const keyOf = (entry: PostedEntry) => `${entry.kind} ${entry.quarterStartUs}`;
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
            quarter: localIso(entry.quarterStartUs, zone),
            kind: entry.kind,
            provisional: entry.isProvisional,
            on_time_seconds: secondsOrNull(entry.onTimeUs),
            ...groundsOf(entry),
            revisions: (revisions.get(keyOf(entry)) ?? []).map(groundsOf),
          })),
          exchanges: declared.map(exchangeRow),
        },
        200,
      );
    })
    .openapi(declare, async (c) => {
      const { entity_id: id } = c.req.valid('param');
      const asked = c.req.valid('json');
      await registerNamed(id);
      const nowUs = clock.nowUs();
      const atUs = instantFromIso(asked.at);
      if (atUs === null || atUs > nowUs || atUs < Date.UTC(2000, 0, 1) * 1000)
        throw new HttpProblem(400, {
          detail: 'at is not an instant at which a meter was replaced.',
          field: 'at',
          expected: 'an instant after the year 2000 and not in the future',
        });
      const oldRegisterMicro = asked.old_register === null ? null : microFromValue(asked.old_register);
      const newRegisterMicro = microFromValue(asked.new_register);
      if (newRegisterMicro === null || (asked.old_register !== null && oldRegisterMicro === null))
        throw new HttpProblem(400, { detail: 'A register is too large.', field: 'new_register' });
      const before = await inDocuments(() => exchanges.of(id));
      if (before.some((other) => other.atUs === atUs))
        throw new HttpProblem(409, {
          detail: 'An exchange is declared at this instant already. Take it back first.',
          field: 'at',
        });
      const declared: DeclaredExchange = {
        kind: 'exchange',
        exchangeId: randomUUID(),
        entityId: id,
        atUs,
        oldRegisterMicro,
        newRegisterMicro,
        notes: asked.notes,
        createdAtUs: nowUs,
      };
      await inDocuments(() => exchanges.add(declared));
      bookkeeper.touch(id, { fromUs: atUs, untilUs: atUs }, 'corrected');
      return c.json(exchangeRow(declared), 201);
    })
    .openapi(takeBack, async (c) => {
      const { entity_id: id, exchange_id: exchangeId } = c.req.valid('param');
      const declared = await inDocuments(() => exchanges.of(id));
      const found = declared.find((one) => one.exchangeId === exchangeId);
      if (found === undefined)
        throw new HttpProblem(404, { detail: 'There is no such exchange.', field: 'exchange_id' });
      await inDocuments(() => exchanges.remove(exchangeId));
      bookkeeper.touch(id, { fromUs: found.atUs, untilUs: found.atUs }, 'corrected');
      return c.body(null, 204);
    });
}
