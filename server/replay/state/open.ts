/**
 * Opens the state after a turn in a container: the nearest checkpoint before it, with the repository's files made those of the
 * turn. Nothing of the episode runs again.
 */
import type { Container } from 'dockerode';
import { readdir } from 'node:fs/promises';
import tar from 'tar-fs';
import type { Connection } from '../docker/connect';
import { DEFAULT_LIMITS, removeContainer, startContainer } from '../docker/container';
import { keepContainer, owner, reap } from '../docker/reap';
import { exec } from '../shell/exec';
import { KEPT, TreeProbe } from '../tree';
import type { Limits } from '../types';
import { checkpointExists } from './checkpoints';
import type { StateStore } from './store';
import { StateError, type Checkpoint, type RunStates, type ShellState, type StateTurn } from './types';

export interface OpenWish {
  readonly store: StateStore;
  /** Name of the run. */
  readonly run: string;
  /** −1: before the first turn. */
  readonly turn: number;
  readonly limits?: Partial<Limits>;
  readonly runtime?: string | null;
}

/** Throws StateError where the state can't be had any more. */
export async function openState(connection: Connection, { store, run, turn, limits, runtime }: OpenWish): Promise<OpenedState> {
  const states = await store.run(run);
  if (states === null) throw new StateError('The states of this replay are no longer kept. Replay the episode again.');
  stateOf(states, turn);
  const checkpoint = await nearest(connection, states, turn);
  await reap(connection.docker);
  const container = await startContainer(connection.docker, {
    image: checkpoint.image,
    limits: { ...DEFAULT_LIMITS, ...limits },
    env: {},
    runtime: runtime ?? null,
    owner: owner(),
  });
  try {
    // The base's objects are in the checkpoint.
    if (states.baseTree !== null) await putPacks(container, await store.packFolder(states.baseTree), states.packs.slice(1));
    const opened = new OpenedState(container, states, checkpoint, await TreeProbe.open(container, states.cwd));
    await opened.goTo(turn);
    return opened;
  } catch (error) {
    await removeContainer(container);
    throw error;
  }
}

/** A container in the state of one turn, which can be put into that of another. */
export class OpenedState {
  private at: StateTurn;
  /** As the checkpoint left it. */
  private fresh = true;

  constructor(
    readonly container: Container,
    private readonly states: RunStates,
    private readonly checkpoint: Checkpoint,
    private readonly probe: TreeProbe | null,
  ) {
    this.at = stateOf(states, checkpoint.turn);
  }

  /** The repository's folder in the container. */
  get folder(): string {
    return this.states.cwd;
  }

  get turn(): number {
    return this.at.index;
  }

  /** Where the episode's shell stood, and what it exported. */
  get shell(): ShellState {
    const { cwd, exported } = this.at;
    return { cwd, exported: exported === null ? null : (this.states.exports[exported] ?? null) };
  }

  /** What here is not as it was after the turn, each in a sentence. */
  get uncovered(): string[] {
    const processes = 'Processes that the episode had left running are not there.';
    if (this.turn === this.checkpoint.turn) return [processes];
    const then = this.checkpoint.turn < 0 ? 'before the first turn' : `after turn ${this.checkpoint.turn + 1}`;
    return [
      this.states.baseTree === null
        ? `${this.states.cwd} is no git repository, so all files are as they were ${then}.`
        : `Ignored files, files outside ${this.states.cwd} and the agent’s own commits and git index are as they were ${then}.`,
      processes,
    ];
  }

  /** Makes the repository's files those after another turn. What was changed here since is lost. */
  async goTo(turn: number): Promise<void> {
    const wanted = stateOf(this.states, turn);
    const same = this.fresh && turn === this.checkpoint.turn;
    this.fresh = false;
    if (this.states.baseTree !== null && !same) {
      if (wanted.tree === null)
        throw new StateError(`The repository after turn ${turn + 1} is not known: git in the container could not say.`);
      if ((await this.probe?.checkout(wanted.tree)) !== true)
        throw new StateError(
          `The repository after turn ${turn + 1} can't be put together: git in the container failed. Replay the episode again.`,
        );
    }
    this.at = wanted;
  }

  /** Lets the container outlive this process. Returns its name. */
  async keep(): Promise<string> {
    this.probe?.close();
    return keepContainer(this.container, this.shell);
  }

  async close(): Promise<void> {
    this.probe?.close();
    await removeContainer(this.container);
  }
}

function stateOf({ turns, ended }: RunStates, turn: number): StateTurn {
  const found = turns.find(({ index }) => index === turn);
  if (found !== undefined) return found;
  const last = turns.at(-1)?.index ?? -1;
  throw new StateError(
    ended
      ? `Turn ${turn + 1} was not replayed: states are kept of the first ${last + 1} turns.`
      : `Turn ${turn + 1} was not reached: the replay was interrupted after turn ${last + 1}. Replay the episode again.`,
  );
}

async function nearest({ docker }: Connection, { checkpoints }: RunStates, turn: number): Promise<Checkpoint> {
  for (const checkpoint of checkpoints.toReversed())
    if (checkpoint.turn <= turn && (await checkpointExists(docker, checkpoint.image))) return checkpoint;
  throw new StateError('The checkpoints of this replay are no longer with the engine. Replay the episode again.');
}

async function putPacks(container: Container, folder: string, packs: readonly string[]): Promise<void> {
  const names = new Set(await readdir(folder));
  const files = packs.flatMap((pack) => [`${pack}.pack`, `${pack}.idx`]).filter((name) => names.has(name));
  if (files.length === 0) return;
  await exec(container, { command: ['mkdir', '-p', KEPT], timeoutMs: 60_000, outputBytes: 1024 });
  const packed = tar.pack(folder, { entries: files, map: (header) => ({ ...header, uid: 0, gid: 0, uname: '', gname: '' }) });
  await container.putArchive(packed, { path: KEPT });
}
