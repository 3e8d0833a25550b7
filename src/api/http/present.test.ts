import { describe, expect, it } from 'vitest';
import { TestApi } from '../testing/test-api.ts';

async function asked(path: string, headers: Record<string, string> = {}): Promise<string[]> {
  const calls: string[] = [];
  const api = new TestApi({
    parts: {
      present: {
        readings: async () => {
          calls.push('readings');
        },
        ledger: async () => {
          calls.push('ledger');
        },
      },
    },
  });
  await api.fetch(path, { headers });
  return calls;
}

describe('who asks', () => {
  it.each([
    ['/api/readings/sensor.a', 'readings'],
    ['/api/readings/sensor.a/hourly', 'readings'],
    ['/api/ledger/sensor.a', 'ledger'],
    ['/api/statistics/sensor.a/daily', 'ledger'],
    ['/api/balance', 'ledger'],
    ['/api/devices', 'ledger'],
    ['/api/coverage', 'ledger'],
    ['/api/power-analytics/summary', 'ledger'],
    ['/v1/series?frame=day', 'ledger'],
    ['/v1/capacity/month/2026-11', 'ledger'],
    ['/api/status', 'ledger'],
  ])('for %s is answered with the present', async (path, what) => {
    expect(await asked(path)).toEqual([what]);
  });

  it.each(['/api/now', '/v1/realtime', '/metrics', '/api/settings', '/api/openapi.json', '/'])(
    'for %s, which is from memory, has nothing written',
    async (path) => {
      expect(await asked(path)).toEqual([]);
    },
  );

  it('whether the process is well, twice a minute for ever, has nothing written', async () => {
    expect(await asked('/api/status', { 'x-health-check': '1' })).toEqual([]);
  });
});
