/** The programs that come from the system: found, or installed where that is allowed, or asked for in one line. */
import { delimiter } from 'node:path';
import { fetchedGo, fetchGo } from './go-toolchain.mjs';
import { go, isOnPath, outputOf } from './needs.mjs';
import { reasonIn } from './reason.mjs';
import { Refusal, runStep, say } from './steps.mjs';

/** @typedef {import('./needs.mjs').Need} Need */

/** Where Go's own installer puts it, whatever PATH says. */
const usualFolders = ['/usr/local/go/bin'];

/**
 * Makes sure of the programs, and that PATH leads to them. Throws a Refusal that names what is missing, all of it, with
 * the command.
 *
 * @param {readonly Need[]} wanted
 * @returns {Promise<void>}
 */
export async function installSystemPrograms(wanted) {
  const before = (process.env.PATH ?? '').split(delimiter);
  const folders = usualFolders.filter((folder) => !before.includes(folder));
  process.env.PATH = [...before, ...folders].join(delimiter);
  preferFetchedGo();

  let aptSaid = '';
  // Twice, because only the installed Python shows whether it needs a compiler.
  for (const _round of [1, 2]) {
    // A Go that is too old is good enough to fetch a new one, which Debian may not have.
    const toInstall = missingOf(wanted).filter(
      (need) => need !== go || outputOf('go', ['version']) === undefined,
    );
    if (toInstall.length === 0 || aptSaid !== '') break;
    aptSaid = await installWithApt(toInstall);
  }
  if (wanted.includes(go) && go.missing() !== undefined && outputOf('go', ['version']) !== undefined) {
    await fetchGo();
    preferFetchedGo();
  }
  const still = missingOf(wanted);
  const needed = still.filter((need) => need.without === undefined);
  if (needed.length > 0) throw new Refusal(aptSaid || `Missing on this machine: ${describe(needed)}`);
  for (const { name, package: debian, without } of still)
    say(`${name} is not here: ${without} (sudo apt-get install ${debian})`);
}

/** @param {readonly Need[]} needs */
function missingOf(needs) {
  return needs.filter((need) => need.missing() !== undefined);
}

function preferFetchedGo() {
  const folder = fetchedGo();
  if (folder === undefined) return;
  process.env.PATH = [folder, process.env.PATH ?? ''].join(delimiter);
  // It would name the old one.
  delete process.env.GOROOT;
}

/**
 * Installs Debian's packages where that is allowed; throws a Refusal where something that is needed must be installed
 * by the user.
 *
 * @param {readonly Need[]} missing
 * @returns {Promise<string>} a sentence about what went wrong; '' when nothing did
 */
async function installWithApt(missing) {
  const needed = missing.filter((need) => need.without === undefined);
  if (!isOnPath('apt-get') || process.getuid?.() !== 0) {
    if (needed.length === 0 || !isOnPath('apt-get')) return '';
    const names = needed.map((need) => need.name).join(', ');
    const packages = missing.map((need) => need.package).join(' ');
    throw new Refusal(`Missing on this machine: ${names}. Install with: sudo apt-get install ${packages}`);
  }
  const packages = missing.map((need) => need.package);
  say(`Installing with apt-get: ${packages.join(' ')} (a minute or two)`);
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive', LC_ALL: 'C.UTF-8' };
  const update = await runStep('fetching the package lists', 'apt', 'apt-get', ['update'], { env });
  const args = ['install', '--yes', '--no-install-recommends', ...packages];
  const { ok, logFile, output } = await runStep('installing', 'apt', 'apt-get', args, { env });
  if (ok) return '';
  // Lists that could not be fetched are a warning to apt; what follows from it is that there are no packages.
  const why = reasonIn(update.output + output);
  const sentence = `apt-get could not install ${packages.join(' ')}: ${why}. All that it said is in ${logFile}`;
  if (needed.length === 0) say(sentence);
  return sentence;
}

/** @param {readonly Need[]} missing */
function describe(missing) {
  return missing.map((need) => `${need.name} (${need.missing()}; get it from ${need.otherwise})`).join(', ');
}
