/**
 * Goal: the home's flows follow its meters, through failures and restarts, and no start posts the past without need.
 * Method: a posting worker and a flow keeper over a ledger in memory; the store goes away, the process starts anew.
 */
import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { Entry } from '../ledger/entries/entry.ts';
import { revise } from '../ledger/entries/revision.ts';
import type { RegisterReading } from '../ledger/evidence.ts';
import { PostingWorker } from '../ledger/posting/posting-worker.ts';
import { MemoryLedger } from '../ledger/testing/memory-ledger.ts';
import type { Log } from '../runtime/log.ts';
import { quarterHourUs } from '../units/durations.ts';
import { type Interval, intervalAt } from '../units/interval.ts';
import { quarterHourStartUs } from '../units/quarter-hour.ts';
import { FlowKeeper } from './flow-keeper.ts';

const start = quarterHourStartUs(1_780_000_000_000_000);
const grid = 'sensor.grid';
const sources = { gridIn: [grid], gridOut: [], solar: [], batteryIn: [], batteryOut: [] };

function quietLog(warnings: string[]): Log {
  const log: Log = {
    debug: () => undefined,
    info: () => undefined,
    warn: (_fields, message) => warnings.push(message),
    error: () => undefined,
    child: () => log,
  };
  return log;
}

/** What outlives a process. */
class Disk {
  readonly ledger = new MemoryLedger();
  readonly registers: RegisterReading[] = [];
  received: Map<string, Interval> = new Map();
  mark: number | null = null;
  sources: string | null = null;
  readonly warnings: string[] = [];

  read(minutes: number, register: number): Interval {
    const atUs = start + minutes * 60_000_000;
    const registerMicro = register * 1_000_000;
    this.registers.push({ kind: 'reading', atUs, registerMicro, lastResetAtUs: null, origin: 'stream' });
    return intervalAt(atUs);
  }
}

function startProcess(disk: Disk) {
  const clock = { nowUs: () => start + 96 * quarterHourUs, monotonicMs: () => 0 };
  const log = quietLog(disk.warnings);
  const postingWorker = new PostingWorker({
    evidence: {
      registers: async (_, startUs) => ({
        items: disk.registers.filter((item) => item.atUs >= startUs),
        isLast: true,
      }),
      registerBefore: async (_, atUs) => disk.registers.findLast((item) => item.atUs < atUs)?.atUs ?? null,
      amounts: async () => [],
      powers: async () => [],
      switches: async () => [],
      around: async () => ({ beforeUs: null, afterUs: null }),
    },
    ledger: disk.ledger,
    readable: async () => undefined,
    mark: {
      load: async () => disk.mark,
      save: async (receivedUs) => {
        disk.mark = receivedUs;
      },
    },
    receivedSince: async () => disk.received,
    heldUntil: () => null,
    clock,
    log,
  });
  const flows = new FlowKeeper({
    ledger: disk.ledger,
    firstQuarterHourUs: async () => {
      const quarters = disk.ledger.all().filter((entry) => entry.entityId === grid);
      return quarters[0]?.quarterHourStartUs ?? null;
    },
    remembered: {
      load: async () => disk.sources,
      save: async (saved) => {
        disk.sources = saved;
      },
    },
    clock,
    log,
  });
  postingWorker.onPosted((entityId, range) => flows.posted(entityId, range));
  postingWorker.setMeters([{ entityId: grid, posts: 'register', kind: 'rising' }]);
  flows.setSources(sources);
  return { postingWorker, flows };
}

async function homeUse(disk: Disk): Promise<number> {
  const entries = await disk.ledger.current('home:use', 0, Number.MAX_SAFE_INTEGER);
  return entries.reduce((sum, entry) => sum + entry.amountMicro, 0);
}

describe('postingWorker and flow keeper', () => {
  it('post what is reported, and the flows that rest on it', async () => {
    const disk = new Disk();
    const { postingWorker, flows } = startProcess(disk);
    for (const span of [disk.read(0, 10), disk.read(40, 11)]) postingWorker.markDirty(grid, span);
    await postingWorker.settle();
    await flows.settle();
    expect(await homeUse(disk)).toBe(1_000_000);
  });

  it('try again what a store that was away did not take, and say so once', async () => {
    const disk = new Disk();
    const { postingWorker, flows } = startProcess(disk);
    for (const span of [disk.read(0, 10), disk.read(40, 11)]) postingWorker.markDirty(grid, span);
    disk.ledger.isDown = true;
    await expect(postingWorker.settle()).rejects.toThrow('The store is away');
    await expect(postingWorker.settle()).rejects.toThrow('The store is away');
    expect(postingWorker.status()).toMatchObject({ waiting: 1, error: 'The store is away' });
    disk.ledger.isDown = false;
    await postingWorker.settle();
    disk.ledger.isDown = true;
    await expect(flows.settle()).rejects.toThrow('The store is away');
    disk.ledger.isDown = false;
    await flows.settle();
    expect(await homeUse(disk)).toBe(1_000_000);
    expect(disk.warnings).toHaveLength(2);
  });

  it('report that the past is being posted, from the meters to the flows', async () => {
    const disk = new Disk();
    const { postingWorker, flows } = startProcess(disk);
    await flows.settle();
    const year = { startUs: start - 365 * 96 * quarterHourUs, endUs: disk.read(40, 11).endUs };
    disk.read(0, 10);
    postingWorker.markDirty(grid, year);
    const isPast = () => [postingWorker.status().isPostingPast, flows.isPostingPast()];
    expect(isPast()).toEqual([true, false]);
    await postingWorker.settle();
    expect(isPast()).toEqual([false, true]);
    disk.ledger.isDown = true;
    await expect(flows.settle()).rejects.toThrow('The store is away');
    expect(isPast()).toEqual([false, true]);
    disk.ledger.isDown = false;
    await flows.settle();
    expect(isPast()).toEqual([false, false]);
  });

  it('go on at once when the store is back, however long they would have waited', async () => {
    const disk = new Disk();
    const { postingWorker, flows } = startProcess(disk);
    for (const span of [disk.read(0, 10), disk.read(40, 11)]) postingWorker.markDirty(grid, span);
    disk.ledger.isDown = true;
    for (let tries = 0; tries < 6; tries += 1) await expect(postingWorker.settle()).rejects.toThrow();
    postingWorker.start();
    flows.start();
    disk.ledger.isDown = false;
    postingWorker.runNow();
    await vi.waitFor(() => expect(postingWorker.status()).toMatchObject({ waiting: 0, error: null }));
    flows.runNow();
    await vi.waitFor(async () => expect(await homeUse(disk)).toBe(1_000_000));
    await Promise.all([postingWorker.stop(), flows.stop()]);
  });

  it('find after a crash what was posted and not yet in the flows', async () => {
    const disk = new Disk();
    const before = startProcess(disk);
    before.postingWorker.markDirty(grid, disk.read(0, 10));
    before.postingWorker.markDirty(grid, disk.read(40, 11));
    await before.postingWorker.settle();
    await before.flows.settle();
    const late = disk.read(80, 13);
    before.postingWorker.markDirty(grid, late);
    await before.postingWorker.settle();
    // Killed here: the meter is posted, the flows are not.
    disk.received = new Map([[grid, late]]);
    const after = startProcess(disk);
    await after.postingWorker.settle();
    await after.flows.settle();
    expect(await homeUse(disk)).toBe(3_000_000);
  });

  it('withdraw the flows of sources that the home has no more', async () => {
    const disk = new Disk();
    const { postingWorker, flows } = startProcess(disk);
    for (const span of [disk.read(0, 10), disk.read(40, 11)]) postingWorker.markDirty(grid, span);
    await postingWorker.settle();
    await flows.settle();
    flows.setSources({ ...sources, gridIn: [], solar: [grid] });
    await flows.settle();
    const left = await disk.ledger.current('home:grid_in', 0, Number.MAX_SAFE_INTEGER);
    expect(left.every((entry) => entry.reason === 'withdrawn')).toBe(true);
    expect(await homeUse(disk)).toBe(1_000_000);
  });
});

describe('flows of a meter of nine days', () => {
  const dayUs = 96 * quarterHourUs;
  const days = 9;
  const nowUs = start + days * dayUs - 5 * 60_000_000;
  const last = days * 96 - 1;
  let ledger: MemoryLedger;
  let remembered: string | null;
  let firstUs: number | null;
  let flows: FlowKeeper;
  /** Days of the meter that were read, from its first on. */
  let read: [fromDay: number, untilDay: number][];
  /** The series of each write. */
  let written: string[][];

  const entryOf = (place: number, amountMicro: number): Entry => ({
    ...{
      kind: 'quantity',
      quarterHourStartUs: start + place * quarterHourUs,
      amountMicro,
      quality: 'measured',
    },
    ...{ coveredUs: quarterHourUs, reason: 'counted', isProvisional: false, onTimeUs: null },
    ...{ firstEvidenceUs: start, lastEvidenceUs: start + quarterHourUs },
  });
  /** One quarter-hour of the meter in Wh; returns its range. */
  const post = async (place: number, wattHours: number) => {
    const entry = entryOf(place, wattHours * 1000);
    const at = entry.quarterHourStartUs;
    const current = await ledger.current(grid, at, at + quarterHourUs);
    await ledger.write([
      { entityId: grid, entries: revise([entry], current, nowUs, 'readings'), openings: [] },
    ]);
    return { startUs: at, endUs: at + quarterHourUs };
  };
  const useOf = async (place: number) => {
    const at = start + place * quarterHourUs;
    const [entry] = await ledger.current('home:use', at, at + quarterHourUs);
    return entry && [entry.amountMicro / 1000, entry.cause];
  };
  const keeper = () =>
    new FlowKeeper({
      ledger,
      firstQuarterHourUs: async () => firstUs,
      remembered: {
        load: async () => remembered,
        save: async (saved) => {
          remembered = saved;
        },
      },
      clock: { nowUs: () => nowUs, monotonicMs: () => 0 },
      log: quietLog([]),
    });

  beforeEach(async () => {
    ledger = new MemoryLedger();
    remembered = null;
    firstUs = start;
    const entries = Array.from({ length: days * 96 }, (_, place) => entryOf(place, 100_000));
    await ledger.write([{ entityId: grid, entries: revise(entries, [], nowUs, 'readings'), openings: [] }]);
    read = [];
    written = [];
    const [current, write] = [ledger.current.bind(ledger), ledger.write.bind(ledger)];
    ledger.current = async (id, startUs, endUs) => {
      if (id === grid) read.push([(startUs - start) / dayUs, (endUs - start) / dayUs]);
      return await current(id, startUs, endUs);
    };
    ledger.write = async (pages) => {
      if (pages.every(({ entityId }) => entityId !== grid))
        written.push(pages.map(({ entityId }) => entityId));
      await write(pages);
    };
    flows = keeper();
    flows.setSources(sources);
  });

  it('are made for its whole past, a week at a time, up to the quarter-hour that runs', async () => {
    await flows.settle();
    expect(read).toEqual([
      [0, 7],
      [7, days + 1 / 96],
    ]);
    expect(await useOf(0)).toEqual([100, 'rules']);
    expect(await useOf(last)).toEqual([100, 'rules']);
  });

  it('are made again for the changed quarter-hours, with their cause', async () => {
    await flows.settle();
    read.length = 0;
    flows.posted(grid, { ...(await post(3, 250)), cause: 'corrected' });
    await flows.settle();
    expect(read.slice(1)).toEqual([[3 / 96, 4 / 96]]);
    expect(await useOf(3)).toEqual([250, 'corrected']);
    flows.posted(grid, { ...(await post(last, 70)), cause: 'readings' });
    await flows.settle();
    expect(await useOf(last)).toEqual([70, 'late']);
  });

  it('are made from the first entry to the present for a range that reaches beyond', async () => {
    await flows.settle();
    await post(3, 250);
    read.length = 0;
    flows.posted(grid, { startUs: start - 30 * dayUs, endUs: nowUs + 30 * dayUs, cause: 'rules' });
    await flows.settle();
    expect(read).toEqual([
      [0, 7],
      [7, days + 1 / 96],
    ]);
    expect(await useOf(3)).toEqual([250, 'rules']);
  });

  it('are written where they changed, and not where they say the same', async () => {
    await flows.settle();
    const made = ['home:use', 'home:unexplained', 'home:grid_to_home', 'home:grid_in'];
    expect(written.splice(0)).toEqual([made, made]);
    flows.posted(grid, { ...(await post(3, 250)), cause: 'readings' });
    await flows.settle();
    expect(written.splice(0)).toEqual([['home:use', 'home:grid_to_home', 'home:grid_in']]);
    flows.posted(grid, { ...(await post(3, 250)), cause: 'readings' });
    await flows.settle();
    remembered = null;
    flows = keeper();
    flows.setSources(sources);
    await flows.settle();
    expect(written).toEqual([]);
  });

  it('wait for a first entry where there is none', async () => {
    firstUs = null;
    await flows.settle();
    expect(read).toEqual([]);
  });

  it('have a past on its way while a long one is posted, and when sources are others', async () => {
    /** Whether the past is on its way, while the flows are written. */
    const during: boolean[] = [];
    const write = ledger.write.bind(ledger);
    ledger.write = async (pages) => {
      if (pages.every(({ entityId }) => entityId !== grid)) during.push(flows.isPostingPast());
      await write(pages);
    };
    expect(keeper().isPostingPast()).toBe(false);
    // Until it is known what an earlier process posted, nothing says so.
    expect(flows.isPostingPast()).toBe(false);
    await flows.settle();
    expect(during.splice(0)).toEqual([true, true]);
    expect(flows.isPostingPast()).toBe(false);
    flows.posted(grid, { ...(await post(3, 250)), cause: 'readings' });
    expect(flows.isPostingPast()).toBe(false);
    await flows.settle();
    expect(during.splice(0)).toEqual([false]);
    await post(3, 260);
    flows.posted(grid, { startUs: start, endUs: nowUs, cause: 'rules' });
    await flows.settle();
    expect(during.splice(0)).toEqual([true]);
    flows.setSources({ ...sources, gridIn: [], solar: [grid] });
    expect(flows.isPostingPast()).toBe(true);
    await flows.settle();
    expect(during).toEqual([true, true]);
    expect(flows.isPostingPast()).toBe(false);
  });
});
