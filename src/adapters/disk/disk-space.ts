import { statfs } from 'node:fs/promises';
import type { DiskSpace } from '../../recording/write/disk-watch.ts';

/** The space of the disk that holds a folder. Rejects when the folder does not exist. */
export async function diskSpace(folder: string): Promise<DiskSpace> {
  const { bavail, blocks, bsize } = await statfs(folder);
  return { freeBytes: bavail * bsize, totalBytes: blocks * bsize };
}
