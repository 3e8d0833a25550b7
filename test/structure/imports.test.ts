/**
 * Goal: imports go one way, so that every folder can be read without the ones above it.
 * Method: every import of every source file is read and held against the table below.
 */
import { readdirSync, statSync } from 'node:fs';
import { join, relative } from 'node:path';
import { describe, expect, it } from 'vitest';
import { panelSources } from '../../addon/panel-build.ts';
import { root, sourcesIn } from './sources.ts';

/** The rooms from the ground up: each may import itself and what stands before it, and nothing after it. */
const floors = [
  'src/units',
  'src/statistics/figures',
  'src/runtime',
  'src/home',
  'src/recording',
  'src/ledger',
  'src/balance',
  'src/statistics',
] as const;

/**
 * What else each room may import, rooms or single files. Integrity and tariffs stand beside each other; adapters and
 * the API know both.
 */
const rooms: Readonly<Record<string, readonly string[]>> = {
  ...Object.fromEntries(floors.map((room, index) => [room, floors.slice(0, index)])),
  // The fields of /api/statistics are those of the registry of figures, which imports nothing of ours.
  'src/schemas': ['src/statistics/figures'],
  'src/integrity': floors,
  'src/tariffs': floors,
  'src/api': ['src/schemas', 'src/tariffs', 'src/integrity', ...floors],
  'src/adapters': ['src/tariffs', 'src/integrity', ...floors],
  // Wiring: it knows everybody, and only the programs know it.
  'src/composition': ['src/api', 'src/adapters', 'src/schemas', 'src/tariffs', 'src/integrity', ...floors],
  'src/main.ts': ['src/composition', ...floors],
  'src/verify.ts': ['src/composition', ...floors],
  // Stand-ins that several rooms' tests share.
  'src/testing': ['src/tariffs', 'src/integrity', ...floors],
  // The panel retries as the server does.
  ui: ['src/schemas', 'src/runtime/backoff.ts', 'src/units/durations.ts'],
  addon: ['src/runtime', 'src/units'],
};

/** Packages that connect to another process: only their adapter may import them. */
const drivers: Readonly<Record<string, string>> = {
  'home-assistant-js-websocket': 'src/adapters/homeassistant',
  mongodb: 'src/adapters/mongodb',
  pg: 'src/adapters/questdb',
  '@questdb/nodejs-client': 'src/adapters/questdb',
  mqtt: 'src/adapters/mqtt',
};

/** The room of a file: the innermost folder of the table that holds it, or the file itself. */
function roomOf(path: string): string | undefined {
  return Object.keys(rooms)
    .filter((room) => path === room || path.startsWith(`${room}/`))
    .sort((a, b) => b.length - a.length)[0];
}

describe('structure', () => {
  const sources = sourcesIn('src', 'ui', 'addon').filter(({ path }) => !/\.(test|bench)\.tsx?$/.test(path));

  it('has every folder and file of src in the table', () => {
    const all = readdirSync(join(root, 'src')).filter((name) => !/\.test\.ts$/.test(name));
    expect(all.filter((name) => !(`src/${name}` in rooms))).toEqual([]);
    expect(Object.keys(rooms).filter((room) => !sources.some(({ path }) => roomOf(path) === room))).toEqual(
      [],
    );
  });

  it('keeps imports between folders to the table', () => {
    const broken: string[] = [];
    for (const { path, imports } of sources) {
      const room = roomOf(path) ?? '';
      for (const { from, isOurs } of imports) {
        // The manifest is data that anyone may read.
        if (!isOurs || from === 'package.json') continue;
        const other = roomOf(from);
        const allowed = rooms[room] ?? [];
        if (other !== room && !(allowed.includes(other ?? '') || allowed.includes(from)))
          broken.push(`${path} → ${from}`);
      }
    }
    expect(broken).toEqual([]);
  });

  it('builds the panel anew when anything changes that it may import', () => {
    const reachable = (rooms.ui ?? []).flatMap((room) => [room, ...(rooms[room] ?? [])]);
    expect(['ui', ...reachable].filter((room) => !panelSources.includes(room))).toEqual([]);
  });

  it('lets only an adapter import its driver', () => {
    const broken: string[] = [];
    for (const { path, imports } of sources)
      for (const { from } of imports) {
        const owner = drivers[from];
        if (owner !== undefined && path.startsWith('src/') && !path.startsWith(`${owner}/`))
          broken.push(`${path} → ${from}`);
      }
    expect(broken).toEqual([]);
  });

  it('has no second file that the Supervisor would take for an app', () => {
    const isSkipped = (name: string) =>
      name.startsWith('.') || name === 'node_modules' || name === 'rootfs' || name === 'dist';
    const found: string[] = [];
    const walk = (folder: string) => {
      for (const name of readdirSync(folder)) {
        if (isSkipped(name)) continue;
        const path = join(folder, name);
        if (statSync(path).isDirectory()) walk(path);
        else if (/^config\.(json|ya?ml)$/.test(name)) found.push(relative(root, path));
      }
    };
    walk(root);
    expect(found.filter((path) => path !== 'config.yaml')).toEqual([]);
  });
});
