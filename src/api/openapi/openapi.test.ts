/**
 * Goal: the description is a valid OpenAPI document, and what it says is what is answered.
 * Method: an independent validator; every operation of the document asked with each method, with input that can't be
 * right, and with every store away, on the application in memory.
 */
import { Validator } from '@seriousme/openapi-schema-validator';
import { beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { problem } from '../../schemas/common.ts';
import { TestApi } from '../testing/test-api.ts';

const parameter = z.object({
  name: z.string(),
  in: z.enum(['path', 'query']),
  required: z.boolean().optional(),
});
const operation = z.object({
  parameters: z.array(parameter).default([]),
  requestBody: z.object({ required: z.boolean().optional() }).optional(),
  responses: z.record(z.string(), z.object({ description: z.string() })),
});
const described = z.object({
  openapi: z.string(),
  paths: z.record(z.string(), z.record(z.string(), operation)),
});

const known: Readonly<Record<string, string>> = {
  entity_id: 'sensor.grid_import_tariff_1',
  month: '2026-11',
};
const pathOf = (path: string) => path.replaceAll(/\{(\w+)\}/g, (_, name: string) => known[name] ?? 'x');

let api: TestApi;
let document: z.infer<typeof described>;
let operations: { method: string; path: string; one: z.infer<typeof operation> }[];
beforeEach(async () => {
  api = await new TestApi().ready();
  document = described.parse(await (await api.fetch('/api/openapi.json')).json());
  operations = Object.entries(document.paths).flatMap(([path, all]) =>
    Object.entries(all).map(([method, one]) => ({ method: method.toUpperCase(), path, one })),
  );
});

describe('the OpenAPI document', () => {
  it('is valid, as a validator of others says', async () => {
    const response = await api.fetch('/api/openapi.json');
    const whole = (await response.json()) as { paths: Record<string, object> };
    expect(await new Validator().validate(whole)).toEqual({ valid: true });
    const broken = { ...whole, paths: { ...whole.paths, 'no-slash': {} } };
    expect(await new Validator().validate(broken)).toMatchObject({ valid: false });
  });

  it('names 400 where there is input, 413 and 415 where there may be a body, and 403 everywhere', () => {
    expect(operations.length).toBeGreaterThan(50);
    for (const { method, path, one } of operations) {
      const codes = Object.keys(one.responses);
      const at = `${method} ${path}`;
      expect(codes, at).toContain('403');
      if (one.parameters.length > 0 || one.requestBody !== undefined) expect(codes, at).toContain('400');
      if (method !== 'GET') expect(codes, at).toEqual(expect.arrayContaining(['413', '415']));
    }
  });

  it('has a code for whatever is wrong with the input, said without the words of a validator', async () => {
    const long = 'x'.repeat(500);
    for (const { method, path, one } of operations) {
      const bodies = method === 'GET' ? [undefined] : [undefined, {}, [], { entity_ids: 7, url: 3, x: long }];
      for (const value of ['0.5', '-1', '%00', long, '2026-13-45', '']) {
        const query = one.parameters.filter((each) => each.in === 'query').map((each) => each.name);
        const address = `${path.replaceAll(/\{\w+\}/g, value)}?${query.map((name) => `${name}=${value}`).join('&')}`;
        for (const json of bodies) {
          const response = await api.fetch(address, { method, json });
          const at = `${method} ${address.slice(0, 120)}`;
          if (value === '' && path.includes('{')) continue;
          expect(Object.keys(one.responses), at).toContain(String(response.status));
          expect(response.status, at).toBeLessThan(500);
          if (response.status < 400) continue;
          const text = await response.text();
          expect(text, at).not.toMatch(
            /Invalid|received|expected (string|number)|Too (big|small)|>=|<=|undefined|NaN/,
          );
          const answered = problem.parse(JSON.parse(text));
          if (response.status === 400) expect(answered, at).toMatchObject({ field: expect.any(String) });
          expect(answered.detail, at).toMatch(/[.]$/);
        }
      }
    }
  });

  it('has a code for what is answered while every store is away', async () => {
    api.readings.isDown = true;
    api.ledger.ledger.isDown = true;
    api.syncLog.isDown = true;
    for (const { method, path, one } of operations) {
      if (method !== 'GET') continue;
      const required = one.parameters.filter((each) => each.in === 'query' && each.required === true);
      const values: Record<string, string> = { frame: 'day', year: '2026', month: '11' };
      const query = required.map(({ name }) => `${name}=${values[name]}`).join('&');
      const response = await api.fetch(`${pathOf(path)}?${query}`);
      expect(Object.keys(one.responses), path).toContain(String(response.status));
    }
  });
});

describe('another method than those of a path', () => {
  const every = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'];
  it('is answered with 405, and Allow names exactly those that there are', async () => {
    const byPath = Map.groupBy(operations, ({ path }) => path);
    for (const [path, ours] of byPath) {
      const methods = ours.map(({ method }) => method);
      const allowed = [...methods, ...(methods.includes('GET') ? ['HEAD'] : [])].sort();
      for (const method of every) {
        const response = await api.fetch(pathOf(path), { method });
        const at = `${method} ${path}`;
        if (allowed.includes(method)) expect(response.status, at).not.toBe(405);
        else {
          expect(response.status, at).toBe(405);
          expect(response.headers.get('allow'), at).toBe(allowed.join(', '));
          if (method !== 'HEAD')
            expect(problem.parse(await response.json()), at).toMatchObject({ status: 405 });
        }
      }
    }
  });

  it.each(['/', '/api/docs', '/api/openapi.json', '/assets/index.js'])(
    'is answered for %s too',
    async (path) => {
      const response = await api.fetch(path, { method: 'POST' });
      expect(response.status).toBe(405);
      expect(response.headers.get('allow')).toBe('GET, HEAD');
    },
  );

  it('is no matter where nothing is', async () => {
    expect((await api.fetch('/api/nothing', { method: 'PUT' })).status).toBe(404);
    expect((await api.fetch('/api/ledger/sensor.x/y/z', { method: 'DELETE' })).status).toBe(404);
  });
});
