/**
 * Goal: the table of calls is what the API answers, and no call that changes something is open to everybody.
 * Method: the table against the OpenAPI document, and every call made by a user who is no administrator.
 */
import { expect, it } from 'vitest';
import { z } from 'zod';
import { addressOf, callNames } from '../schemas/calls.ts';
import { TestApi } from './testing/test-api.ts';

const api = await new TestApi().ready();

it('has a route for every call, and no other', async () => {
  const document = z
    .object({ paths: z.record(z.string(), z.record(z.string(), z.unknown())) })
    .parse(await (await api.fetch('/api/openapi.json')).json());
  const routes = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
  );
  expect(routes.toSorted()).toEqual([...callNames].sort());
});

const asChild = {
  from: '172.30.32.2',
  headers: { 'x-ingress-path': '/api/hassio_ingress/abc', 'x-remote-user-id': 'child' },
};

it.each(callNames)('refuses %s to others than administrators, unless it only reads', async (name) => {
  const { method, path } = addressOf(name);
  const answer = await api.fetch(path.replaceAll(/\{\w+\}/g, 'sensor.x'), {
    method: method.toUpperCase(),
    ...(method === 'get' ? {} : { json: {} }),
    ...asChild,
  });
  const isRead = method === 'get' || name === 'POST /api/statistics/compare';
  if (isRead) expect(answer.status).not.toBe(403);
  else expect(answer.status).toBe(403);
});
