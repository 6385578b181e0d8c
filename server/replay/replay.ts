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
import { CannotReplay } from './errors';
import { Run } from './run';
import { runtimes } from './runtime/registry';
import type { Runtime, ToolFolders } from './runtime/runtime';
import { checkoutProblems } from './tools';
import { reapCopies } from './tests/copies';
import { Vectors } from './tests/vector';
import { Keeper, type StatesWish } from './state/keeper';
import { TreeProbe } from './tree';
import { REAL, type Limits, type Recording, type ReplayFacts, type ReplayOptions, type TurnFacts } from './types';

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

/** Patches are compared as observations are: git cuts hashes where it likes. */
function submissionOf(replayed: string | null, recorded: string | null): ReplayFacts['submission'] {
  if (replayed === null) return 'none';
  if (recorded === null) return 'unrecorded';
  const command = { action: 'git diff', observation: recorded.trim(), clipped: false, exitCode: null, timedOut: false };
  const divergence = compare(command, { observation: replayed.trim(), exitCode: null, timedOut: false, truncated: false });
  return REAL.has(divergence.class) ? 'different' : 'equal';
}
