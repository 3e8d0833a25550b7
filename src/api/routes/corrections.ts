import { randomUUID } from 'node:crypto';
import { createRoute, OpenAPIHono, z } from '@hono/zod-openapi';
import {
  type Correction,
  correctedInterval,
  type ExchangeCorrection,
} from '../../ledger/evidence/correction.ts';
import type {
  CorrectionChanges,
  CorrectionField,
  CorrectionOutcome,
} from '../../ledger/evidence/corrections.ts';
import { meterId } from '../../schemas/common.ts';
import {
  type correction,
  correctionAnswer,
  type correctionChanges,
  exchange,
  newCorrection,
  newExchange,
  takeBackQuery,
} from '../../schemas/ledger.ts';
import { microFromValue, valueFromMicro } from '../../units/amount.ts';
import { isoFromInstant } from '../../units/instant.ts';
import { readEnds, readInstant } from '../answers/ranges.ts';
import { refusalDetail } from '../answers/refusal-words.ts';
import { ledgerOf } from '../answers/subjects.ts';
import type { Administrators } from '../http/administrators.ts';
import type { ApiDeps, ApiEnv } from '../http/deps.ts';
import { administratorsOnly } from '../http/guard.ts';
import { fromStore, HttpProblem, onValidated } from '../http/problems.ts';
import { body, json, problems } from './answers.ts';

const params = z.object({ entity_id: meterId });
const correctionId = z.string().min(1).max(64);

const declareExchange = createRoute({
  method: 'post',
  path: '/api/ledger/{entity_id}/exchanges',
  tags: ['Ledger'],
  summary: 'Declare that a meter was replaced',
  description:
    'The quarters since then are posted anew, as revisions that say so. For administrators. A second exchange at the same instant is refused.',
  request: { params, body: body(newExchange) },
  responses: { 201: json(exchange, 'Declared and posted'), ...problems(400, 403, 404, 409, 503) },
});

const takeExchangeBack = createRoute({
  method: 'delete',
  path: '/api/ledger/{entity_id}/exchanges/{exchange_id}',
  tags: ['Ledger'],
  summary: 'Take a declared exchange back',
  description: 'The quarters since then are posted anew without it. For administrators.',
  request: { params: params.extend({ exchange_id: correctionId }) },
  responses: { 204: { description: 'Taken back' }, ...problems(403, 404, 503) },
});

const declare = createRoute({
  method: 'post',
  path: '/api/ledger/{entity_id}/corrections',
  tags: ['Ledger'],
  summary: 'Declare that readings are no evidence, or what was delivered',
  description:
    'The quarters around it are posted anew, as revisions that say so; readings and earlier revisions stay. For administrators. What would contradict a correction that is declared already is refused with 409. With `dry_run` nothing is written.',
  request: { params, body: body(newCorrection) },
  responses: {
    200: json(correctionAnswer, 'What would change'),
    201: json(correctionAnswer, 'Declared and posted'),
    ...problems(400, 403, 404, 409, 503),
  },
});

const takeBack = createRoute({
  method: 'delete',
  path: '/api/ledger/{entity_id}/corrections/{correction_id}',
  tags: ['Ledger'],
  summary: 'Take a correction back',
  description:
    'The quarters become what they would be without it, as a further revision. For administrators. Exchanges too.',
  request: { params: params.extend({ correction_id: correctionId }), query: takeBackQuery },
  responses: { 200: json(correctionAnswer, 'What changed, or would'), ...problems(400, 403, 404, 503) },
});

const valueOrNull = (micro: number | null) => (micro === null ? null : valueFromMicro(micro));

export function exchangeRow(declared: ExchangeCorrection): z.infer<typeof exchange> {
  return {
    exchange_id: declared.correctionId,
    at: isoFromInstant(declared.atUs),
    old_register: valueOrNull(declared.oldRegisterMicro),
    new_register: valueFromMicro(declared.newRegisterMicro),
    notes: declared.notes,
    created_at: isoFromInstant(declared.createdAtUs),
  };
}

export function correctionRow(declared: Correction): z.infer<typeof correction> {
  const isExchange = declared.kind === 'exchange';
  const { startUs, endUs } = correctedInterval(declared);
  return {
    correction_id: declared.correctionId,
    kind: declared.kind,
    start: isoFromInstant(startUs),
    // The last instant that it concerns.
    end: isoFromInstant(endUs - 1),
    amount: declared.kind === 'amount' ? valueFromMicro(declared.amountMicro) : null,
    old_register: isExchange ? valueOrNull(declared.oldRegisterMicro) : null,
    new_register: isExchange ? valueFromMicro(declared.newRegisterMicro) : null,
    ticket_id: declared.ticketId,
    notes: declared.notes,
    created_at: isoFromInstant(declared.createdAtUs),
  };
}

function changesTold(changes: CorrectionChanges): z.infer<typeof correctionChanges> {
  return {
    entries: changes.entries,
    quantity_before: valueOrNull(changes.quantityBeforeMicro),
    quantity_after: valueOrNull(changes.quantityAfterMicro),
    start: isoFromInstant(changes.startUs),
    end: isoFromInstant(changes.endUs),
  };
}

type FieldNames = Readonly<Record<CorrectionField, string>>;
const fieldNames: FieldNames = {
  entityId: 'entity_id',
  atUs: 'at',
  startUs: 'start',
  endUs: 'end',
  amountMicro: 'amount',
  oldRegisterMicro: 'old_register',
  newRegisterMicro: 'new_register',
};

/** @throws what the desk refused, as a problem that names the field */
function changesOf(outcome: CorrectionOutcome, names: FieldNames = fieldNames): CorrectionChanges {
  switch (outcome.kind) {
    case 'changed':
      return outcome.changes;
    case 'unknown':
      throw new HttpProblem(404, { detail: 'There is no such correction.', field: 'correction_id' });
    case 'refused':
      throw new HttpProblem(outcome.isConflict ? 409 : 400, {
        detail: refusalDetail(outcome.refusal),
        field: names[outcome.field],
      });
  }
}

function microOf(value: number, field: string): number {
  const micro = microFromValue(value);
  if (micro === null) throw new HttpProblem(400, { detail: `${field} is too large.`, field });
  return micro;
}

export function correctionRoutes(deps: ApiDeps, administrators: Administrators) {
  const { clock, stores, ledger } = deps;
  const { corrections, views } = ledger;
  const atDesk = <T>(work: () => Promise<T>) => fromStore(stores, 'questdb', work);

  const declaredOf = async (entityId: string, id: string, field: string): Promise<Correction> => {
    const declared = await fromStore(stores, 'mongodb', () => corrections.of(entityId));
    const found = declared.find((one) => one.correctionId === id);
    if (found === undefined) throw new HttpProblem(404, { detail: 'There is no such correction.', field });
    return found;
  };

  const app = new OpenAPIHono<ApiEnv>({ defaultHook: onValidated });
  app.on(['POST', 'DELETE'], ['/api/ledger/*'], administratorsOnly(administrators));
  return app
    .openapi(declareExchange, async (c) => {
      const { entity_id: entityId } = c.req.valid('param');
      const asked = c.req.valid('json');
      const { hasRegister } = await ledgerOf(deps, entityId);
      if (!hasRegister)
        throw new HttpProblem(400, {
          detail: `${entityId} has no register that could begin anew.`,
          field: 'entity_id',
          expected: 'a meter with a register',
        });
      const declared: ExchangeCorrection = {
        kind: 'exchange',
        correctionId: randomUUID(),
        entityId,
        atUs: readInstant(asked.at, 'at', views.zone()),
        oldRegisterMicro: asked.old_register === null ? null : microOf(asked.old_register, 'old_register'),
        newRegisterMicro: microOf(asked.new_register, 'new_register'),
        notes: asked.notes,
        createdAtUs: clock.nowUs(),
        ticketId: null,
      };
      changesOf(await atDesk(() => corrections.apply(declared)));
      return c.json(exchangeRow(declared), 201);
    })
    .openapi(takeExchangeBack, async (c) => {
      const { entity_id: entityId, exchange_id: id } = c.req.valid('param');
      const { kind } = await declaredOf(entityId, id, 'exchange_id');
      if (kind !== 'exchange')
        throw new HttpProblem(404, { detail: 'There is no such exchange.', field: 'exchange_id' });
      changesOf(await atDesk(() => corrections.takeBack(id)));
      return c.body(null, 204);
    })
    .openapi(declare, async (c) => {
      const { entity_id: entityId } = c.req.valid('param');
      const asked = c.req.valid('json');
      await ledgerOf(deps, entityId);
      const { start, end } = readEnds(asked, views.zone());
      const span = { startUs: start.us, endUs: end.us };
      const common = {
        correctionId: randomUUID(),
        entityId,
        notes: asked.notes,
        createdAtUs: clock.nowUs(),
        ticketId: null,
      };
      if (asked.kind === 'amount' && asked.amount === undefined)
        throw new HttpProblem(400, {
          detail: 'amount is missing: what the meter delivered between start and end.',
          field: 'amount',
          expected: 'a number, in kWh or m³',
        });
      const declared: Correction =
        asked.kind === 'amount'
          ? { kind: 'amount', ...common, ...span, amountMicro: microOf(asked.amount ?? 0, 'amount') }
          : { kind: 'exclusion', ...common, startUs: span.startUs, endUs: span.endUs + 1 };
      const outcome = await atDesk(() =>
        asked.dry_run ? corrections.preview(declared) : corrections.apply(declared),
      );
      const names = { ...fieldNames, startUs: start.field, endUs: end.field };
      const changes = changesTold(changesOf(outcome, names));
      const told = { correction: correctionRow(declared), dry_run: asked.dry_run, changes };
      return asked.dry_run ? c.json(told, 200) : c.json(told, 201);
    })
    .openapi(takeBack, async (c) => {
      const { entity_id: entityId, correction_id: id } = c.req.valid('param');
      const isDry = c.req.valid('query').dry_run === 'true';
      const found = await declaredOf(entityId, id, 'correction_id');
      const outcome = await atDesk(() =>
        isDry ? corrections.preview({ takeBack: id }) : corrections.takeBack(id),
      );
      const changes = changesTold(changesOf(outcome));
      return c.json({ correction: correctionRow(found), dry_run: isDry, changes }, 200);
    });
}
