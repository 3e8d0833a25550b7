import { expect, it } from 'vitest';
import * as durations from './durations.ts';

it('gives each length in microseconds, milliseconds and seconds', () => {
  expect({ ...durations }).toEqual({
    ...{ secondUs: 1e6, minuteUs: 60e6, quarterHourUs: 900e6, hourUs: 3600e6, dayUs: 86_400e6 },
    ...{ secondMs: 1e3, minuteMs: 60e3, quarterHourMs: 900e3, hourMs: 3600e3, dayMs: 86_400e3 },
    ...{ minuteSeconds: 60, hourSeconds: 3600, daySeconds: 86_400 },
  });
});
