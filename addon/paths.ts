import { join, resolve } from 'node:path';

/** The checkout. */
export const root = resolve(import.meta.dirname, '..');

/** Everything that a machine made and another can make again: downloads, builds, logs, the demo's data. */
export const cacheFolder = join(root, '.cache');

/** The folder of run scripts and settings that the container and this machine share. */
export const sharedFolder = join(root, 'rootfs/usr/lib/energy-ledger');
