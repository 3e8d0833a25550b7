/** The npm packages: as package-lock.json says, and the pinned Node among them. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { Refusal, root, runStep, say } from './steps.mjs';

/**
 * @typedef {{version?: string, integrity?: string, optional?: boolean}} LockedPackage
 * @typedef {Record<string, LockedPackage>} LockedPackages
 */

/**
 * Installs what is missing and returns the path of the pinned Node.
 *
 * @returns {Promise<string>}
 */
export async function installPackages() {
  const wanted = lockedPackages('package-lock.json');
  if (wanted === undefined)
    throw new Refusal('package-lock.json is missing or broken: is this a whole checkout?');
  const installed = lockedPackages('node_modules/.package-lock.json');
  if (installed === undefined) {
    say('Installing the npm packages and Node (about a minute, the first time only)');
    await npm(['ci']);
  } else if (isBehind(wanted, installed)) {
    say('package-lock.json has changed: bringing the npm packages up to date');
    // Not `npm ci`, which empties the folder under a program that is still running from it.
    await npm(['install', '--no-save']);
  }
  return pinnedNode();
}

/**
 * What a lock file lists, by path below node_modules; undefined when it cannot be read.
 *
 * @param {string} file
 * @returns {LockedPackages | undefined}
 */
function lockedPackages(file) {
  try {
    return JSON.parse(readFileSync(join(root, file), 'utf8')).packages;
  } catch {
    return undefined;
  }
}

/**
 * Whether something that package-lock.json asks for is not installed, or in another version. What is optional
 * there (other platforms' binaries) need not be; what is installed besides does no harm.
 *
 * @param {LockedPackages} wanted
 * @param {LockedPackages} installed as npm notes it in node_modules/.package-lock.json
 */
export function isBehind(wanted, installed) {
  return Object.entries(wanted).some(([path, about]) => {
    if (path === '') return false;
    const found = installed[path];
    if (found === undefined) return about.optional !== true;
    return found.version !== about.version || found.integrity !== about.integrity;
  });
}

/** @param {string[]} args */
async function npm(args) {
  const cli = process.env.npm_execpath;
  const [command, first] = cli?.endsWith('.js') ? [process.execPath, [cli]] : ['npm', []];
  const all = [...first, ...args, '--no-audit', '--no-fund'];
  for (let attempt = 1; ; attempt += 1) {
    const { ok, logFile, why } = await runStep('installing the npm packages', 'npm', command, all, {
      cwd: root,
    });
    if (ok) return;
    // npm itself tries a download three times.
    if (attempt === 2)
      throw new Refusal(`npm could not install the packages: ${why}. All that it said is in ${logFile}`);
    say(`  npm failed: ${why}; trying again`);
  }
}

/** @returns {Promise<string>} the path of the Node that package.json pins */
async function pinnedNode() {
  const version = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')).devDependencies.node;
  const folder = join(root, 'node_modules/node');
  const node = join(folder, 'bin/node');
  let about = versionOf(node);
  if (about.found !== version && !about.complaint.includes('shared librar')) {
    // The package fetches the binary in an install script, which npm's settings may have kept from running.
    say(`Fetching Node ${version} (50 MB)`);
    const script = ['installArchSpecificPackage.js'];
    const step = await runStep('fetching Node', 'npm', process.execPath, script, { cwd: folder });
    if (!step.ok)
      throw new Refusal(
        `Node ${version} could not be fetched: ${step.why}. All that npm said is in ${step.logFile}`,
      );
    about = versionOf(node);
  }
  if (about.found === undefined)
    throw new Refusal(`Node ${version} is here but does not run on this machine: ${about.complaint}`);
  if (about.found !== version)
    throw new Refusal(
      `${node} is Node ${about.found}, not ${version}: remove node_modules, then run this again`,
    );
  const link = join(root, 'node_modules/.bin/node');
  if (!existsSync(link)) {
    mkdirSync(join(root, 'node_modules/.bin'), { recursive: true });
    symlinkSync('../node/bin/node', link);
  }
  return node;
}

/**
 * What a Node says of itself, for instance 26.10.0; or what it or the system complains of when it does not run.
 *
 * @param {string} node
 * @returns {{found?: string, complaint: string}}
 */
function versionOf(node) {
  const { stdout, stderr, error, status } = spawnSync(node, ['--version'], {
    encoding: 'utf8',
    timeout: 20_000,
  });
  if (error === undefined && status === 0) return { found: stdout.trim().replace(/^v/, ''), complaint: '' };
  return { complaint: stderr?.trim().split('\n').at(-1) || error?.message || `exit code ${status}` };
}
