/** Runs a recording again, turn by turn, and says where it differs. */
import { causesOf } from './causes/index';
import { compare } from './compare/index';
import type { Connection } from './docker/connect';
import { DEFAULT_LIMITS, removeContainer, startContainer } from './docker/container';
import { describeEngine } from './docker/describe';
import { keepContainer, owner, reap } from './docker/reap';
import { findImage, type FoundImage } from './docker/image';
import { putRepository } from './docker/repository';
import { explained } from './docker/stopped';
import { ContainerWatch } from './docker/watch';
import { apart } from './obstacles';
import { environmentChanges } from './environment';
import { CannotReplay } from './errors';
import { runtimes } from './runtime/registry';
import type { Ran, Runtime, Session, ToolFolders } from './runtime/runtime';
import { checkoutProblems } from './tools';
import { reapCopies } from './tests/copies';
import { Vectors } from './tests/vector';
import { Keeper, type Resume, type StatesWish } from './state/keeper';
import { UNKNOWN_SHELL, type ShellState } from './state/types';
import { TreeProbe } from './tree';
import {
  REAL,
  type Divergence,
  type Limits,
  type RecordedTurn,
  type Recording,
  type ReplayFacts,
  type ReplayOptions,
  type TurnFacts,
} from './types';

export interface ReplayProgress {
  /** Turns finished, of how many. */
  (done: number, of: number, facts: TurnFacts): void;
}

export interface ReplayWish {
  readonly recording: Recording;
  readonly options: ReplayOptions;
  readonly tools: ToolFolders;
  readonly progress?: ReplayProgress;
  readonly signal?: AbortSignal;
  /**
   * Where the states of turns are kept. A run that was interrupted (engine stopped, process killed, cancelled) goes on from its
   * last checkpoint when it is asked for by the same name again. Absent: nothing is kept.
   */
  readonly states?: StatesWish;
  /** The container is not removed at the end; told its name. */
  readonly keep?: (name: string) => void;
}

/** The image that a replay would run in. Throws CannotReplay or NoImage. */
export async function imageFor(connection: Connection, recording: Recording, options: ReplayOptions): Promise<FoundImage> {
  return findImage(connection.docker, recording, runtimeOf(recording).plan(recording).image, options.image);
}

function runtimeOf(recording: Recording): Runtime {
  const runtime = runtimes.find((candidate) => candidate.claims(recording));
  if (runtime === undefined) throw new CannotReplay(`Episodes of ${recording.format} ${recording.version} can't be replayed yet.`);
  return runtime;
}

export async function replay(connection: Connection, wish: ReplayWish): Promise<ReplayFacts> {
  const { recording, options, tools, progress, signal } = wish;
  const runtime = runtimeOf(recording);
  const plan = runtime.plan(recording);
  const limits: Limits = { ...DEFAULT_LIMITS, ...options.limits };
  const checkout = await checkoutProblems(tools, recording, plan.tools);
  const image = await findImage(connection.docker, recording, plan.image, options.image);
  await reap(connection.docker);
  await reapCopies(connection.docker);
  const engine = await describeEngine(connection);
  const keeper = wish.states === undefined ? null : await Keeper.begin(connection.docker, wish.states, { cwd: plan.cwd, image: image.id });
  const from = keeper?.resumed ?? null;
  const start = from?.checkpoint.image ?? image.id;
  const container = await startContainer(connection.docker, { image: start, limits, env: {}, runtime: options.runtime, owner: owner() });
  const stop = (): void => void removeContainer(container).catch(() => undefined);
  signal?.addEventListener('abort', stop, { once: true });
  let watch: ContainerWatch | null = null;
  let kept = false;
  let vectors: Vectors | null = null;
  try {
    watch = await ContainerWatch.open(connection, container, limits);
    if (options.repository !== null && from === null) await putRepository(container, options.repository, plan.cwd);
    const probe = await TreeProbe.open(container, plan.cwd);
    if (from !== null) probe?.resume(from.tree);
    const base = from === null ? await probe?.now() : { tree: from.baseTree };
    const restored = from === null ? {} : { restored: from.checkpoint.shell };
    const session = await runtime.open({ container, recording, plan, limits, tools, signal, ...restored });
    await keeper?.started({ container, probe, baseTree: base?.tree ?? null });
    if (options.tests !== null && probe !== null) {
      const given = { connection, container, limits, cwd: plan.cwd, env: plan.env, runtime: options.runtime, signal };
      vectors = await Vectors.of({ ...given, wish: options.tests });
      if (from === null) await vectors.state(base?.tree ?? null);
      else vectors.know(from.facts);
    }
    await watch.begin();
    const run = new Run(session, probe, limits, signal, watch);
    const wanted = recording.turns.filter(({ index }) => options.until === null || index <= options.until);
    const turns: TurnFacts[] = [...(from?.facts ?? [])];
    if (from !== null) run.goOn(from);
    for (const turn of wanted.slice(turns.length)) {
      signal?.throwIfAborted();
      const ran = await watch.guard(run.turn(turn));
      const facts = (await vectors?.after(ran)) ?? ran;
      turns.push(facts);
      await keeper?.after(facts, run);
      progress?.(turns.length, wanted.length, facts);
    }
    await keeper?.end();
    session.close();
    probe?.close();
    if (wish.keep !== undefined) {
      wish.keep(await keepContainer(container, { ...run.shell, cwd: run.shell.cwd ?? plan.cwd }));
      kept = true;
    }
    const facts = {
      image,
      engine: { name: engine.name, version: engine.version },
      turns: (await vectors?.fill(turns)) ?? turns,
      firstDivergence: run.firstDivergence,
      submission: submissionOf(run.submission, recording.submission),
      cwd: plan.cwd,
      baseTree: base?.tree ?? null,
      baseTests: (await vectors?.at(base?.tree ?? null)) ?? null,
      tests: options.tests,
      problems: [
        ...plan.problems,
        ...checkout,
        ...(from === null ? [] : [from.problem]),
        ...(keeper?.problems ?? []),
        ...(probe === null ? [`There is no git repository at ${plan.cwd}: trees and changed files are not known.`] : []),
        ...(options.tests !== null && vectors === null ? ['No tests ran: which turns changed the repository is not known.'] : []),
      ],
    };
    return { ...facts, causes: causesOf(recording, facts) };
  } catch (error) {
    throw signal?.aborted === true ? error : await explained(connection, error);
  } finally {
    signal?.removeEventListener('abort', stop);
    watch?.close();
    await vectors?.close();
    keeper?.close();
    if (!kept) await removeContainer(container);
  }
}

class Run {
  firstDivergence: number | null = null;
  submission: string | null = null;
  /** As it stands after the last command. */
  shell: ShellState = UNKNOWN_SHELL;
  private spentMs = 0;
  /** A command was skipped that may have changed something. */
  private astray = false;

  constructor(
    private readonly session: Session,
    private readonly probe: TreeProbe | null,
    private readonly limits: Limits,
    private readonly signal: AbortSignal | undefined,
    private readonly watch: ContainerWatch,
  ) {}

  /** After turns that ran before. */
  goOn({ facts, submission }: Resume): void {
    this.submission = submission;
    const real = facts.find(({ divergence, trusted }) => trusted && divergence !== null && REAL.has(divergence.class));
    this.firstDivergence = real?.index ?? null;
    this.astray = facts.some(({ trusted }) => !trusted);
    this.spentMs = facts.reduce((sum, { durationMs }) => sum + (durationMs ?? 0), 0);
  }

  async turn(turn: RecordedTurn): Promise<TurnFacts> {
    const { commands, reason, changesState } = apart(turn);
    if (turn.executed && changesState) this.astray = true;
    const trusted = this.firstDivergence === null && !this.astray;
    if (!turn.executed) return notExecuted(turn.index, trusted);
    if (this.watch.full !== null)
      return { ...notExecuted(turn.index, false), problem: 'The replay reached its limit of disk before this turn.' };
    if (this.spentMs > this.limits.totalMs)
      return {
        ...notExecuted(turn.index, false),
        problem: `The replay reached its limit of ${this.limits.totalMs / 1000} s before this turn.`,
      };
    const ran: Ran[] = [];
    const divergences: Divergence[] = [];
    if (reason !== null && commands.length === 0) return { ...notExecuted(turn.index, trusted), problem: reason };
    for (const command of commands) {
      if (ran.length > 0) await this.session.settle?.();
      const result = await this.session.run(command, this.signal);
      this.spentMs += result.durationMs;
      ran.push(result);
      this.submission = result.submission ?? this.submission;
      divergences.push(compare(command, result));
    }
    const { cwd, exported } = ran.at(-1) ?? UNKNOWN_SHELL;
    const environment = environmentChanges(this.shell.exported, exported);
    this.shell = { cwd, exported };
    const [state] = await Promise.all([this.probe?.now(), this.session.settle?.()]);
    const strain = await this.watch.after(ran.some(({ exitCode }) => exitCode === 137));
    const divergence = worst(divergences);
    if (trusted && divergence !== null && REAL.has(divergence.class)) this.firstDivergence = turn.index;
    return {
      index: turn.index,
      executed: true,
      observation: below(ran.map(({ observation }) => observation)),
      printed: ran.reduce((sum, { printed }) => sum + printed, 0),
      exitCode: ran.find(({ exitCode }) => exitCode !== 0)?.exitCode ?? ran.at(-1)?.exitCode ?? null,
      durationMs: ran.reduce((sum, { durationMs }) => sum + durationMs, 0),
      cwd: ran.at(-1)?.cwd ?? null,
      timedOut: ran.some(({ timedOut }) => timedOut),
      tree: state?.tree ?? null,
      changedFiles: state?.changed ?? [],
      environment,
      tests: null,
      divergence,
      trusted,
      problem:
        [reason, ran.find(({ problem }) => problem !== null)?.problem ?? null, strain].filter((said) => said !== null).join(' ') || null,
    };
  }
}

/** Texts one below the other. */
const below = (texts: readonly string[]): string =>
  texts.reduce((all, text) => (all === '' || all.endsWith('\n') ? all + text : `${all}\n${text}`), '');

/** Patches are compared as observations are: git cuts hashes where it likes. */
function submissionOf(replayed: string | null, recorded: string | null): ReplayFacts['submission'] {
  if (replayed === null) return 'none';
  if (recorded === null) return 'unrecorded';
  const command = { action: 'git diff', observation: recorded.trim(), clipped: false, exitCode: null, timedOut: false };
  const divergence = compare(command, { observation: replayed.trim(), exitCode: null, timedOut: false, truncated: false });
  return REAL.has(divergence.class) ? 'different' : 'equal';
}

/** From harmless to telling: the class of a turn of several commands is that of its worst. */
const ORDER: readonly Divergence['class'][] = ['equal', 'noise', 'unrecorded', 'truncated', 'value', 'exit_status', 'timeout', 'missing'];

const worst = (all: readonly Divergence[]): Divergence | null =>
  all.reduce<Divergence | null>((a, b) => (a === null || ORDER.indexOf(b.class) > ORDER.indexOf(a.class) ? b : a), null);

const notExecuted = (index: number, trusted: boolean): TurnFacts => ({
  index,
  executed: false,
  observation: null,
  printed: 0,
  exitCode: null,
  durationMs: null,
  cwd: null,
  timedOut: false,
  tree: null,
  changedFiles: [],
  environment: [],
  tests: null,
  divergence: null,
  trusted,
  problem: null,
});
