/** Keeps the states of one run while it goes: trees into the store, checkpoints into the engine, and where to go on from. */
import type Docker from 'dockerode';
import type { Container } from 'dockerode';
import { isLost, statusOf, wordsOf } from '../docker/answer';
import type { TreeProbe } from '../tree';
import type { TurnFacts } from '../types';
import { checkpointExists, commit, DEFAULT_CHECKPOINTS, reapCheckpoints, removeCheckpoints, type CheckpointBudget } from './checkpoints';
import { exportTrees } from './export';
import type { StateStore } from './store';
import { StateError, type Checkpoint, type RunStates, type ShellState, type StateTurn } from './types';

export interface StatesWish {
  readonly store: StateStore;
  /** The run's name, which must differ wherever anything differs that the result depends on. Letters, digits, dots, dashes. */
  readonly run: string;
  /** Begin anew even where this run was interrupted before. */
  readonly again?: boolean;
  readonly checkpoints?: Partial<CheckpointBudget>;
}

/** Where an interrupted run goes on. */
export interface Resume {
  readonly checkpoint: Checkpoint;
  /** Of the turns that ran before, in order. */
  readonly facts: readonly TurnFacts[];
  readonly baseTree: string | null;
  /** After the last of them. */
  readonly tree: string | null;
  /** What they submitted. */
  readonly submission: string | null;
  /** What is lost, in a sentence. */
  readonly problem: string;
}

interface Running {
  readonly container: Container;
  /** Null: no git repository. */
  readonly probe: TreeProbe | null;
  readonly baseTree: string | null;
}

/** What turns of this length cost again is not worth an image. */
const WORTH_MS = 1_000;

/** Runs of this process that are not at their end. */
const busy = new Set<string>();

export class Keeper {
  readonly problems: string[] = [];
  private readonly budget: CheckpointBudget;
  private readonly turns: StateTurn[] = [];
  private readonly exports: string[] = [];
  private readonly packs: string[] = [];
  private readonly facts: TurnFacts[] = [];
  private checkpoints: Checkpoint[] = [];
  private running: Running | null = null;
  private submission: string | null = null;
  /** Trees that are packed. */
  private readonly exported = new Set<string>();
  /** Commands' time since the last checkpoint. */
  private spentMs = 0;

  private constructor(
    private readonly docker: Docker,
    private readonly wish: StatesWish,
    private readonly place: { readonly cwd: string; readonly image: string; readonly imageBytes: number },
    /** Null: the run begins at its beginning. */
    readonly resumed: Resume | null,
  ) {
    this.budget = { ...DEFAULT_CHECKPOINTS, ...wish.checkpoints };
  }

  /** `place`: the repository's folder in the container, and the image that the run would start from. */
  static async begin(docker: Docker, wish: StatesWish, place: { readonly cwd: string; readonly image: string }): Promise<Keeper> {
    const { store, run } = wish;
    busy.add(run);
    const before = await store.run(run);
    await reapCheckpoints(docker, store, wish.checkpoints?.diskBytes, busy);
    const { Size: imageBytes } = await docker.getImage(place.image).inspect();
    const resumed = wish.again === true || before === null ? null : await resumable(docker, before);
    const keeper = new Keeper(docker, wish, { ...place, imageBytes }, resumed);
    if (before !== null && resumed !== null) keeper.takeUp(before, resumed);
    else if (before !== null) {
      await store.remove(run);
      await removeCheckpoints(
        docker,
        before.checkpoints.map(({ image }) => image),
      );
    }
    return keeper;
  }

  /** The container is set up. Of a run that goes on all is known already. */
  async started(running: Running): Promise<void> {
    this.running = running;
    const { baseTree } = running;
    await this.save(false);
    if (this.resumed !== null) return;
    this.add({ index: -1, tree: baseTree }, { cwd: this.place.cwd, exported: null });
    if (baseTree !== null) {
      const known = await this.wish.store.basePack(baseTree);
      if (known !== null) this.packs.push(known);
      else
        await this.guarded(
          async () => void this.packs.push(...(await exportTrees(this.source(), this.wish.store, baseTree, [baseTree], []))),
        );
      this.exported.add(baseTree);
    }
    await this.checkpoint(-1, { cwd: this.place.cwd, exported: null });
  }

  /** A turn is over; `shell`: as it stands now. */
  async after(facts: TurnFacts, { shell, submission }: { readonly shell: ShellState; readonly submission: string | null }): Promise<void> {
    this.submission = submission;
    this.facts.push(facts);
    this.add({ index: facts.index, tree: facts.executed ? facts.tree : (this.turns.at(-1)?.tree ?? null) }, shell);
    this.spentMs += facts.durationMs ?? 0;
    const lastMs = this.checkpoints.at(-1)?.commitMs ?? 0;
    if (this.spentMs >= Math.max(this.budget.everyMs, lastMs / this.budget.share)) await this.checkpoint(facts.index, shell);
  }

  /** The run came to its end. */
  async end(): Promise<void> {
    const last = this.turns.at(-1);
    if (last !== undefined && this.spentMs >= WORTH_MS && this.budget.everyMs < Infinity)
      await this.checkpoint(last.index, this.shellOf(last));
    else await this.exportNew(true);
    await this.save(true);
    const removed = await this.wish.store.trim(this.wish.run);
    if (removed > 0)
      this.problems.push(
        `The states of ${removed} older ${removed === 1 ? 'replay' : 'replays'} were removed: all of them may take ${megabytes(this.wish.store.budgetBytes)}.`,
      );
    busy.delete(this.wish.run);
    await reapCheckpoints(this.docker, this.wish.store, this.budget.diskBytes, busy);
  }

  /** The run broke off, or ended. What was written down stays. */
  close(): void {
    busy.delete(this.wish.run);
  }

  private takeUp(before: RunStates, { checkpoint, facts, submission }: Resume): void {
    this.submission = submission;
    this.turns.push(...before.turns.filter(({ index }) => index <= checkpoint.turn));
    this.exports.push(...before.exports);
    this.packs.push(...before.packs);
    this.checkpoints = before.checkpoints.filter(({ turn }) => turn <= checkpoint.turn);
    this.facts.push(...facts);
    for (const { tree } of this.turns) if (tree !== null) this.exported.add(tree);
  }

  private add({ index, tree }: Pick<StateTurn, 'index' | 'tree'>, { cwd, exported }: ShellState): void {
    if (exported !== null && !this.exports.includes(exported)) this.exports.push(exported);
    this.turns.push({ index, tree, cwd, exported: exported === null ? null : this.exports.indexOf(exported) });
  }

  private shellOf({ cwd, exported }: StateTurn): ShellState {
    return { cwd, exported: exported === null ? null : (this.exports[exported] ?? null) };
  }

  private async checkpoint(turn: number, shell: ShellState): Promise<void> {
    await this.exportNew(false);
    if (this.budget.everyMs < Infinity)
      await this.guarded(async () => {
        const { store, run } = this.wish;
        const { imageBytes } = this.place;
        this.checkpoints.push(await commit(this.docker, this.source().container, { store, run, turn, shell, imageBytes }));
        this.spentMs = 0;
        await this.trim();
      });
    await this.save(false);
  }

  /** The first and the last are worth most: the one is near to every turn that git can restore, the other is where to go on. */
  private async trim(): Promise<void> {
    const bytes = (): number => this.checkpoints.reduce((sum, checkpoint) => sum + checkpoint.bytes, 0);
    while (bytes() > this.budget.runBytes && this.checkpoints.length > 2) {
      const [gone] = this.checkpoints.splice(1, 1);
      await removeCheckpoints(this.docker, [gone!.image]);
    }
  }

  /** `last`: nothing comes after it, so that packs of a run with the same states will do. */
  private async exportNew(last: boolean): Promise<void> {
    const { baseTree } = this.running!;
    if (baseTree === null) return;
    const { store } = this.wish;
    const fresh = [...new Set(this.turns.flatMap(({ tree }) => (tree === null || this.exported.has(tree) ? [] : [tree])))];
    if (fresh.length === 0) return;
    await this.guarded(async () => {
      const same = last && this.packs.length === 1 ? await store.packsWith(baseTree, new Set(fresh)) : null;
      if (same !== null) this.packs.splice(0, this.packs.length, ...same);
      else this.packs.push(...(await exportTrees(this.source(), store, baseTree, fresh, [...this.exported])));
      for (const tree of fresh) this.exported.add(tree);
    });
  }

  private async save(ended: boolean): Promise<void> {
    const reached = this.checkpoints.at(-1)?.turn ?? -1;
    const states: RunStates = {
      run: this.wish.run,
      cwd: this.place.cwd,
      image: this.place.image,
      baseTree: this.running!.baseTree,
      turns: this.turns.map((turn) => (turn.tree !== null && !this.exported.has(turn.tree) ? { ...turn, tree: null } : turn)),
      exports: this.exports,
      checkpoints: this.checkpoints,
      ended,
      facts: ended ? [] : this.facts.filter(({ index }) => index <= reached),
      submission: this.submission,
      packs: [...new Set(this.packs)],
    };
    await this.guarded(() => this.wish.store.save(states));
  }

  private source(): { readonly container: Container; readonly probe: TreeProbe } {
    return { container: this.running!.container, probe: this.running!.probe! };
  }

  /** States are an extra: where one can't be kept the replay goes on, and says so once. */
  private async guarded(keep: () => Promise<unknown>): Promise<void> {
    try {
      await keep();
    } catch (error) {
      const status = statusOf(error);
      if (isLost(error) || (status !== null && status !== 500)) throw error;
      const problem = error instanceof StateError ? error.message : `States of this run could not be kept: ${wordsOf(error)}.`;
      if (!this.problems.includes(problem)) this.problems.push(problem);
    }
  }
}

/** Null: it ended, or what it could go on from is gone. */
async function resumable(docker: Docker, before: RunStates): Promise<Resume | null> {
  if (before.ended) return null;
  for (const checkpoint of before.checkpoints.toReversed()) {
    const facts = before.facts.filter(({ index }) => index <= checkpoint.turn);
    if (facts.at(-1)?.index !== checkpoint.turn || !(await checkpointExists(docker, checkpoint.image))) continue;
    return {
      checkpoint,
      facts,
      baseTree: before.baseTree,
      submission: before.submission,
      tree: before.turns.find(({ index }) => index === checkpoint.turn)?.tree ?? null,
      problem: `The replay was interrupted and went on after turn ${checkpoint.turn + 1}: the shell's functions, aliases and background jobs were lost there.`,
    };
  }
  return null;
}

const megabytes = (bytes: number): string => `${Math.round(bytes / 2 ** 20)} MB`;
