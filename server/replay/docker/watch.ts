/** Watches the engine and an episode's container while it runs: whether they are there, what memory and disk say. */
import type { Readable } from 'node:stream';
import type { Container, ContainerInspectInfo } from 'dockerode';
import { EngineStopped } from '../errors';
import { killEverything } from '../shell/exec';
import type { Limits } from '../types';
import type { Connection } from './connect';
import { parsedObject, textAt } from './json';
import { answers, engineGone } from './stopped';

/** An engine that is busy answers late; one that says nothing for so long is taken to be gone. */
const SILENCE_MS = 30_000;
const HEARTBEAT_MS = 15_000;
/** Between two looks at the disk while a turn runs. */
const DISK_MS = 2_000;
/** A look at the disk walks over all files that were written (30 ms for 5,000): at most this share of the time goes to it. */
const DISK_SHARE = 0.2;
/** The word of a killed process comes before the engine's own of why. */
const OOM_MS = 300;

type Sized = ContainerInspectInfo & { readonly SizeRw?: number };
/** dockerode's types don't know it. */
const SIZED: { readonly abortSignal?: AbortSignal; readonly size: true } = { size: true };

export class ContainerWatch {
  /** Why no further turn may run; null: none. */
  full: string | null = null;
  private readonly closing = new AbortController();
  private readonly gone: Promise<never>;
  private lose!: (error: unknown) => void;
  private ooms = 0;
  private base = 0;
  private looked = 0;
  private lookCost = 0;
  private looking: Promise<void> | null = null;
  private readonly timers: NodeJS.Timeout[];

  private constructor(
    private readonly connection: Connection,
    private readonly container: Container,
    private readonly limits: Limits,
  ) {
    this.gone = new Promise<never>((_, reject) => {
      this.lose = reject;
    });
    // Nobody may be waiting when it happens.
    this.gone.catch(() => undefined);
    this.timers = [
      setInterval(() => void this.heartbeat(), HEARTBEAT_MS).unref(),
      setInterval(() => void this.look().catch(() => undefined), DISK_MS).unref(),
    ];
  }

  static async open(connection: Connection, container: Container, limits: Limits): Promise<ContainerWatch> {
    const watch = new ContainerWatch(connection, container, limits);
    try {
      await watch.listen();
      return watch;
    } catch (error) {
      watch.close();
      throw error;
    }
  }

  /** What is on the disk now came with the start, and does not count as the episode's. */
  async begin(): Promise<void> {
    this.base = (await this.inspected()).SizeRw ?? 0;
  }

  /** The work's result; rejects with {@link EngineStopped} as soon as the engine is gone, whatever the work waits for. */
  guard<T>(work: Promise<T>): Promise<T> {
    return Promise.race([work, this.gone]);
  }

  /**
   * What the limits did during the turn that just ended, in a sentence; null: nothing.
   * @param killed a process of it ended by SIGKILL
   * @throws EngineStopped where the container no longer runs
   */
  async after(killed: boolean): Promise<string | null> {
    await this.guard(this.look(true));
    for (const end = performance.now() + OOM_MS; killed && this.ooms === 0 && performance.now() < end;)
      await new Promise((done) => setTimeout(done, 20));
    const out = this.ooms > 0;
    this.ooms = 0;
    const memory = out ? `The container reached its limit of ${size(this.limits.memoryBytes)} of memory: a process was killed.` : null;
    return [memory, this.full].filter((sentence) => sentence !== null).join(' ') || null;
  }

  close(): void {
    this.closing.abort();
    for (const timer of this.timers) clearInterval(timer);
  }

  private async listen(): Promise<void> {
    const stream = (await this.connection.docker.getEvents({
      filters: { container: [this.container.id], event: ['oom'] },
      abortSignal: this.closing.signal,
    })) as Readable;
    void this.read(stream).then(() => this.cut());
  }

  private async read(stream: Readable): Promise<void> {
    stream.setEncoding('utf8');
    try {
      let rest = '';
      for await (const chunk of stream) {
        const lines = (rest + String(chunk)).split('\n');
        rest = lines.pop() ?? '';
        for (const line of lines) if (textAt(parsedObject(line), 'status') === 'oom') this.ooms++;
      }
    } catch {
      // Cut off: by us, or with the engine.
    }
  }

  /** The stream of events ended: with the engine, or something on the way to a remote one cuts what is idle. */
  private async cut(): Promise<void> {
    if (this.closing.signal.aborted) return;
    const there = await answers(this.connection);
    if (this.closing.signal.aborted) return;
    if (!there) this.lose(engineGone(this.connection));
    else await this.listen().catch(this.lose);
  }

  private async heartbeat(): Promise<void> {
    if ((await answers(this.connection, SILENCE_MS)) || this.closing.signal.aborted) return;
    this.lose(engineGone(this.connection));
  }

  /** One at a time. `now`: also tells whether the container runs. */
  private look(now = false): Promise<void> {
    this.looking ??= this.measure(now).finally(() => {
      this.looking = null;
    });
    return this.looking;
  }

  private async measure(now: boolean): Promise<void> {
    const due = performance.now() - this.looked >= this.lookCost / DISK_SHARE;
    if (!due && !now) return;
    const started = performance.now();
    const { SizeRw, State } = await this.inspected(due);
    if (!State.Running && now)
      throw new EngineStopped(
        'The episode’s container was stopped by something else than the replay.',
        'Replay again; if the engine was restarted meanwhile, that was why.',
      );
    if (!due) return;
    this.looked = performance.now();
    this.lookCost = this.looked - started;
    const written = (SizeRw ?? 0) - this.base;
    if (written <= this.limits.diskBytes) return;
    this.full = `The episode wrote ${size(written)}, more than its limit of ${size(this.limits.diskBytes)}: the replay stops here.`;
    await killEverything(this.container);
  }

  private inspected(sized = true): Promise<Sized> {
    return this.container.inspect(sized ? SIZED : undefined);
  }
}

const size = (bytes: number): string => (bytes < 2 ** 30 ? `${(bytes / 2 ** 20).toFixed(0)} MiB` : `${(bytes / 2 ** 30).toFixed(1)} GiB`);
