/**
 * Replays for whoever asks: a few at a time, first come first served, cancellable; the same asked twice runs once; each
 * result is kept by what it came from.
 */
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import type {
  Connection,
  Preflight,
  PullProgress,
  Recording,
  ReplayFacts,
  ReplayOptions,
  StateStore,
  TestVector,
  ToolFolders,
  TurnFacts,
} from '../replay/index';
import { contentOf, type Content } from './content';
import { ReplayGroups, type GroupKey } from './replay-groups';
import { hashTools, keyOf } from './replay-key';
import { Pool } from './replay-pool';
import { lastVector } from '../reward/index';
import { RunningMark } from './replay-running';
import { ReplayStore, type KeptReplay } from './replay-store';
import { Shared } from './shared';
import type { ReplaySource } from './types';

export interface ReplayServiceOptions {
  /** Folder for results and states; null: nothing survives the process. */
  readonly storage: string | null;
  /** Containers at work at the same time. */
  readonly active: number;
  /** A SWE-agent checkout whose own tools run; null: Turnpike's. */
  readonly checkout: string | null;
  /** Disk for results. */
  readonly budgetBytes: number;
}

export const REPLAY_DEFAULTS: ReplayServiceOptions = { storage: null, active: 2, checkout: null, budgetBytes: 512 << 20 };

/** Where a replay is. `running` after each turn, in the order in which they ran. */
export type ReplayStep =
  | { readonly phase: 'waiting'; readonly ahead: number }
  | { readonly phase: 'starting' }
  | { readonly phase: 'running'; readonly done: number; readonly of: number; readonly facts: TurnFacts };

export interface ReplayRequest {
  readonly path: string;
  readonly rollout: number;
  readonly recording: Recording;
  readonly options: ReplayOptions;
  /** Replay even where the very same was replayed before. */
  readonly again: boolean;
  /** The container is not removed at the end; told its name. Only with `again`: what is kept has none. */
  readonly keep?: (name: string) => void;
  readonly progress: (step: ReplayStep) => void;
  readonly signal: AbortSignal;
}

interface Run {
  readonly work: Shared<KeptReplay>;
  readonly listeners: Set<ReplayRequest['progress']>;
  last: ReplayStep | null;
}

/** The engine's client is a megabyte that nothing but a replay needs. */
const stage = () => import('../replay/index');

/** Ends of runs are waited for this long when the process is about to end: an editor waits 2 s. */
const DISPOSE_MS = 1500;

export class ReplayService implements ReplaySource {
  private options: ReplayServiceOptions;
  private store: ReplayStore;
  private mark: RunningMark;
  private groups: ReplayGroups;
  private readonly pool: Pool;
  private readonly runs = new Map<string, Run>();
  private readonly ending = new AbortController();
  private stateStore: StateStore | null = null;
  private toolsHash: { readonly checkout: string | null; readonly hash: Promise<string> } | null = null;

  constructor(options: Partial<ReplayServiceOptions> = {}) {
    this.options = { ...REPLAY_DEFAULTS, ...options };
    this.pool = new Pool(this.options.active);
    [this.store, this.mark, this.groups] = this.places();
  }

  private places(): [ReplayStore, RunningMark, ReplayGroups] {
    const { storage, budgetBytes } = this.options;
    const within = (name: string): string | null => (storage === null ? null : join(storage, name));
    return [new ReplayStore(storage, budgetBytes), new RunningMark(within('running')), new ReplayGroups(within('groups'))];
  }

  configure(options: Partial<ReplayServiceOptions>): void {
    const before = this.options;
    this.options = { ...before, ...options };
    this.pool.resize(this.options.active);
    if (this.options.storage !== before.storage || this.options.budgetBytes !== before.budgetBytes)
      [this.store, this.mark, this.groups] = this.places();
  }

  /**
   * Replays, or gives what is known of the very same inputs.
   * @throws a ReplayError, or the signal's reason once the container is gone
   */
  async replay(request: ReplayRequest): Promise<KeptReplay> {
    const { path, rollout, recording, options, again, progress, signal } = request;
    const { store } = this;
    signal.throwIfAborted();
    const { commitOf, connect, imageFor } = await stage();
    const content = await contentOf(path);
    const connection = await connect();
    const image = await imageFor(connection, recording, options);
    const commit = options.repository === null ? null : await commitOf(options.repository);
    const tools = await this.hashOfTools();
    const key = keyOf({ recording, rollout, options, imageId: image.id, commit, tools });
    signal.throwIfAborted();
    const known = again ? null : await store.get(key);
    if (known !== null) {
      await store.point(content, rollout, key);
      await this.joinGroup(known.facts, request, content);
      return known;
    }
    const run = this.runs.get(key) ?? this.start(key, request, connection, content);
    if (run.last !== null) progress(run.last);
    run.listeners.add(progress);
    try {
      return await run.work.wait(signal);
    } catch (error) {
      // Nobody waits any more: over when its container is gone.
      if (run.work.abandoned) await run.work.result.catch(() => undefined);
      throw error;
    } finally {
      run.listeners.delete(progress);
    }
  }

  private start(key: string, request: ReplayRequest, connection: Connection, content: Content): Run {
    const { store } = this;
    const { rollout, recording, options } = request;
    const told: Omit<Run, 'work'> = { listeners: new Set(), last: null };
    const tell = (step: ReplayStep): void => {
      told.last = step;
      for (const listener of told.listeners) listener(step);
    };
    const work = new Shared(async (given): Promise<KeptReplay> => {
      const signal = AbortSignal.any([given, this.ending.signal]);
      const leave = await this.pool.enter(signal, (ahead) => tell({ phase: 'waiting', ahead }));
      const unmark = await this.mark.begin();
      try {
        tell({ phase: 'starting' });
        const { replay } = await stage();
        const states = await this.states();
        const facts = await replay(connection, {
          recording,
          options,
          tools: await this.folders(),
          ...(states !== null && { states: { store: states, run: key, again: request.again } }),
          ...(request.keep !== undefined && { keep: request.keep }),
          progress: (done, of, turn) => tell({ phase: 'running', done, of, facts: turn }),
          signal,
        });
        await this.joinGroup(facts, request, content);
        return await this.keep(store, { facts, key, at: Date.now() }, content, recording, rollout);
      } finally {
        leave();
        await unmark();
      }
    });
    const run: Run = Object.assign(told, { work });
    this.runs.set(key, run);
    const end = (): void => {
      if (this.runs.get(key) === run) this.runs.delete(key);
    };
    work.result.then(end, end);
    return run;
  }

  /** Says in the result itself when it could not be written. */
  private async keep(store: ReplayStore, made: KeptReplay, content: Content, recording: Recording, rollout: number): Promise<KeptReplay> {
    const problem = await store.put(made);
    // The file may have been written meanwhile: the result is of what was replayed.
    if (content.hash === recording.hash) await store.point(content, rollout, made.key);
    if (problem === null) return made;
    const told = { ...made, facts: { ...made.facts, problems: [...made.facts.problems, problem] } };
    await store.put(told);
    return told;
  }

  /** A replay that came out as recorded says how hard the task's tests are. */
  private async joinGroup(facts: ReplayFacts, { path, rollout, recording }: ReplayRequest, { hash }: Content): Promise<void> {
    const [key, vector] = [groupKey(recording.instance, facts), lastVector(facts)];
    if (key !== null && vector !== null && hash === recording.hash) await this.groups.join(key, { path, hash, rollout }, vector);
  }

  async group(path: string, rollout: number, instance: string | null, replay: ReplayFacts): Promise<readonly TestVector[]> {
    const key = groupKey(instance, replay);
    if (key === null) return [];
    const { hash } = await contentOf(path);
    return this.groups.others(key, { path, hash, rollout });
  }

  /** The facts of {@link kept}. */
  async last(path: string, rollout: number): Promise<ReplayFacts | null> {
    return (await this.kept(path, rollout))?.facts ?? null;
  }

  /** The last result of a rollout of the file as it is now. Its bytes are read only where a result of such a file may be kept. */
  async kept(path: string, rollout: number): Promise<KeptReplay | null> {
    try {
      const { size } = await stat(path);
      return (await this.store.mayKnow(size)) ? await this.store.last(await contentOf(path), rollout) : null;
    } catch {
      return null;
    }
  }

  /** Makes no container. @param ask whether an engine may be asked */
  async preflight(
    recording: Recording,
    options: ReplayOptions,
    ask: boolean,
  ): Promise<{ found: Preflight; engine: string | null; why: string | null }> {
    const { connect, preflight } = await stage();
    const folders = await this.folders();
    let why: string | null = null;
    if (ask)
      try {
        const connection = await connect();
        return { found: await preflight(connection, recording, options, folders), engine: connection.endpoint.host, why };
      } catch (error) {
        // No engine, or one that went away: the rest is known without.
        why = error instanceof Error ? error.message : String(error);
      }
    return { found: await preflight(null, recording, options, folders), engine: null, why };
  }

  /** The run as a shell script that needs no Turnpike. @throws a ReplayError */
  async script(recording: Recording, options: ReplayOptions): Promise<string> {
    return (await stage()).scriptOf(recording, options, await this.folders());
  }

  /** Pulls an image, which is never done unasked. @throws a ReplayError, or the signal's reason */
  async pull(image: string, signal: AbortSignal, progress: (progress: PullProgress) => void): Promise<void> {
    const { connect, pullImage } = await stage();
    await pullImage(await connect(), image, { signal: AbortSignal.any([signal, this.ending.signal]), progress });
  }

  /** Removes the containers that a killed process left, where one had some at work with this storage. */
  async clearLeft(): Promise<void> {
    await this.mark.afterDead(async () => {
      const { connect, reap, reapCopies } = await stage();
      const { docker } = await connect();
      await reap(docker);
      await reapCopies(docker);
    });
  }

  /** Cancels what runs; resolves when the containers are gone, or soon. */
  async dispose(): Promise<void> {
    this.ending.abort(new Error('Turnpike ends.'));
    const late = new Promise<void>((done) => setTimeout(done, DISPOSE_MS).unref());
    await Promise.race([Promise.allSettled([...this.runs.values()].map(({ work }) => work.result)), late]);
    await this.stateStore?.close().catch(() => undefined);
  }

  /** The repository's states by turn; null: there is no folder to keep them in. */
  async states(): Promise<StateStore | null> {
    const { storage } = this.options;
    if (storage === null) return null;
    const { StateStore } = await stage();
    const folder = join(storage, 'states');
    if (this.stateStore?.folder !== folder) {
      void this.stateStore?.close().catch(() => undefined);
      this.stateStore = new StateStore(folder);
    }
    return this.stateStore;
  }

  private async folders(): Promise<ToolFolders> {
    return (await stage()).toolFolders(this.options.checkout);
  }

  private async hashOfTools(): Promise<string> {
    const { checkout } = this.options;
    // Ours stay as they are; a checkout is someone's to edit.
    if (checkout !== null || this.toolsHash?.checkout !== checkout)
      this.toolsHash = { checkout, hash: this.folders().then((folders) => hashTools(folders)) };
    return this.toolsHash.hash;
  }
}

const groupKey = (instance: string | null, { tests }: ReplayFacts): GroupKey | null =>
  instance === null || tests === null ? null : { instance, command: tests.command };
