/**
 * Test vectors of a replay: the test command on every state of the repository that a turn made, in a copy.
 *
 * The copy is a commit of the episode's container, started as a container of its own and removed after the tests. Measured
 * (docs/replay.md): a standing sibling from the base image costs three times as much for 2,000 files (the tree has to cross),
 * and lacks what the agent installed or built outside the tree, without which many a test can't even be collected.
 *
 * One state is tested at a time: beside the next turns where the engine has processors and memory for two containers, else
 * before the next turn, so that tests never make an action run into its time limit.
 */
import type { Container } from 'dockerode';
import type Docker from 'dockerode';
import type { Connection } from '../docker/connect';
import { removeContainer, startContainer } from '../docker/container';
import { owner } from '../docker/reap';
import { ContainerWatch } from '../docker/watch';
import { clearCrowd, exec } from '../shell/exec';
import type { Limits, TestVector, TestWish, TurnFacts } from '../types';
import { copyOf, removeCopy } from './copies';
import { readTestLog, type TestRun } from './read-log';

/** Bytes of a log that are read; of a longer one its two ends. */
const LOG_BYTES = 32 * 2 ** 20;
const LOG = '/run/turnpike-tests.log';
/**
 * What the tests print goes to a file: a process that they leave behind would hold a pipe open. pytest is asked to name every
 * test, also those that pass; what the command itself says (`-r…`) outdoes it.
 */
const RUN = `cd -- "$1" || exit 125
PYTEST_ADDOPTS="\${PYTEST_ADDOPTS-} -rpfEsxX"; export PYTEST_ADDOPTS
if command -v bash >/dev/null 2>&1; then bash -lc "$2"; else sh -c "$2"; fi >${LOG} 2>&1 </dev/null`;
const READ = `size=$(wc -c <${LOG}) || exit 1
if [ "$size" -le "$1" ]; then cat ${LOG}; else head -c "$2" ${LOG}; printf '\\n'; tail -c "$2" ${LOG}; exit 3; fi`;

export interface VectorsWish {
  readonly connection: Connection;
  /** The episode's container. Only copied. */
  readonly container: Container;
  readonly wish: TestWish;
  readonly limits: Limits;
  /** Where the command runs, and what its environment has besides the image's. */
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  readonly runtime: string | null;
  readonly signal: AbortSignal | undefined;
}

export class Vectors {
  private readonly byTree = new Map<string, Promise<TestVector>>();
  private last: Promise<unknown> = Promise.resolve();
  private readonly clearing = new Set<Promise<void>>();
  private spentMs = 0;

  private constructor(
    private readonly given: VectorsWish,
    private readonly beside: boolean,
  ) {}

  static async of(given: VectorsWish): Promise<Vectors> {
    return new Vectors(given, await hasRoomForTwo(given.connection.docker, given.limits));
  }

  /**
   * Has the state of the container tested, which has this tree; a tree that was seen before has its vector already. The copy
   * is made when this resolves, the vector perhaps later. Null tree: the state is not known.
   */
  async state(tree: string | null): Promise<void> {
    if (tree === null || this.byTree.has(tree)) return;
    // Not two copies at once: each may hold a day's disk.
    await this.last;
    this.given.signal?.throwIfAborted();
    const vector = this.copyAndRun();
    const { started, ended } = vector;
    this.byTree.set(tree, ended);
    this.last = ended;
    await (this.beside ? started : ended);
  }

  /** Of turns that ran before, in a replay that goes on. */
  know(turns: readonly TurnFacts[]): void {
    for (const { tree, tests } of turns) if (tree !== null && tests !== null) this.byTree.set(tree, Promise.resolve(tests));
  }

  /** The vector of a tree that {@link state} was told of; waits for it. */
  async at(tree: string | null): Promise<TestVector> {
    if (tree === null) return unknown('The state of the repository is not known: git could not say.');
    return (await this.byTree.get(tree)) ?? unknown('This state was not tested: the replay was interrupted, and went on after it.');
  }

  /** Has the state after a turn tested. The facts have their vector now where it is there, else {@link fill} gives it. */
  async after(facts: TurnFacts): Promise<TurnFacts> {
    if (!facts.executed) return facts;
    await this.state(facts.tree);
    return this.beside ? facts : { ...facts, tests: await this.at(facts.tree) };
  }

  fill(turns: readonly TurnFacts[]): Promise<TurnFacts[]> {
    return Promise.all(turns.map(async (facts) => (facts.executed ? { ...facts, tests: await this.at(facts.tree) } : facts)));
  }

  /** Ends when nothing of it is left in the engine. */
  async close(): Promise<void> {
    await this.last;
    await Promise.all(this.clearing);
  }

  private copyAndRun(): { readonly started: Promise<void>; readonly ended: Promise<TestVector> } {
    let copied: () => void = () => undefined;
    const started = new Promise<void>((resolve) => (copied = resolve));
    const ended = this.run(copied)
      .catch((error: unknown) => unknown(`The tests could not be run: ${error instanceof Error ? error.message : String(error)}`))
      .finally(copied);
    return { started, ended };
  }

  private async run(copied: () => void): Promise<TestVector> {
    const { connection, limits, container, wish, signal } = this.given;
    if (this.spentMs > limits.totalMs)
      return unknown(`The tests reached their limit of ${limits.totalMs / 1000} s in all before this state.`);
    const image = await copyOf(container);
    copied();
    let copy: Container | null = null;
    const stop = (): void => void (copy !== null && removeContainer(copy).catch(() => undefined));
    try {
      signal?.throwIfAborted();
      const { runtime } = this.given;
      copy = await startContainer(connection.docker, { image, limits, env: {}, runtime, owner: owner() });
      signal?.addEventListener('abort', stop, { once: true });
      return readTestLog(await this.test(copy), wish.command, wish.parser);
    } finally {
      signal?.removeEventListener('abort', stop);
      this.clear(copy, image);
    }
  }

  /** Nobody waits for it but {@link close}: an engine takes its time to remove an image. */
  private clear(copy: Container | null, image: string): void {
    const { docker } = this.given.connection;
    const cleared = (copy === null ? Promise.resolve() : removeContainer(copy))
      .catch(() => undefined)
      .then(() => removeCopy(docker, image))
      .finally(() => this.clearing.delete(cleared));
    this.clearing.add(cleared);
  }

  private async test(copy: Container): Promise<TestRun> {
    const { connection, limits } = this.given;
    const watch = await ContainerWatch.open(connection, copy, limits);
    try {
      await watch.begin();
      return await watch.guard(this.inside(copy, watch));
    } finally {
      watch.close();
    }
  }

  private async inside(copy: Container, watch: ContainerWatch): Promise<TestRun> {
    const { wish, limits, cwd, env, signal } = this.given;
    const cancel = signal === undefined ? {} : { signal };
    const command = ['/bin/sh', '-c', RUN, 'sh', cwd, wish.command];
    const { exitCode, timedOut, durationMs } = await exec(copy, { command, env, timeoutMs: wish.timeoutMs, outputBytes: 4096, ...cancel });
    this.spentMs += durationMs;
    // What the tests left running may be all that can run.
    if (timedOut) await copy.restart({ t: 0 });
    else await clearCrowd(copy, limits.pids);
    const killed = !timedOut && exitCode === 137;
    const strain = await watch.after(killed);
    const log = await exec(copy, {
      command: ['/bin/sh', '-c', READ, 'sh', String(LOG_BYTES), String(LOG_BYTES / 2)],
      timeoutMs: 60_000,
      outputBytes: LOG_BYTES + 1,
      ...cancel,
    });
    const problem = timedOut
      ? `The tests ran longer than ${wish.timeoutMs / 1000} s and were ended.`
      : watch.full !== null
        ? `The tests wrote more than their limit of disk (${Math.round(limits.diskBytes / 2 ** 20)} MiB) and were ended.`
        : (strain ?? (killed ? 'The test command was killed.' : null));
    return { text: log.stdout.text, truncated: log.exitCode === 3, exitCode, timedOut, durationMs, problem };
  }
}

async function hasRoomForTwo(docker: Docker, limits: Limits): Promise<boolean> {
  const { NCPU, MemTotal } = (await docker.info()) as { readonly NCPU?: number; readonly MemTotal?: number };
  return (NCPU ?? 0) >= 2 * limits.cpus && (MemTotal ?? 0) >= 2 * limits.memoryBytes;
}

const unknown = (problem: string): TestVector => ({
  results: {},
  aliases: {},
  collected: null,
  parser: null,
  exitCode: null,
  timedOut: false,
  durationMs: 0,
  problem,
});
