/**
 * Replays for whoever asks: a few at a time, first come first served, cancellable; each result kept by what it came from.
 */
import { createHash, randomUUID } from 'node:crypto';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  connect,
  imageFor,
  replay,
  type Connection,
  type Recording,
  type ReplayFacts,
  type ReplayOptions,
  type ToolFolders,
  type TurnFacts,
} from '../replay/index';

export interface ReplayServiceOptions {
  /** Where results are kept; null: only in memory. */
  readonly storage: string | null;
  readonly tools: ToolFolders;
  /** Containers at work at the same time. */
  readonly active?: number;
}

export interface ReplayRequest {
  readonly recording: Recording;
  readonly rollout: number;
  readonly options: ReplayOptions;
  readonly progress?: (done: number, of: number, facts: TurnFacts) => void;
  readonly signal?: AbortSignal;
}

/** What is shown of an episode that was replayed. */
export interface KeptReplay {
  readonly facts: ReplayFacts;
  /** Hash over all that the result depends on. */
  readonly key: string;
}

const ACTIVE = 2;
/** Raised when results of an older Turnpike mean something else. */
const VERSION = 1;

export class ReplayService {
  private readonly waiting: (() => void)[] = [];
  private running = 0;
  private readonly memory = new Map<string, KeptReplay>();
  private connection: Promise<Connection> | null = null;

  constructor(private readonly options: ReplayServiceOptions) {}

  /** Replays, or gives what is known of the very same inputs. Throws NoEngine, NoImage, CannotReplay, RepositoryError. */
  async replay({ recording, rollout, options, progress, signal }: ReplayRequest, again = false): Promise<KeptReplay> {
    const connection = await this.connected();
    const image = await imageFor(connection, recording, options);
    const key = keyOf(recording, rollout, options, image.id);
    if (!again) {
      const known = await this.read(key);
      if (known !== null) return this.remember(recording, rollout, known);
    }
    await this.turn(signal);
    try {
      const facts = await replay(connection, {
        recording,
        options,
        tools: this.options.tools,
        ...(progress !== undefined && { progress }),
        ...(signal !== undefined && { signal }),
      });
      const kept = { facts, key };
      await this.write(key, kept);
      return await this.remember(recording, rollout, kept);
    } finally {
      this.running--;
      this.waiting.shift()?.();
    }
  }

  /** The last result of this rollout of this very file; null: it was not replayed. */
  async last(hash: string, rollout: number): Promise<KeptReplay | null> {
    const name = pointerOf(hash, rollout);
    const known = this.memory.get(name);
    if (known !== undefined) return known;
    const pointer = await this.load<{ readonly key?: unknown }>(name);
    const kept = typeof pointer?.key === 'string' ? await this.read(pointer.key) : null;
    if (kept !== null) this.memory.set(name, kept);
    return kept;
  }

  private connected(): Promise<Connection> {
    // An engine that was not there may be there now.
    this.connection ??= connect().catch((error: unknown) => {
      this.connection = null;
      throw error;
    });
    return this.connection;
  }

  private async turn(signal: AbortSignal | undefined): Promise<void> {
    if (this.running < (this.options.active ?? ACTIVE)) {
      this.running++;
      return;
    }
    await new Promise<void>((resolve, reject) => {
      const mine = (): void => {
        signal?.removeEventListener('abort', leave);
        this.running++;
        resolve();
      };
      const leave = (): void => {
        this.waiting.splice(this.waiting.indexOf(mine), 1);
        reject(signal?.reason as Error);
      };
      this.waiting.push(mine);
      signal?.addEventListener('abort', leave, { once: true });
    });
  }

  private async remember(recording: Recording, rollout: number, kept: KeptReplay): Promise<KeptReplay> {
    const name = pointerOf(recording.hash, rollout);
    this.memory.set(name, kept);
    await this.save(name, { key: kept.key });
    return kept;
  }

  private read(key: string): Promise<KeptReplay | null> {
    return this.load<KeptReplay>(key);
  }

  private write(key: string, kept: KeptReplay): Promise<void> {
    return this.save(key, kept);
  }

  private async load<T>(name: string): Promise<T | null> {
    const { storage } = this.options;
    if (storage === null) return null;
    try {
      return JSON.parse(await readFile(join(storage, `${name}.json`), 'utf8')) as T;
    } catch {
      // Not there, or half of it: it is made again.
      return null;
    }
  }

  private async save(name: string, value: unknown): Promise<void> {
    const { storage } = this.options;
    if (storage === null) return;
    await mkdir(storage, { recursive: true });
    const file = join(storage, `${name}.json`);
    const fresh = `${file}.${randomUUID()}`;
    await writeFile(fresh, JSON.stringify(value));
    await rename(fresh, file);
  }
}

const pointerOf = (hash: string, rollout: number): string => `last-${hash}-${rollout}`;

function keyOf(recording: Recording, rollout: number, options: ReplayOptions, imageId: string): string {
  const inputs = [VERSION, recording.hash, rollout, imageId, options.repository, options.limits, options.until, options.runtime];
  return createHash('sha256').update(JSON.stringify(inputs)).digest('hex');
}
