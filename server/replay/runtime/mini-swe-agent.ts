import type { Container } from 'dockerode';
import { cleaned } from '../shell/clean';
import { clearCrowd, exec, killEverything } from '../shell/exec';
import type { Limits, RecordedCommand, Recording } from '../types';
import type { Plan, Ran, Runtime, Session } from './runtime';
import { listAt, numberAt, stringAt, stringsAt } from './values';

/** What the scaffold uses where the recorded configuration does not say. */
const DEFAULT_SECONDS = 30;
const DEFAULT_CWD = '/testbed';
/** The first line of the output that ends the episode, in 2.x and in 1.x; what follows is the submission. */
const SUBMITTED = /^\s*(?:COMPLETE_TASK_AND_SUBMIT_FINAL_OUTPUT|MINI_SWE_AGENT_FINAL_OUTPUT)[^\S\n]*(?:\n|$)/;
const DEFAULT_INTERPRETER = ['bash', '-lc'];

/**
 * mini-swe-agent: every command is a process of its own in the environment's directory (`cd` and exports do not survive),
 * `docker exec` mixes its two streams as they
 * come (formats.md §2.1; its `environments/docker.py`).
 */
export const miniSweAgent: Runtime = {
  id: 'mini-swe-agent',
  claims: ({ format }) => format === 'mini-swe-agent',
  plan({ configuration }: Recording): Plan {
    const seconds = numberAt(configuration, 'environment', 'timeout') ?? DEFAULT_SECONDS;
    const local = stringAt(configuration, 'environment_type')?.endsWith('LocalEnvironment') === true;
    return {
      image: stringAt(configuration, 'environment', 'image'),
      cwd: stringAt(configuration, 'environment', 'cwd') ?? DEFAULT_CWD,
      env: stringsAt(configuration, 'environment', 'env'),
      actionMs: seconds * 1000,
      tools: [],
      obstacles: [],
      problems: local
        ? ['The episode ran on a machine of its own, not in an image: what it found there is known from its outputs only.']
        : [],
    };
  },
  async open({ container, recording: { configuration }, plan, limits }): Promise<Session> {
    const interpreter = listAt(configuration, 'environment', 'interpreter');
    return new MiniSession(container, plan, limits, interpreter.length > 0 ? interpreter : DEFAULT_INTERPRETER);
  },
};

class MiniSession implements Session {
  constructor(
    private readonly container: Container,
    private readonly plan: Plan,
    private readonly limits: Limits,
    private readonly interpreter: readonly string[],
  ) {}

  async run({ action }: RecordedCommand, signal: AbortSignal | undefined): Promise<Ran> {
    const timeoutMs = Math.min(this.plan.actionMs, this.limits.actionMs);
    const result = await exec(this.container, {
      command: [...this.interpreter, action],
      cwd: this.plan.cwd,
      env: this.plan.env,
      timeoutMs,
      outputBytes: this.limits.outputBytes,
      ...(signal !== undefined && { signal }),
    });
    if (result.timedOut) await killEverything(this.container);
    const crowd = await clearCrowd(this.container, this.limits.pids);
    const printed = cleaned(result.merged.text);
    const submitted = result.exitCode === 0 && SUBMITTED.test(printed) ? printed.replace(SUBMITTED, '') : null;
    return {
      observation: submitted ?? printed,
      submission: submitted,
      printed: result.merged.bytes,
      truncated: result.merged.truncated,
      streams: { stdout: cleaned(result.stdout.text), stderr: cleaned(result.stderr.text) },
      exitCode: result.exitCode,
      timedOut: result.timedOut,
      durationMs: result.durationMs,
      cwd: this.plan.cwd,
      exported: null,
      problem: result.timedOut
        ? `The command ran longer than ${timeoutMs / 1000} s and was ended.`
        : crowd > 0
          ? `The command left ${crowd} processes behind; they were ended, since nothing else could start.`
          : null,
    };
  }

  close(): void {
    // Nothing is left open between commands.
  }
}
