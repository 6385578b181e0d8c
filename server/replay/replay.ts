/** Runs a recording again, turn by turn, and says where it differs. */
import { compare } from './compare/index';
import type { Connection } from './docker/connect';
import { DEFAULT_LIMITS, removeContainer, startContainer } from './docker/container';
import { describeEngine } from './docker/describe';
import { owner, reap } from './docker/reap';
import { findImage, type FoundImage } from './docker/image';
import { putRepository } from './docker/repository';
import { CannotReplay } from './errors';
import { runtimes } from './runtime/registry';
import type { Ran, Runtime, Session, ToolFolders } from './runtime/runtime';
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

export async function replay(connection: Connection, { recording, options, tools, progress, signal }: ReplayWish): Promise<ReplayFacts> {
  const runtime = runtimeOf(recording);
  const plan = runtime.plan(recording);
  const limits: Limits = { ...DEFAULT_LIMITS, ...options.limits };
  const image = await findImage(connection.docker, recording, plan.image, options.image);
  await reap(connection.docker);
  const engine = await describeEngine(connection);
  const container = await startContainer(connection.docker, { image: image.id, limits, env: {}, runtime: options.runtime, owner: owner() });
  const stop = (): void => void removeContainer(container).catch(() => undefined);
  signal?.addEventListener('abort', stop, { once: true });
  try {
    if (options.repository !== null) await putRepository(container, options.repository, plan.cwd);
    const probe = await TreeProbe.open(container, plan.cwd);
    const base = await probe?.now();
    const session = await runtime.open({ container, recording, plan, limits, tools, signal });
    const run = new Run(session, probe, limits, signal);
    const wanted = recording.turns.filter(({ index }) => options.until === null || index <= options.until);
    const turns: TurnFacts[] = [];
    for (const turn of wanted) {
      signal?.throwIfAborted();
      const facts = await run.turn(turn);
      turns.push(facts);
      progress?.(turns.length, wanted.length, facts);
    }
    session.close();
    probe?.close();
    return {
      image,
      engine: { name: engine.name, version: engine.version },
      turns,
      firstDivergence: run.firstDivergence,
      submission: submissionOf(run.submission, recording.submission),
      cwd: plan.cwd,
      baseTree: base?.tree ?? null,
      baseTests: null,
      tests: options.tests,
      causes: [],
      problems: [
        ...plan.problems,
        ...(probe === null ? [`There is no git repository at ${plan.cwd}: trees and changed files are not known.`] : []),
      ],
    };
  } finally {
    signal?.removeEventListener('abort', stop);
    await removeContainer(container);
  }
}

class Run {
  firstDivergence: number | null = null;
  submission: string | null = null;
  private spentMs = 0;

  constructor(
    private readonly session: Session,
    private readonly probe: TreeProbe | null,
    private readonly limits: Limits,
    private readonly signal: AbortSignal | undefined,
  ) {}

  async turn(turn: RecordedTurn): Promise<TurnFacts> {
    const trusted = this.firstDivergence === null;
    if (!turn.executed) return notExecuted(turn.index, trusted);
    if (this.spentMs > this.limits.totalMs)
      return {
        ...notExecuted(turn.index, false),
        problem: `The replay reached its limit of ${this.limits.totalMs / 1000} s before this turn.`,
      };
    const ran: Ran[] = [];
    const divergences: Divergence[] = [];
    for (const command of turn.commands) {
      const result = await this.session.run(command, this.signal);
      this.spentMs += result.durationMs;
      ran.push(result);
      this.submission = result.submission ?? this.submission;
      divergences.push(compare(command, result));
    }
    const state = await this.probe?.now();
    const divergence = worst(divergences);
    if (trusted && divergence !== null && REAL.has(divergence.class)) this.firstDivergence = turn.index;
    return {
      index: turn.index,
      executed: true,
      observation: ran.map(({ observation }) => observation).join(''),
      printed: ran.reduce((sum, { printed }) => sum + printed, 0),
      exitCode: ran.find(({ exitCode }) => exitCode !== 0)?.exitCode ?? ran.at(-1)?.exitCode ?? null,
      durationMs: ran.reduce((sum, { durationMs }) => sum + durationMs, 0),
      cwd: ran.at(-1)?.cwd ?? null,
      timedOut: ran.some(({ timedOut }) => timedOut),
      tree: state?.tree ?? null,
      changedFiles: state?.changed ?? [],
      environment: [],
      tests: null,
      divergence,
      trusted,
      problem: ran.find(({ problem }) => problem !== null)?.problem ?? null,
    };
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
