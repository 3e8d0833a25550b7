import { statfs } from 'node:fs/promises';
import type { DiskSpace } from '../../recording/write/disk-watch.ts';

/** Of the disk that a folder is on. Rejects when the folder is not there. */
export async function diskSpace(folder: string): Promise<DiskSpace> {
  const { bavail, blocks, bsize } = await statfs(folder);
  return { freeBytes: bavail * bsize, totalBytes: blocks * bsize };
}
