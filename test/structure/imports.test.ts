/**
 * Goal: imports go one way, so that every folder can be read without the ones above it.
 * Method: every import of every source file is read and held against the table below.
 */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';

const root = resolve(import.meta.dirname, '../..');

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
  // The panel retries as the server does.
  ui: ['src/schemas', 'src/runtime/backoff.ts'],
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

function sourceFiles(folder: string): string[] {
  return readdirSync(folder).flatMap((name) => {
    const path = join(folder, name);
    if (statSync(path).isDirectory())
      return name === 'node_modules' || name === 'dist' ? [] : sourceFiles(path);
    return /\.(ts|tsx)$/.test(name) && !/\.(test|bench)\.tsx?$/.test(name) ? [path] : [];
  });
}

function importsOf(file: string): string[] {
  return [...readFileSync(file, 'utf8').matchAll(/(?:from|import)\s*\(?\s*'([^']+)'/g)].map(
    (match) => match[1] ?? '',
  );
}

function folderOf(path: string): string | undefined {
  return Object.keys(rooms)
    .filter((folder) => path.startsWith(`${folder}/`))
    .sort((a, b) => b.length - a.length)[0];
}

describe('structure', () => {
  const files = Object.keys(rooms).flatMap((folder) => {
    try {
      return sourceFiles(join(root, folder));
    } catch {
      return [];
    }
  });

  it('finds the sources at all', () => {
    expect(files.length).toBeGreaterThan(10);
  });

  it('keeps imports between folders to the table', () => {
    const broken: string[] = [];
    for (const file of files) {
      const from = relative(root, file);
      const folder = folderOf(from);
      if (folder === undefined) continue;
      for (const specifier of importsOf(file)) {
        if (!specifier.startsWith('.')) continue;
        const target = relative(root, resolve(dirname(file), specifier));
        const other = folderOf(target);
        // The manifest is data that anyone may read.
        if (other === folder || target === 'package.json') continue;
        const allowed = rooms[folder] ?? [];
        if (other === undefined || !(allowed.includes(other) || allowed.includes(target)))
          broken.push(`${from} → ${target}`);
      }
    }
    expect(broken).toEqual([]);
  });

  it('lets only an adapter import its driver', () => {
    const broken: string[] = [];
    for (const file of files) {
      const from = relative(root, file);
      for (const specifier of importsOf(file)) {
        const owner = drivers[specifier];
        if (owner !== undefined && from.startsWith('src/') && !from.startsWith(`${owner}/`))
          broken.push(`${from} → ${specifier}`);
      }
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
