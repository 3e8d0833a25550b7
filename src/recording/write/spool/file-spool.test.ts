/**
 * Goal: what a spool kept and nobody acknowledged is there after any crash, in order; it never exceeds its limit and
 * reports what it could not keep.
 * Method: real files in a temporary folder. Random appends, acknowledgements, restarts and crashes (a torn write at
 * any byte, damage of any line) are compared with a list in memory; a full disk is a handle that refuses.
 */
import type { FileHandle } from 'node:fs/promises';
import {
  appendFile,
  mkdtemp,
  open,
  readdir,
  readFile,
  rm,
  stat,
  truncate,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Reading } from '../../reading.ts';
import { baseUs, reading } from '../../testing/doubles.ts';
import { FileSpool, type FileSpoolOptions } from './file-spool.ts';
import { decodeRecord, encodeRecord } from './record.ts';

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'spool-'));
});
afterEach(async () => {
  // What a crash leaves open, the end of the process closes.
  for (const handle of opened.splice(0)) await handle.close().catch(() => undefined);
  await rm(directory, { recursive: true, force: true });
});

const opened: FileHandle[] = [];
async function openFile(path: string, flags: string): Promise<FileHandle> {
  const handle = await open(path, flags);
  opened.push(handle);
  return handle;
}
const make = (options: Partial<FileSpoolOptions> = {}) => new FileSpool({ directory, openFile, ...options });
const some = (from: number, count: number) =>
  Array.from({ length: count }, (_, i) => reading('sensor.a', baseUs + from + i, from + i));

async function reopened(options: Partial<FileSpoolOptions> = {}) {
  const spool = make(options);
  const found: Reading[] = [];
  const opened = await spool.open((item) => found.push(item));
  return { spool, found, opened };
}

async function readAll(spool: FileSpool, position: number): Promise<Reading[]> {
  const all: Reading[] = [];
  for (let from = position; ; ) {
    const { readings, nextPosition } = await spool.read(from, 7);
    if (readings.length === 0) return all;
    all.push(...readings);
    from = nextPosition;
  }
}

const files = async () => (await readdir(directory)).filter((name) => name.endsWith('.readings')).sort();

describe('record', () => {
  it('reads back what it wrote, and nothing else', () => {
    const anyReading: fc.Arbitrary<Reading> = fc.record({
      entityId: fc.string({ minLength: 1 }),
      atUs: fc.maxSafeNat(),
      value: fc.option(fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => value + 0)),
      absence: fc.constantFrom(null, 'unavailable', 'unknown', 'removed'),
      unit: fc.constantFrom(null, 'kWh', 'm³', '%'),
      sourceUnit: fc.constantFrom(null, 'Wh', 'ft³'),
      lastResetAtUs: fc.option(fc.maxSafeNat()),
      origin: fc.constantFrom('stream', 'history', 'import', 'mqtt'),
    });
    fc.assert(
      fc.property(fc.array(anyReading), fc.maxSafeNat(), fc.nat(), (readings, position, flip) => {
        const line = Buffer.from(encodeRecord({ position, readings }).slice(0, -1));
        expect(decodeRecord(line)).toEqual({ position, readings });
        const index = flip % line.length;
        line[index] = (line[index] ?? 0) ^ 1;
        expect(decodeRecord(line)).toBe(null);
      }),
    );
  });
});

describe('file spool', () => {
  it('holds to a list through appends, acknowledgements, restarts and torn writes', async () => {
    const step = fc.oneof(
      {
        weight: 5,
        arbitrary: fc.record({
          kind: fc.constant('append' as const),
          count: fc.integer({ min: 1, max: 1300 }),
        }),
      },
      {
        weight: 3,
        arbitrary: fc.record({
          kind: fc.constant('acknowledge' as const),
          part: fc.double({ min: 0, max: 1, noNaN: true }),
        }),
      },
      { weight: 1, arbitrary: fc.record({ kind: fc.constant('restart' as const) }) },
      {
        weight: 2,
        arbitrary: fc.record({
          kind: fc.constant('crash' as const),
          torn: fc.double({ min: 0, max: 1, noNaN: true }),
        }),
      },
      {
        weight: 2,
        arbitrary: fc.record({
          kind: fc.constant('read' as const),
          part: fc.double({ min: 0, max: 1, noNaN: true }),
        }),
      },
    );
    const limits = { limitBytes: 300_000, segmentBytes: 30_000 };
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 25 }), async (steps) => {
        await rm(directory, { recursive: true });
        let { spool } = await reopened(limits);
        let position = 0;
        /** What was kept and not acknowledged; and how many before it a crash may bring back. */
        let kept: Reading[] = [];
        let next = 0;
        const check = (found: readonly Reading[]) => {
          const again = found.length - kept.length;
          expect(again).toBeGreaterThanOrEqual(0);
          expect(found.slice(again)).toEqual(kept);
        };
        for (const item of steps) {
          if (item.kind === 'append') {
            const batch = some(next, item.count);
            next += item.count;
            const result = await spool.append(batch);
            if (result.kind === 'kept') kept.push(...batch);
            else expect(spool.status().bytes).toBeGreaterThan(limits.limitBytes - 150 * 1300);
          } else if (item.kind === 'acknowledge') {
            const count = Math.floor(item.part * kept.length);
            kept = kept.slice(count);
            position += count;
            await spool.acknowledge(position);
          } else if (item.kind === 'read') {
            const skip = Math.floor(item.part * kept.length);
            expect(await readAll(spool, position + skip)).toEqual(kept.slice(skip));
          } else if (item.kind === 'restart') {
            await spool.close();
            const again = await reopened(limits);
            spool = again.spool;
            position = again.opened.position;
            expect(again.found.slice(again.found.length - kept.length)).toEqual(kept);
            expect(again.opened.damagedBytes).toBe(0);
            expect(await readAll(spool, position)).toEqual(kept);
          } else {
            // The process dies in the middle of a write: some bytes of a further record are there.
            const newest = (await files()).at(-1);
            const record = Buffer.from(encodeRecord({ position: 1e9, readings: some(next, 3) }));
            const torn = record.subarray(0, Math.floor(item.torn * (record.length - 1)));
            if (newest !== undefined) await appendFile(join(directory, newest), torn);
            const again = await reopened(limits);
            expect(again.opened.damagedBytes).toBe(newest === undefined ? 0 : torn.length);
            check(again.found);
            spool = again.spool;
            position = again.opened.position + again.found.length - kept.length;
            check(await readAll(spool, again.opened.position));
            await spool.acknowledge(position);
          }
          expect(spool.status().bytes).toBeLessThanOrEqual(limits.limitBytes);
          expect(spool.status().readings).toBe(kept.length);
          let onDisk = 0;
          for (const name of await files()) onDisk += (await stat(join(directory, name))).size;
          expect(onDisk).toBe(spool.status().bytes);
        }
        await spool.acknowledge(position + kept.length);
        await spool.close();
        expect(await files()).toEqual([]);
      }),
      { numRuns: 30 },
    );
  }, 60_000);

  it('keeps what was synced through a power cut at any byte after it', async () => {
    const spool = make();
    await spool.open(() => undefined);
    await spool.append(some(0, 40));
    await spool.sync();
    const [name = ''] = await files();
    const path = join(directory, name);
    const synced = (await stat(path)).size;
    for (let i = 40; i < 60; i += 5) await spool.append(some(i, 5));
    const whole = await readFile(path);
    for (let cut = synced; cut <= whole.length; cut += 37) {
      await writeFile(path, whole);
      await truncate(path, cut);
      const { found, opened } = await reopened();
      expect(found).toEqual(some(0, found.length));
      expect(found.length).toBeGreaterThanOrEqual(40);
      expect(opened.nextPosition).toBe(found.length);
    }
    await writeFile(path, Buffer.concat([whole, Buffer.alloc(2_000_000)]));
    const { found, opened } = await reopened();
    expect(found.length).toBe(60);
    expect(opened.damagedBytes).toBe(2_000_000);
  });

  it('passes over a damaged line in the middle, counts it, and goes on', async () => {
    const spool = make();
    await spool.open(() => undefined);
    for (let i = 0; i < 30; i += 10) await spool.append(some(i, 10));
    const [name = ''] = await files();
    const path = join(directory, name);
    const bytes = await readFile(path);
    const start = bytes.indexOf('\n') + 30;
    bytes[start] = (bytes[start] ?? 0) ^ 8;
    await writeFile(path, bytes);
    const { spool: again, found, opened } = await reopened();
    expect(found).toEqual([...some(0, 10), ...some(20, 10)]);
    expect(opened.damagedBytes).toBeGreaterThan(100);
    expect(opened.nextPosition).toBe(30);
    expect(await readAll(again, 0)).toEqual(found);
    expect((await again.read(15, 5)).readings).toEqual(some(20, 5));
  });

  it('is full at its limit, and has room again after an acknowledgement', async () => {
    const spool = make({ limitBytes: 40_000, segmentBytes: 8_000 });
    await spool.open(() => undefined);
    let position = 0;
    for (;;) {
      const result = await spool.append(some(position, 50));
      if (result.kind !== 'kept') {
        expect(result.kind).toBe('full');
        break;
      }
      position = result.nextPosition;
    }
    expect(spool.status().bytes).toBeLessThanOrEqual(40_000);
    await spool.acknowledge(position / 2);
    expect((await spool.append(some(position, 50))).kind).toBe('kept');
    expect(await readAll(spool, position / 2)).toEqual(some(position / 2, position / 2 + 50));
  });

  it('says that the disk is full, keeps nothing by halves, and goes on when there is room', async () => {
    let roomBytes = 5000;
    const openFullDisk = async (path: string, flags: string): Promise<FileHandle> => {
      const handle = await openFile(path, flags);
      const write = handle.write.bind(handle) as (...args: unknown[]) => Promise<{ bytesWritten: number }>;
      handle.write = (async (data: Buffer, offset: number, length: number, at: number) => {
        if (roomBytes <= 0)
          throw Object.assign(new Error('ENOSPC: no space left on device'), { code: 'ENOSPC' });
        // A full disk takes a part first.
        const result = await write(data, offset, Math.min(length, roomBytes), at);
        roomBytes -= result.bytesWritten;
        return result;
      }) as FileHandle['write'];
      return handle;
    };
    const spool = make({ openFile: openFullDisk });
    await spool.open(() => undefined);
    let kept = 0;
    for (;;) {
      const result = await spool.append(some(kept, 10));
      if (result.kind !== 'kept') break;
      kept += 10;
    }
    expect(kept).toBeGreaterThan(0);
    expect(spool.status().error).toContain('ENOSPC');
    expect((await spool.append(some(kept, 10))).kind).toBe('refused');
    expect((await reopened()).found).toEqual(some(0, kept));
    roomBytes = 1_000_000;
    expect((await spool.append(some(kept, 10))).kind).toBe('kept');
    expect(spool.status().error).toBe(null);
    expect(await readAll(spool, 0)).toEqual(some(0, kept + 10));
  });

  it('does not begin a file for each reading of a quiet home', async () => {
    const spool = make();
    await spool.open(() => undefined);
    for (let i = 0; i < 50; i += 1) {
      await spool.append(some(i, 1));
      await spool.acknowledge(i + 1);
    }
    expect((await files()).length).toBe(1);
    expect(spool.status().readings).toBe(0);
  });
});
