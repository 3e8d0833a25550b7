/**
 * Goal: what the Supervisor, Docker and s6 read is right before anybody installs it.
 * Method: the files are read as those programs read them and held to their rules: keys and defaults as in the
 * community's linter for apps, options against schema against translations, s6 folders complete, one version.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, globSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import * as icons from '@mdi/js';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { questdb } from '../../addon/sidecars/versions.ts';

const root = resolve(import.meta.dirname, '../..');
const text = (path: string): string => readFileSync(join(root, path), 'utf8');
const yaml = (path: string): unknown => parse(text(path));
const record = z.record(z.string(), z.unknown());

const config = record.parse(yaml('config.yaml'));
const schema = z.record(z.string(), z.union([z.string(), z.array(z.string())])).parse(config.schema);
const options = record.parse(config.options);
const packageJson = z
  .object({ version: z.string(), license: z.string() })
  .parse(JSON.parse(text('package.json')));

/** The keys that config.yaml may have, with the Supervisor's default where it has one. */
const knownKeys: Readonly<Record<string, unknown>> = {
  apparmor: true,
  arch: undefined,
  audio: false,
  auth_api: false,
  backup: 'hot',
  backup_exclude: undefined,
  boot: 'auto',
  breaking_versions: undefined,
  description: undefined,
  devices: undefined,
  environment: undefined,
  hassio_api: false,
  hassio_role: 'default',
  homeassistant: undefined,
  homeassistant_api: false,
  host_network: false,
  image: undefined,
  ingress: false,
  ingress_entry: undefined,
  ingress_port: 8099,
  ingress_stream: false,
  init: true,
  machine: undefined,
  map: undefined,
  name: undefined,
  options: {},
  panel_admin: true,
  panel_icon: 'mdi:puzzle',
  panel_title: undefined,
  schema: {},
  services: undefined,
  slug: undefined,
  stage: 'stable',
  startup: 'application',
  timeout: 10,
  tmpfs: false,
  ulimits: {},
  url: undefined,
  version: undefined,
};

const scriptFolders = ['rootfs/usr/lib/energy-ledger', 'rootfs/etc/s6-overlay/s6-rc.d'];
const services = 'rootfs/etc/s6-overlay/s6-rc.d';

function filesBelow(folder: string): string[] {
  return readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(root.length + 1));
}
const scripts = scriptFolders.flatMap(filesBelow).filter((path) => text(path).startsWith('#!'));
const serviceNames = readdirSync(join(root, services)).filter((name) => name !== 'user');

describe('config.yaml', () => {
  test('has what is required, nothing unknown, and nothing that is the default anyway', () => {
    for (const key of ['name', 'version', 'slug', 'description', 'arch']) expect(config).toHaveProperty(key);
    for (const [key, value] of Object.entries(config)) {
      expect(Object.keys(knownKeys), `${key} is not a key of config.yaml`).toContain(key);
      expect(value, `${key} is set to its default`).not.toEqual(knownKeys[key]);
    }
    expect(config.slug).toMatch(/^[-_.a-z0-9]+$/);
    expect(config.arch).toEqual(['amd64', 'aarch64']);
  });

  test('asks for the access that is needed and for no more', () => {
    expect(config).toMatchObject({ ingress: true, init: false, homeassistant_api: true, backup: 'cold' });
    for (const key of [
      'host_network',
      'privileged',
      'full_access',
      'docker_api',
      'hassio_role',
      'ports',
      'map',
    ])
      expect(config).not.toHaveProperty(key);
  });

  test('agrees with package.json on the version, and the changelog lists it', () => {
    expect(config.version).toBe(packageJson.version);
    expect(text('CHANGELOG.md')).toContain(`\n## ${packageJson.version}\n`);
  });

  test('shows an icon that exists', () => {
    const [set, name = ''] = String(config.panel_icon).split(':');
    expect(set).toBe('mdi');
    const exported = `mdi-${name}`.replace(/-(.)/g, (_, letter: string) => letter.toUpperCase());
    expect(Object.keys(icons)).toContain(exported);
  });

  test('leaves a stop the time that the services may take, within what the Supervisor allows', () => {
    const seconds = (service: string): number => Number(text(`${services}/${service}/timeout-kill`)) / 1000;
    const killGrace = 3;
    const longest =
      seconds('energy-ledger') + Math.max(seconds('questdb'), seconds('document-server')) + killGrace;
    expect(config.timeout).toBeGreaterThanOrEqual(longest + 30);
    expect(config.timeout).toBeLessThanOrEqual(300);
  });
});

describe('options', () => {
  const element = /^(str|bool|int|float|email|url|port|password|match\(.+\)|list\(.+\))\??$/;

  test('have a schema that the Supervisor understands, whose expressions are valid', () => {
    for (const [key, type] of Object.entries(schema))
      for (const each of [type].flat()) {
        expect(each, key).toMatch(element);
        const expression = /^match\((.*)\)\??$/.exec(each)?.[1];
        if (expression !== undefined) expect(() => new RegExp(expression), key).not.toThrow();
      }
  });

  test('have a default unless they are optional, and the default is accepted', () => {
    for (const [key, type] of Object.entries(schema)) {
      const isOptional = typeof type === 'string' && type.endsWith('?');
      expect(key in options, `${key}: a default, or optional`).toBe(!isOptional);
      const allowed = /^list\((.+)\)$/.exec(String(type))?.[1]?.split('|');
      if (allowed !== undefined) expect(allowed).toContain(options[key]);
      if (Array.isArray(type)) expect(Array.isArray(options[key])).toBe(true);
    }
    for (const key of Object.keys(options)) expect(schema).toHaveProperty(key);
  });

  test.each([
    ['tracked_entities', 'sensor.grid_import', 'Grid import'],
    ['questdb_url', 'https://user:password@questdb.lan:9000', 'questdb.lan'],
    ['mongodb_url', 'mongodb+srv://user:password@mongo.lan/energy_ledger?tls=true', 'https://mongo.lan'],
  ])('%s takes what is meant and refuses what is not', (key, right, wrong) => {
    const expression = /^match\((.*)\)\??$/.exec([schema[key] ?? ''].flat()[0] ?? '')?.[1];
    expect(right).toMatch(new RegExp(expression ?? ''));
    expect(wrong).not.toMatch(new RegExp(expression ?? '^'));
  });

  test('are each named and described in the translation, and nothing else is', () => {
    const translation = z
      .object({
        configuration: z.record(z.string(), z.object({ name: z.string(), description: z.string() })),
      })
      .parse(yaml('translations/en.yaml'));
    expect(Object.keys(translation.configuration).sort()).toEqual(Object.keys(schema).sort());
  });
});

describe('the image', () => {
  const dockerfile = text('Dockerfile');
  const argument = (name: string): string | undefined =>
    new RegExp(`^ARG ${name}=(.+)$`, 'm').exec(dockerfile)?.[1];

  test('takes every image as an argument, and Node, QuestDB and the base as they are pinned elsewhere', () => {
    for (const [, from] of dockerfile.matchAll(/^FROM (\S+)/gm)) expect(from).toMatch(/^\$\{[A-Z_]+\}$/);
    const build = z.object({ build_from: z.record(z.string(), z.string()) }).parse(yaml('build.yaml'));
    expect(Object.keys(build.build_from).sort()).toEqual([...z.array(z.string()).parse(config.arch)].sort());
    for (const image of Object.values(build.build_from)) expect(image).toBe(argument('BUILD_FROM'));
    const node = z.object({ devDependencies: z.object({ node: z.string() }) });
    const { devDependencies } = node.parse(JSON.parse(text('package.json')));
    expect(argument('NODE_IMAGE')).toContain(`node:${devDependencies.node}-`);
    expect(questdb.artifact).toBe(`org.questdb:questdb:${argument('QUESTDB_VERSION')}`);
    expect(questdb.sha256).toBe(argument('QUESTDB_SHA256'));
  });

  test('copies only what .dockerignore lets through', () => {
    const let_ = text('.dockerignore').split('\n');
    const copied = [...dockerfile.matchAll(/^COPY (?!--from)(.+) \S+$/gm)].flatMap(([, paths = '']) =>
      paths.split(' '),
    );
    expect(copied.length).toBeGreaterThan(4);
    for (const path of copied)
      expect(
        let_.some((line) => line === `!${path}` || path.startsWith(`${line.slice(1)}/`)),
        path,
      ).toBe(true);
  });

  test('there is no second config or build file that the Supervisor would take for an app', () => {
    // As the Supervisor walks a repository, less what is never committed.
    const skipped = new Set(['node_modules', 'rootfs', 'dist', 'coverage']);
    const taken = globSync('**/config.{json,yaml,yml}', {
      cwd: root,
      exclude: (path) => skipped.has(path) || path.startsWith('.'),
    });
    expect(taken).toEqual(['config.yaml']);
  });

  test.each(['README.md', 'DOCS.md', 'CHANGELOG.md', 'LICENSE', 'apparmor.txt', 'repository.yaml'])(
    '%s lies beside config.yaml',
    (path) => expect(existsSync(join(root, path))).toBe(true),
  );

  test('the licence is the one that package.json names', () => {
    expect(packageJson.license).toBe('Apache-2.0');
    expect(text('LICENSE')).toMatch(/Apache License\s+Version 2\.0/);
  });

  test('the AppArmor profile has one name, the slug, and no rule that allows every file', () => {
    const profile = text('apparmor.txt');
    expect([...profile.matchAll(/^profile (\S+)/gm)].map(([, name]) => name)).toEqual([config.slug]);
    expect(profile).not.toMatch(/^\s*(file|capability|network|mount|ptrace|\/\*\* .*),$/m);
  });

  test.each([
    ['icon.png', 128, 128],
    ['logo.png', 250, 100],
  ])('%s is a PNG of %i by %i', (path, width, height) => {
    const png = readFileSync(join(root, path));
    expect(png.subarray(1, 4).toString('latin1')).toBe('PNG');
    expect([png.readUInt32BE(16), png.readUInt32BE(20)]).toEqual([width, height]);
  });
});

describe('the services', () => {
  test.each(serviceNames)('%s has all that s6-rc needs', (name) => {
    const file = (path: string): string => join(root, services, name, path);
    const type = readFileSync(file('type'), 'utf8').trim();
    expect(existsSync(join(root, services, 'user/contents.d', name)), 'named in the user bundle').toBe(true);
    for (const dependency of readdirSync(file('dependencies.d')))
      expect([...serviceNames, 'base']).toContain(dependency);
    if (type === 'oneshot') {
      const program = readFileSync(file('up'), 'utf8').trim();
      expect(program).not.toContain('\n');
      expect(statSync(join(root, 'rootfs', program)).mode & 0o111).not.toBe(0);
      return;
    }
    expect(type).toBe('longrun');
    expect(statSync(file('run')).mode & 0o111).not.toBe(0);
    expect(statSync(file('finish')).mode & 0o111).not.toBe(0);
    expect(Number(readFileSync(file('timeout-kill'), 'utf8'))).toBeGreaterThanOrEqual(10_000);
  });

  test('the user bundle names only services that exist', () => {
    expect(readdirSync(join(root, services, 'user/contents.d')).sort()).toEqual([...serviceNames].sort());
  });

  test('the process stops before its stores do', () => {
    expect(readdirSync(join(root, services, 'energy-ledger/dependencies.d')).sort()).toEqual([
      'document-server',
      'init-energy-ledger',
      'questdb',
    ]);
  });

  test("only the process is given the container's environment, with the Supervisor's token in it", () => {
    const firstLines = new Map(scripts.map((path) => [path, text(path).split('\n')[0]]));
    const withEnvironment = [...firstLines].filter(([, line]) => line?.includes('with-contenv'));
    expect(withEnvironment.map(([path]) => path)).toEqual([`${services}/energy-ledger/run`]);
  });

  test.each(scripts)('%s is executable and says what runs it', (path) => {
    expect(statSync(join(root, path)).mode & 0o755).toBe(0o755);
    expect(text(path).split('\n')[0]).toMatch(/^#!\/(bin\/sh|command\/with-contenv sh)$/);
  });

  const hasShellcheck = existsSync('/usr/bin/shellcheck');
  test.runIf(hasShellcheck)('shellcheck finds nothing in the scripts', () => {
    const report = () =>
      execFileSync('shellcheck', ['--shell=sh', ...scripts], { cwd: root, encoding: 'utf8', stdio: 'pipe' });
    expect(report()).toBe('');
  });
});
