import { join } from 'node:path';
import { cacheFolder } from '../../../addon/paths.ts';
import type { Say } from '../../../addon/say.ts';
import { installEnvironment } from '../../python/environment.ts';
import { findPython } from './python.ts';

export interface InstalledCore {
  readonly core: string;
  readonly python: string;
}

/** Home Assistant Core in a virtual environment under .cache; what is there already is kept, and needs no network. */
export async function installCore(say: Say): Promise<InstalledCore> {
  const { command, version } = await findPython();
  const python = await installEnvironment(
    {
      title: `Home Assistant ${version.core}`,
      command,
      folder: join(cacheFolder, `home-assistant/core-${version.core}`),
      requirements: version.requirements,
      size: '150 MB',
    },
    say,
  );
  return { core: version.core, python };
}
