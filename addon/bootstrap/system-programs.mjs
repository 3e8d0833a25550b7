/** The programs that come from the system: found, or installed where that is allowed, or asked for in one line. */
import { spawnSync } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { Refusal, runStep, say } from './steps.mjs';

/**
 * @typedef {object} Need
 * @property {string} name as a person calls it
 * @property {string} package Debian's name for it
 * @property {() => string | undefined} missing why what is there will not do; undefined when it does
 * @property {string} otherwise where to get it when Debian's package will not do
 */

/** @type {Need} */
const java = {
  name: 'Java 17 or newer',
  package: 'default-jre-headless',
  missing: () => {
    const home = process.env.JAVA_HOME;
    const major = javaMajor(outputOf(home ? join(home, 'bin/java') : 'java', ['-version']));
    if (major === undefined) return 'not found';
    return major >= 17 ? undefined : `only Java ${major} is here`;
  },
  otherwise: 'https://adoptium.net',
};

/** @type {Need} */
const maven = {
  name: 'Maven',
  package: 'maven',
  missing: () => (isOnPath('mvn') ? undefined : 'not found'),
  otherwise: 'https://maven.apache.org/install.html',
};

/** @type {Need} */
const go = {
  name: 'Go 1.24 or newer',
  package: 'golang-go',
  missing: () => {
    const text = outputOf('go', ['version']);
    if (text === undefined) return 'not found';
    // Since 1.21 Go fetches by itself the newer toolchain that a module asks for, unless told not to.
    const fetchesToolchains = outputOf('go', ['env', 'GOTOOLCHAIN'])?.trim() !== 'local';
    return isGoEnough(text, fetchesToolchains) ? undefined : `only ${text.trim()} is here`;
  },
  otherwise: 'https://go.dev/doc/install',
};

/** @type {Need} */
const python = {
  name: 'Python 3 with venv',
  package: 'python3-venv',
  missing: () =>
    outputOf('python3', ['-c', 'import venv, ensurepip; print("here")'])?.includes('here')
      ? undefined
      : 'not found',
  otherwise: 'https://docs.python.org/3/using',
};

/** @type {Need} */
const chromium = {
  name: 'Chromium',
  package: 'chromium',
  missing: () =>
    ['chromium', 'chromium-browser', 'google-chrome'].some(isOnPath) || process.env.CHROMIUM
      ? undefined
      : 'not found',
  otherwise: 'https://www.chromium.org/getting-involved/download-chromium',
};

/** @type {Readonly<Record<string, readonly Need[]>>} */
const needs = {
  'addon/start.ts': [java, maven, go],
  'test/run.ts': [java, maven, go, python, chromium],
  'test/home-assistant/run.ts': [java, maven, go, python],
  'test/bench/ingest.ts': [java, maven, go],
};

/**
 * What a script needs from the system.
 *
 * @param {string} script
 * @returns {readonly Need[]}
 */
export function needsOf(script) {
  return needs[script] ?? [];
}

/** Where Go's own installer puts it, whatever PATH says. */
const usualFolders = ['/usr/local/go/bin'];

/**
 * Makes sure of the programs. Throws a Refusal that names what is missing, all of it, with the command.
 *
 * @param {readonly Need[]} wanted
 * @returns {Promise<string[]>} folders to add to PATH
 */
export async function installSystemPrograms(wanted) {
  const before = (process.env.PATH ?? '').split(delimiter);
  const folders = usualFolders.filter((folder) => !before.includes(folder));
  process.env.PATH = [...before, ...folders].join(delimiter);

  const missing = wanted.filter((need) => need.missing() !== undefined);
  if (missing.length === 0) return folders;
  const packages = missing.map((need) => need.package).join(' ');
  const names = missing.map((need) => need.name).join(', ');
  if (!isOnPath('apt-get')) throw new Refusal(`Missing on this machine: ${describe(missing)}`);
  if (process.getuid?.() !== 0)
    throw new Refusal(`Missing on this machine: ${names}. Install with: sudo apt-get install ${packages}`);

  say(`Installing with apt-get: ${packages} (a minute or two)`);
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  await runStep('fetching the package lists', 'apt', 'apt-get', ['update'], { env });
  const install = ['install', '--yes', '--no-install-recommends', ...missing.map((need) => need.package)];
  const { ok, logFile, lastLine } = await runStep('installing', 'apt', 'apt-get', install, { env });
  const still = missing.filter((need) => need.missing() !== undefined);
  if (still.length > 0)
    throw new Refusal(
      `Still missing after apt-get ${ok ? 'installed' : `failed (${lastLine}; all of it is in ${logFile}) on`} ${packages}: ${describe(still)}`,
    );
  return folders;
}

/** @param {readonly Need[]} missing */
function describe(missing) {
  return missing.map((need) => `${need.name} (${need.missing()}; get it from ${need.otherwise})`).join(', ');
}

/**
 * @param {string | undefined} text what `java -version` says
 * @returns {number | undefined} for instance 17
 */
export function javaMajor(text) {
  const version = /version "(?:1\.)?(\d+)/.exec(text ?? '')?.[1];
  return version === undefined ? undefined : Number(version);
}

/**
 * @param {string} text what `go version` says
 * @param {boolean} fetchesToolchains
 */
export function isGoEnough(text, fetchesToolchains) {
  const minor = Number(/go1\.(\d+)/.exec(text)?.[1] ?? 0);
  return minor >= (fetchesToolchains ? 21 : 24);
}

/**
 * What a program says, on either stream; undefined when it cannot be run.
 *
 * @param {string} command
 * @param {string[]} args
 */
function outputOf(command, args) {
  const result = spawnSync(command, args, { encoding: 'utf8', timeout: 30_000 });
  return result.error === undefined && result.status === 0 ? result.stdout + result.stderr : undefined;
}

/** @param {string} name */
function isOnPath(name) {
  return (process.env.PATH ?? '').split(delimiter).some((folder) => {
    try {
      accessSync(join(folder, name), constants.X_OK);
      return folder !== '';
    } catch {
      return false;
    }
  });
}
