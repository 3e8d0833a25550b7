/**
 * Every call of the API: its method and path, and what it takes and answers. The routes, the OpenAPI document and the
 * panel's client are made of this table. The panel imports its types alone, so that no schema is in its bundle.
 */
import type { z } from 'zod';
import { analyticsCalls } from './analytics.ts';
import { balanceCalls } from './balance.ts';
import { costVersionCalls } from './cost-versions.ts';
import { entityCalls } from './entities.ts';
import { gridConnectionCalls } from './grid-connections.ts';
import { ledgerCalls } from './ledger.ts';
import { metricsCalls } from './metrics.ts';
import { nowCalls } from './now.ts';
import { p1Calls } from './p1.ts';
import { readingCalls } from './readings.ts';
import { settingsCalls } from './settings.ts';
import { statisticsCalls } from './statistics.ts';
import { statusCalls } from './status.ts';
import { ticketCalls } from './tickets.ts';

const calls = {
  ...statusCalls,
  ...entityCalls,
  ...settingsCalls,
  ...readingCalls,
  ...nowCalls,
  ...balanceCalls,
  ...p1Calls,
  ...gridConnectionCalls,
  ...statisticsCalls,
  ...ledgerCalls,
  ...analyticsCalls,
  ...costVersionCalls,
  ...ticketCalls,
  ...metricsCalls,
};

type Calls = typeof calls;
export type CallName = keyof Calls;

function isCallName(text: string): text is CallName {
  return text in calls;
}

export const callNames: readonly CallName[] = Object.keys(calls).filter(isCallName);

const methods = ['get', 'post', 'patch', 'delete'] as const;

/** The method of a call, and its path as an OpenAPI document writes it: `/api/readings/{entity_id}`. */
export function addressOf(name: CallName) {
  const path = name.slice(name.indexOf(' ') + 1);
  const method = methods.find((word) => name.startsWith(`${word.toUpperCase()} `));
  if (method === undefined) throw new Error(`${name} has no method of this API`);
  return { method, path };
}

/** A call as a router registers it: `app.openapi` checks the input by it and types what the handler gets and answers. */
export function route<N extends CallName>(name: N) {
  return { ...calls[name], ...addressOf(name) };
}

/** A property that is optional when all of its fields are. */
type Sent<Name extends string, S extends z.ZodType> =
  Record<never, never> extends z.input<S> ? Partial<Record<Name, z.input<S>>> : Record<Name, z.input<S>>;

/** What a call takes, as it is sent: values of the path, the query, the body. */
export type RequestOf<N extends CallName> = (Calls[N] extends {
  request: { params: infer S extends z.ZodType };
}
  ? Sent<'params', S>
  : unknown) &
  (Calls[N] extends { request: { query: infer S extends z.ZodType } } ? Sent<'query', S> : unknown) &
  (Calls[N] extends {
    request: { body: { content: { 'application/json': { schema: infer S extends z.ZodType } } } };
  }
    ? Sent<'body', S>
    : unknown);

/** The statuses of a call whose body is its JSON answer; problems are none. */
export type AnswerStatus<N extends CallName> = {
  [S in keyof Calls[N]['responses']]: Calls[N]['responses'][S] extends {
    content: { 'application/json': unknown };
  }
    ? S
    : never;
}[keyof Calls[N]['responses']];

/** What a call answers, of some of its statuses or of all of them. */
export type AnswerOf<
  N extends CallName,
  S extends AnswerStatus<N> = AnswerStatus<N>,
> = Calls[N]['responses'][S] extends {
  content: { 'application/json': { schema: infer T extends z.ZodType } };
}
  ? z.output<T>
  : never;
