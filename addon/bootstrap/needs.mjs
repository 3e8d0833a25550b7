/** What the scripts need from the system, and whether it is here. */
import { spawnSync } from 'node:child_process';
import { accessSync, constants, existsSync } from 'node:fs';
import { platform } from 'node:os';
import { delimiter, join } from 'node:path';

/**
 * @typedef {object} Need
 * @property {string} name as a person calls it
 * @property {string} package Debian's name for it
 * @property {() => string | undefined} missing why what is there will not do; undefined when it does
 * @property {string} otherwise where to get it when Debian's package will not do
 * @property {string} [without] for one that can be done without: what is left out then
 */

/** @type {Need} */
const atomicLibrary = {
  name: 'the library libatomic, which Node 26 needs',
  package: 'libatomic1',
  missing: () => {
    if (platform() !== 'linux') return undefined;
    // Without ldconfig there is no way to check; Node itself reports the missing library then.
    const libraries = outputOf('/sbin/ldconfig', ['-p']) ?? outputOf('ldconfig', ['-p']);
    return libraries === undefined || libraries.includes('libatomic.so.1') ? undefined : 'not found';
  },
  otherwise: 'your distribution (GCC brings it)',
};

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
export const go = {
  name: 'Go 1.24 or newer',
  package: 'golang-go',
  missing: () => {
    const text = outputOf('go', ['version']);
    if (text === undefined) return 'not found';
    // Since 1.21 Go fetches the newer toolchain that a module asks for, unless GOTOOLCHAIN forbids it.
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

/** Whether the machine's Python is one for which some packages of Home Assistant come as sources only. */
function pythonCompiles() {
  const minor = Number(outputOf('python3', ['-c', 'import sys; print(sys.version_info[1])']) ?? 0);
  return minor >= 13;
}

/** @type {Need} */
const compiler = {
  name: 'a C++ compiler',
  package: 'g++',
  missing: () => (!pythonCompiles() || isOnPath('g++') ? undefined : 'not found'),
  otherwise: 'https://gcc.gnu.org/install',
};

/** @type {Need} */
const pythonHeaders = {
  name: "Python's headers",
  package: 'python3-dev',
  missing: () => {
    if (!pythonCompiles()) return undefined;
    const script =
      'import sysconfig, os; print(os.path.exists(sysconfig.get_paths()["include"] + "/Python.h"))';
    return outputOf('python3', ['-c', script])?.includes('False') ? 'not found' : undefined;
  },
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

/** @type {Need} */
const fonts = {
  name: 'a font',
  package: 'fonts-dejavu-core',
  missing: () => (outputOf('fc-list', [])?.trim() ? undefined : 'not found'),
  otherwise: 'your distribution',
};

/** @type {Need} */
const faketime = {
  name: 'libfaketime',
  package: 'libfaketime',
  missing: () =>
    ['x86_64-linux-gnu', 'aarch64-linux-gnu'].some((machine) =>
      existsSync(`/usr/lib/${machine}/faketime/libfaketime.so.1`),
    )
      ? undefined
      : 'not found',
  otherwise: 'https://github.com/wolfcw/libfaketime',
  without: 'a clock that is stepped is not tried',
};

/** @type {Need} */
const mkfs = {
  name: 'mkfs.ext4',
  package: 'e2fsprogs',
  missing: () =>
    ['/sbin', '/usr/sbin'].some((folder) => existsSync(join(folder, 'mkfs.ext4'))) ? undefined : 'not found',
  otherwise: 'https://e2fsprogs.sourceforge.net',
  without: 'a full disk and a power cut are not tried',
};

/** @type {Need} */
const shellcheck = {
  name: 'ShellCheck',
  package: 'shellcheck',
  missing: () => (isOnPath('shellcheck') ? undefined : 'not found'),
  otherwise: 'https://www.shellcheck.net',
  without: 'the shell scripts are not checked',
};

const forStores = [java, maven, go];
/** Home Assistant itself. */
const forCore = [python, compiler, pythonHeaders];
/** @type {Readonly<Record<string, readonly Need[]>>} */
const needs = {
  'addon/start.ts': forStores,
  'test/home-assistant/run.ts': [...forStores, ...forCore],
  'test/soak/run.ts': forStores,
  'test/bench/ingest.ts': forStores,
  'test/bench/posting.ts': forStores,
  'test/bench/queries.ts': forStores,
};
/** What the suites of `npm test` need. @type {Readonly<Record<string, readonly Need[]>>} */
const suiteNeeds = {
  types: [],
  lint: [],
  go: [go],
  unit: [],
  structure: [shellcheck],
  stores: forStores,
  'home-assistant': [...forStores, ...forCore],
  faults: [...forStores, ...forCore, faketime, mkfs],
  panel: [...forStores, chromium, fonts],
};

/**
 * What a script needs from the system, each thing once.
 *
 * @param {string} script
 * @param {readonly string[]} args of the script: `npm test` takes names of suites; none means all
 * @returns {readonly Need[]}
 */
export function needsOf(script, args = []) {
  if (script !== 'test/run.ts') return [atomicLibrary, ...(needs[script] ?? [])];
  const suites = args.length === 0 ? Object.keys(suiteNeeds) : args;
  return [...new Set([atomicLibrary, ...suites.flatMap((suite) => suiteNeeds[suite] ?? [])])];
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
export function outputOf(command, args) {
  const result = spawnSync(command, args, { encoding: 'utf8', timeout: 30_000 });
  return result.error === undefined && result.status === 0 ? result.stdout + result.stderr : undefined;
}

/** @param {string} name */
export function isOnPath(name) {
  return (process.env.PATH ?? '').split(delimiter).some((folder) => {
    try {
      accessSync(join(folder, name), constants.X_OK);
      return folder !== '';
    } catch {
      return false;
    }
  });
}
