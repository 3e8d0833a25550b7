/**
 * Goal: a named grid connection posts its injection only where it has one.
 * Method: plans of connections with and without registers of injection.
 */
import { expect, it } from 'vitest';
import { connectionPlan, connectionSources } from './flow-plan.ts';

it('has injection among its totals only where it is metered', () => {
  const { every, of } = connectionPlan('cabin');
  expect(every).toEqual(['cabin:grid_in', 'cabin:grid_out']);
  expect(of(connectionSources(['sensor.in'], []))).toEqual(['cabin:grid_in']);
  expect(of(connectionSources(['sensor.in'], ['sensor.out']))).toEqual(['cabin:grid_in', 'cabin:grid_out']);
});
