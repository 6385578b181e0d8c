/**
 * Says on disk which processes have containers at work, so that the next start knows without asking an engine whether a
 * process that was killed left some.
 */
import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

export class RunningMark {
  private count = 0;
  private written: Promise<void> = Promise.resolve();

  /** @param folder null: nothing is written */
  constructor(private readonly folder: string | null) {}

  /** Returns what ends it. The mark is there before it resolves. */
  async begin(): Promise<() => Promise<void>> {
    if (this.count++ === 0) this.write(true);
    await this.written;
    return async () => {
      if (--this.count === 0) this.write(false);
      await this.written;
    };
  }

  private write(there: boolean): void {
    const { folder } = this;
    if (folder === null) return;
    const path = join(folder, String(process.pid));
    // A folder that can't be written only means that containers of a killed process wait for the next replay.
    this.written = this.written
      .then(async () => {
        if (!there) return rm(path, { force: true });
        await mkdir(folder, { recursive: true });
        await writeFile(path, '');
      })
      .catch(() => undefined);
  }

  /** Calls `clear` when a process that died had containers at work, and forgets it once that succeeded. */
  async afterDead(clear: () => Promise<unknown>): Promise<void> {
    const { folder } = this;
    if (folder === null) return;
    const names = await readdir(folder).catch(() => []);
    const dead = names.filter((name) => /^\d+$/.test(name) && !lives(Number(name)));
    if (dead.length === 0) return;
    await clear();
    for (const name of dead) await rm(join(folder, name), { force: true });
  }
}

function lives(pid: number): boolean {
  if (pid === process.pid) return true;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // A process of another user lives too.
    return (error as NodeJS.ErrnoException).code !== 'ESRCH';
  }
}
