import { randomUUID } from 'node:crypto';
import type { OpenAPIHono } from '@hono/zod-openapi';
import type { z } from 'zod';
import {
  type Correction,
  correctedInterval,
  type ExchangeCorrection,
  type ExclusionCorrection,
} from '../../ledger/evidence/correction.ts';
import type {
  CorrectionChanges,
  CorrectionField,
  CorrectionOutcome,
} from '../../ledger/evidence/corrections.ts';
import { route } from '../../schemas/calls.ts';
import type {
  correction,
  correctionChanges,
  exchange,
  newCorrection,
  newExchange,
} from '../../schemas/ledger.ts';
import { microFromValue, valueFromMicro } from '../../units/amount.ts';
import { isoFromInstant } from '../../units/instant.ts';
import { valueOrNull } from '../answers/amounts.ts';
import { readEnds, readInstant } from '../answers/ranges.ts';
import { refusalDetail } from '../answers/refusal-words.ts';
import { ledgerOf } from '../answers/subjects.ts';
import type { ApiDeps, ApiEnv } from '../http/deps.ts';
import { fromStore, HttpProblem } from '../http/problems.ts';

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

function changesRow(changes: CorrectionChanges): z.infer<typeof correctionChanges> {
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

/** @throws HttpProblem that names the field, when the correction was refused */
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

/** @throws HttpProblem when an amount is missing or too large */
function correctionOf(
  asked: z.output<typeof newCorrection>,
  common: Omit<ExclusionCorrection, 'kind'>,
): Correction {
  // The instant of the end is excluded too.
  if (asked.kind === 'exclusion') return { kind: 'exclusion', ...common, endUs: common.endUs + 1 };
  if (asked.amount === undefined)
    throw new HttpProblem(400, {
      detail: 'amount is missing: what the meter delivered between start and end.',
      field: 'amount',
      expected: 'a number, in kWh or m³',
    });
  return { kind: 'amount', ...common, amountMicro: microOf(asked.amount, 'amount') };
}

/** @throws HttpProblem when a register is too large */
function exchangeOf(
  asked: z.output<typeof newExchange>,
  common: Pick<ExchangeCorrection, 'entityId' | 'atUs' | 'createdAtUs'>,
): ExchangeCorrection {
  const { old_register: old } = asked;
  return {
    ...{ kind: 'exchange', correctionId: randomUUID(), ...common, notes: asked.notes, ticketId: null },
    oldRegisterMicro: old === null ? null : microOf(old, 'old_register'),
    newRegisterMicro: microOf(asked.new_register, 'new_register'),
  };
}

export function correctionRoutes(app: OpenAPIHono<ApiEnv>, deps: ApiDeps) {
  const { clock, stores, ledger } = deps;
  const { corrections, views } = ledger;
  const ask = <T>(work: () => Promise<T>) => fromStore(stores, 'questdb', work);

  const declaredOf = async (entityId: string, id: string, field: string): Promise<Correction> => {
    const declared = await fromStore(stores, 'mongodb', () => corrections.of(entityId));
    const found = declared.find((one) => one.correctionId === id);
    if (found === undefined) throw new HttpProblem(404, { detail: 'There is no such correction.', field });
    return found;
  };

  app
    .openapi(route('POST /api/ledger/{entity_id}/exchanges'), async (c) => {
      const { entity_id: entityId } = c.req.valid('param');
      const asked = c.req.valid('json');
      const { hasRegister } = await ledgerOf(deps, entityId);
      if (!hasRegister)
        throw new HttpProblem(400, {
          detail: `${entityId} has no register that could be exchanged.`,
          field: 'entity_id',
          expected: 'a meter with a register',
        });
      const atUs = readInstant(asked.at, 'at', views.zone());
      const declared = exchangeOf(asked, { entityId, atUs, createdAtUs: clock.nowUs() });
      changesOf(await ask(() => corrections.apply(declared)));
      return c.json(exchangeRow(declared), 201);
    })
    .openapi(route('DELETE /api/ledger/{entity_id}/exchanges/{exchange_id}'), async (c) => {
      const { entity_id: entityId, exchange_id: id } = c.req.valid('param');
      const { kind } = await declaredOf(entityId, id, 'exchange_id');
      if (kind !== 'exchange')
        throw new HttpProblem(404, { detail: 'There is no such exchange.', field: 'exchange_id' });
      changesOf(await ask(() => corrections.takeBack(id)));
      return c.body(null, 204);
    })
    .openapi(route('POST /api/ledger/{entity_id}/corrections'), async (c) => {
      const { entity_id: entityId } = c.req.valid('param');
      const asked = c.req.valid('json');
      await ledgerOf(deps, entityId);
      const { start, end } = readEnds(asked, views.zone());
      const declared = correctionOf(asked, {
        ...{ correctionId: randomUUID(), entityId, notes: asked.notes, createdAtUs: clock.nowUs() },
        ...{ ticketId: null, startUs: start.us, endUs: end.us },
      });
      const outcome = await ask(() =>
        asked.dry_run ? corrections.preview(declared) : corrections.apply(declared),
      );
      const names = { ...fieldNames, startUs: start.field, endUs: end.field };
      const changes = changesRow(changesOf(outcome, names));
      const answer = { correction: correctionRow(declared), dry_run: asked.dry_run, changes };
      return asked.dry_run ? c.json(answer, 200) : c.json(answer, 201);
    })
    .openapi(route('DELETE /api/ledger/{entity_id}/corrections/{correction_id}'), async (c) => {
      const { entity_id: entityId, correction_id: id } = c.req.valid('param');
      const isDry = c.req.valid('query').dry_run === 'true';
      const found = await declaredOf(entityId, id, 'correction_id');
      const outcome = await ask(() =>
        isDry ? corrections.preview({ takeBack: id }) : corrections.takeBack(id),
      );
      const changes = changesRow(changesOf(outcome));
      return c.json({ correction: correctionRow(found), dry_run: isDry, changes }, 200);
    });
}
