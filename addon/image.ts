/**
 * `npm run image`: builds the app's image with buildah or docker, whichever is there, and tries it when asked.
 *
 *     npm run image -- [--tag NAME] [--arg NAME=VALUE …] [--base debootstrap [--s6-overlay FOLDER]] [--try]
 *
 * --arg passes on an argument of the Dockerfile, such as --arg BUILD_FROM=registry.example/base-debian:trixie.
 * --base debootstrap makes all the images that the Dockerfile starts from out of Debian and npm packages, for
 * machines that reach no container registry; it needs root and debootstrap. --s6-overlay puts the s6-overlay
 * release whose archives lie in FOLDER into that base; without it, stand-ins take its place.
 * --try starts the image, with the demo home beside it, and reports how it does; it needs root.
 */
import { arch } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import packageJson from '../package.json' with { type: 'json' };
import { build, findTool, logFile, sizeOf } from './image/builder.ts';
import { localBase } from './image/local-base.ts';
import { tryImage } from './image/trial.ts';
import { root } from './paths.ts';

/** The user can mend it; the message says how. */
class Refusal extends Error {}

const say = (line: string): void => {
  process.stdout.write(`${line}\n`);
};

function argumentsOf(pairs: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    pairs.map((pair) => {
      const [, name, value] = /^([A-Z_0-9]+)=(.*)$/.exec(pair) ?? [];
      if (name === undefined || value === undefined) throw new Refusal(`--arg takes NAME=VALUE, not ${pair}`);
      return [name, value];
    }),
  );
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      tag: { type: 'string', default: `localhost/energy-ledger:${packageJson.version}` },
      arg: { type: 'string', multiple: true, default: [] },
      base: { type: 'string' },
      's6-overlay': { type: 'string' },
      try: { type: 'boolean', default: false },
    },
  });
  if (values.base !== undefined && values.base !== 'debootstrap')
    throw new Refusal(`--base takes "debootstrap", not ${values.base}`);
  if (values['s6-overlay'] !== undefined && values.base === undefined)
    throw new Refusal("--s6-overlay goes with --base debootstrap: the registries' base has its own");
  if ((values.try || values.base !== undefined) && process.getuid?.() !== 0)
    throw new Refusal('--base and --try need root');
  const given = argumentsOf(values.arg);
  const tool = findTool();
  if (tool === undefined)
    throw new Refusal(
      'Neither buildah nor a running docker is here: apt-get install buildah (and debootstrap)',
    );
  say(`Building with ${tool}; all it says is in ${logFile}`);
  const began = performance.now();
  const bases = values.base === undefined ? {} : await localBase(tool, values['s6-overlay'], say);
  const args = {
    ...bases,
    BUILD_VERSION: packageJson.version,
    BUILD_ARCH: arch() === 'arm64' ? 'aarch64' : 'amd64',
    ...given,
  };
  await build(tool, { file: join(root, 'Dockerfile'), context: root, tag: values.tag, args }, say);
  const megabytes = Math.round(sizeOf(tool, values.tag) / 1e6);
  say(`${values.tag} is built: ${megabytes} MB, in ${Math.round((performance.now() - began) / 1000)} s`);
  if (values.try) await tryImage(tool, values.tag, say);
}

try {
  await main();
} catch (cause) {
  if (cause instanceof Refusal) say(cause.message);
  else console.error(cause);
  process.exitCode = 1;
}
