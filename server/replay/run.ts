/** Runs the turns of a recording in a session, one after the other, and gathers what each showed. */
import { compare } from './compare/index';
import type { ContainerWatch } from './docker/watch';
import { environmentChanges } from './environment';
import { apart } from './obstacles';
import type { Ran, Session } from './runtime/runtime';
import type { Resume } from './state/keeper';
import { UNKNOWN_SHELL, type ShellState } from './state/types';
import type { TreeProbe } from './tree';
import { REAL, type Divergence, type Limits, type RecordedTurn, type TurnFacts } from './types';

/** One episode on its way through its container. */
export class Run {
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
