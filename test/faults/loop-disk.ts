/** A disk of our own that can be filled and can lose its power: a file system in a file. */
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** _IOR('X', 125, __u32): the file system does nothing more, and what was not written is not written (flag 2). */
const goDown =
  'sysopen(my $d, $ARGV[0], 0) or die $!; my $flags = pack("L", 2); ioctl($d, 0x8004587D, $flags) or die $!';

export class LoopDisk {
  /** Where it is mounted. */
  readonly folder: string;
  readonly #base: string;
  readonly #image: string;

  private constructor(base: string) {
    this.#base = base;
    this.folder = join(base, 'mounted');
    this.#image = join(base, 'disk.ext4');
  }

  /** @returns why there can be none where that needs rights that this user does not have */
  static async make(megabytes: number): Promise<LoopDisk | { readonly reason: string }> {
    const base = await mkdtemp(join(tmpdir(), 'energy-ledger-disk-'));
    const disk = new LoopDisk(base);
    try {
      await mkdir(disk.folder);
      await run('truncate', ['-s', `${megabytes}M`, disk.#image]);
      await run('mkfs.ext4', ['-q', '-F', '-m', '0', disk.#image]);
      await disk.mount();
      return disk;
    } catch (cause) {
      await rm(base, { recursive: true, force: true });
      const reason = cause instanceof Error ? cause.message.split('\n').join(' ') : String(cause);
      process.stdout.write(
        `Not tried: a file system of its own can not be mounted here (${reason.trim()})\n`,
      );
      return { reason };
    }
  }

  /** After `cutPower` this replays the file system's journal, as a machine does that starts again. */
  async mount(): Promise<void> {
    await run('mount', ['-o', 'loop', this.#image, this.folder]);
  }

  /** Loses everything in memory that is not synced, at this instant. Writes fail from now on. */
  async cutPower(): Promise<void> {
    await run('perl', ['-e', goDown, this.folder]);
  }

  async unmount(): Promise<void> {
    await run('umount', [this.folder]);
  }

  /** A file of something else takes all the room but so much; 0 leaves not a byte. */
  async fillUpTo(leftBytes: number): Promise<void> {
    const { stdout } = await run('df', ['--output=avail', '-B1', this.folder]);
    // Others write meanwhile, so the last of it is written and not only set aside.
    const bytes = Number(stdout.split('\n')[1]) - Math.max(leftBytes, 8 * 1_048_576);
    const ballast = join(this.folder, `ballast-${Date.now()}`);
    if (bytes > 0) await run('fallocate', ['-l', String(bytes), ballast]);
    if (leftBytes === 0)
      await run('sh', ['-c', 'dd if=/dev/zero of="$1" bs=4k 2>&1 || true', 'sh', `${ballast}-rest`]);
  }

  async makeRoom(): Promise<void> {
    await run('sh', ['-c', 'rm -f "$1"/ballast-*', 'sh', this.folder]);
  }

  async remove(): Promise<void> {
    await this.unmount().catch(() => run('umount', ['-l', this.folder]));
    await rm(this.#base, { recursive: true, force: true });
  }
}
