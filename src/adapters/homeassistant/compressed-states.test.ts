/**
 * Goal: whatever sequence of states Core goes through, the states rebuilt from its compressed messages are the same ones.
 * Method: an oracle written after Core's `_state_diff_event` (2024.3 and 2026.11 differ) encodes random sequences, among
 * them changes of attributes only, forced updates, two changes in one microsecond, removals and returns.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { EntityState } from '../../home/home-assistant.ts';
import { CompressedStates } from './compressed-states.ts';

interface CoreState {
  readonly state: string;
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly changedUs: number;
  readonly updatedUs: number;
}
type Dialect = '2024.3' | '2026.11';

const entityIds = ['sensor.meter', 'sensor.power', 'sensor.not_asked_for'];
const wanted = entityIds.slice(0, 2);

/** What Core sends for `before` → `after`. */
function coreMessage(entityId: string, before: CoreState | null, after: CoreState | null, dialect: Dialect) {
  if (after === null) return { r: [entityId] };
  if (before === null) return { a: { [entityId]: compressed(after) } };
  const plus: Record<string, unknown> = {};
  const diff: Record<string, unknown> = { '+': plus };
  if (before.state !== after.state) plus.s = after.state;
  if (before.changedUs !== after.changedUs) plus.lc = after.changedUs / 1e6;
  else if (before.updatedUs !== after.updatedUs) plus.lu = after.updatedUs / 1e6;
  plus.c = '01M7YFYR4Q5YQPQY6Z65HVXBHQ';
  const added = Object.entries(after.attributes).filter(([key, value]) =>
    // 2024 asks `old.get(key) != value`, to which a new None is nothing new.
    dialect === '2024.3'
      ? (before.attributes[key] ?? null) !== value
      : !(key in before.attributes) || before.attributes[key] !== value,
  );
  if (added.length > 0) plus.a = Object.fromEntries(added);
  const removed = Object.keys(before.attributes).filter((key) => !(key in after.attributes));
  if (removed.length > 0) diff['-'] = { a: removed };
  return { c: { [entityId]: diff } };
}

function compressed(state: CoreState): object {
  const { state: s, attributes: a, changedUs, updatedUs } = state;
  const lu = updatedUs === changedUs ? {} : { lu: updatedUs / 1e6 };
  return { s, a, c: '01M7YFYH9PZ4TSDD8PVVXADRET', lc: changedUs / 1e6, ...lu };
}

function reported(entityId: string, state: CoreState, dialect: Dialect): EntityState {
  const attributes =
    dialect === '2024.3'
      ? Object.fromEntries(Object.entries(state.attributes).filter(([, value]) => value !== null))
      : state.attributes;
  return { entityId, state: state.state, attributes, lastUpdatedUs: state.updatedUs };
}

const attributes = fc.dictionary(
  fc.constantFrom('unit_of_measurement', 'last_reset', 'friendly_name', '__proto', 'restored'),
  fc.oneof(fc.constantFrom('kWh', 'W', '2026-11-21T00:00:00+01:00', null, true), fc.integer()),
);
const step = fc.record({
  entityId: fc.constantFrom(...entityIds),
  state: fc.constantFrom('1.0', '2.0', 'unavailable', 'unknown', ''),
  attributes,
  isRemoval: fc.integer({ min: 0, max: 5 }).map((value) => value === 0),
  isForced: fc.boolean(),
  laterUs: fc.constantFrom(0, 1, 1000, 5_000_000),
});

function withoutNulls(state: EntityState): EntityState {
  const entries = Object.entries(state.attributes).filter(([, value]) => value !== null);
  return { ...state, attributes: Object.fromEntries(entries) };
}

describe('compressed states', () => {
  it.each<Dialect>(['2024.3', '2026.11'])('are rebuilt as Core %s has them', (dialect) => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        const core = new Map<string, CoreState>();
        const client = new CompressedStates(wanted);
        const heard: EntityState[] = client.apply({ a: {} }, 0);
        const expected: EntityState[] = [];
        let nowUs = 1_795_245_957_271_995;
        for (const { entityId, isForced, isRemoval, laterUs, ...next } of steps) {
          nowUs += laterUs;
          const before = core.get(entityId) ?? null;
          if (isRemoval && before === null) continue;
          const isSame = before !== null && before.state === next.state && !isForced;
          const after: CoreState | null = isRemoval
            ? null
            : { ...next, changedUs: isSame ? before.changedUs : nowUs, updatedUs: nowUs };
          if (after === null) core.delete(entityId);
          else core.set(entityId, after);
          heard.push(...client.apply(coreMessage(entityId, before, after, dialect), nowUs + 7));
          if (!wanted.includes(entityId)) continue;
          expected.push(
            after === null
              ? { entityId, state: null, attributes: {}, lastUpdatedUs: nowUs + 7 }
              : reported(entityId, after, dialect),
          );
        }
        expect(heard.map(withoutNulls)).toEqual(expected.map(withoutNulls));
      }),
      { numRuns: 500 },
    );
  });

  it('reads what a real Home Assistant 2026.11 sent', () => {
    const client = new CompressedStates(['sensor.grid_power']);
    const attributes = { state_class: 'measurement', unit_of_measurement: 'W' };
    const entityId = 'sensor.grid_power';
    expect(
      client.apply({ a: { [entityId]: { s: '1332.0', a: attributes, c: 'X', lc: 1795245956.2707098 } } }, 0),
    ).toEqual([{ entityId, state: '1332.0', attributes, lastUpdatedUs: 1795245956270710 }]);
    expect(
      client.apply({ c: { [entityId]: { '+': { s: '1316.0', lc: 1795245957.2719946, c: 'Y' } } } }, 0),
    ).toEqual([{ entityId, state: '1316.0', attributes, lastUpdatedUs: 1795245957271995 }]);
    expect(
      client.apply(
        {
          c: {
            [entityId]: { '+': { lu: 1795245958, a: { icon: 'mdi:flash' } }, '-': { a: ['state_class'] } },
          },
        },
        0,
      ),
    ).toEqual([
      {
        entityId,
        state: '1316.0',
        attributes: { unit_of_measurement: 'W', icon: 'mdi:flash' },
        lastUpdatedUs: 1795245958000000,
      },
    ]);
  });

  it('never throws on what is not such a message', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.jsonValue(), (one, other) => {
        const client = new CompressedStates(['sensor.meter']);
        client.apply(one, 0);
        client.apply({ a: { 'sensor.meter': one }, c: { 'sensor.meter': other }, r: other }, 0);
      }),
    );
  });
});
