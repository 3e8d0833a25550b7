/**
 * Goal: every problem of a part has an answer in the API's names, and an English sentence with its values.
 * Method: a problem of each code, by hand.
 */
import { expect, it } from 'vitest';
import type { PartProblem } from '../../runtime/health.ts';
import { partProblem } from '../../schemas/part-problems.ts';
import { problemAnswer } from './coded-answer.ts';
import { problemsDetail } from './problem-words.ts';

const reason = { reason: 'no route to host' };
const ids = { statisticIds: Array.from({ length: 12 }, (_, n) => `s${n}`) };
const every: readonly [PartProblem, string][] = [
  [{ code: 'failed', values: reason }, 'no route to host'],
  [{ code: 'store_not_reached', values: { store: 'QuestDB' } }, 'QuestDB was not reached yet.'],
  [
    { code: 'store_silent', values: { store: 'QuestDB', ...reason } },
    'QuestDB does not answer (no route to host); it is tried again by itself.',
  ],
  [{ code: 'spool_failed', values: reason }, 'takes no readings: no route to host.'],
  [{ code: 'spool_damaged', values: { damagedBytes: 7 } }, '7 bytes of the spool were damaged'],
  [{ code: 'no_room', values: {} }, 'There is no room for readings'],
  [{ code: 'readings_waiting', values: reason }, 'readings wait in the spool: no route to host'],
  [{ code: 'subscription_failed', values: reason }, 'does not report states: no route to host'],
  [{ code: 'states_silent', values: {} }, 'does not report changes of states'],
  [{ code: 'disk_full', values: { freeBytes: 99_900_000 } }, 'The disk is full: only 99 MB are free on it.'],
  [
    { code: 'disk_low', values: { freeBytes: 450_000_000, reserveBytes: 200_000_000 } },
    'Only 450 MB are free on the disk; below 200 MB nothing more is written.',
  ],
  [{ code: 'posting_failed', values: reason }, 'could not be posted (no route to host)'],
  [{ code: 'history_incomplete', values: reason }, "Home Assistant's history is incomplete: no route"],
  [{ code: 'verification_refused', values: reason }, 'Home Assistant refuses no route'],
  [{ code: 'home_assistant_not_set', values: {} }, 'No Home Assistant is set'],
  [{ code: 'home_assistant_connecting', values: {} }, 'Connecting to Home Assistant.'],
  [{ code: 'home_assistant_silent', values: reason }, 'Home Assistant does not answer (no route to host)'],
  [{ code: 'token_refused', values: reason }, 'refuses the access token (no route to host)'],
  [{ code: 'statistics_missing', values: ids }, 'name s0, s1, s2, s3, s4, s5, s6, s7, s8, s9, which'],
  [{ code: 'sources_unknown', values: ids }, 'Without s0, s1, s2, s3, s4, s5, s6, s7, s8, s9 the'],
  [{ code: 'entities_not_read', values: {} }, 'were not read yet.'],
];

it.each(every)('%j has a sentence', (problem, words) => {
  expect(problemsDetail([problemAnswer(problem)])).toContain(words);
});

it('every code is tested', () => {
  const codes = partProblem.options.map(({ shape }) => shape.code.value);
  expect(new Set(every.map(([{ code }]) => code))).toEqual(new Set(codes));
});

it('several problems are several sentences, and none is null', () => {
  const problems: PartProblem[] = [
    { code: 'home_assistant_connecting', values: {} },
    { code: 'entities_not_read', values: {} },
  ];
  expect(problemsDetail(problems.map(problemAnswer))).toBe(
    'Connecting to Home Assistant. The entities of Home Assistant were not read yet.',
  );
  expect(problemsDetail([])).toBeNull();
});
