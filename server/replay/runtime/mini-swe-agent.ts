import { cleaned } from '../shell/clean';
import { clearCrowd, exec, killEverything } from '../shell/exec';
import type { RecordedCommand, Recording } from '../types';
import { environmentOf, type MiniEnvironment } from './mini-environments';
import type { Outline, Plan, Ran, Runtime, Session, Stage } from './runtime';
import { folderAt, limitAt, stringAt, variablesAt } from './values';
import { actionWish } from './wish';

/** What the scaffold uses where the recorded configuration does not say. */
const DEFAULT_MS = 30_000;
const DEFAULT_CWD = '/testbed';
/** The first line of the output that ends the episode, in 2.x and in 1.x; what follows is the submission. */
const SUBMITTED = /^\s*(?:COMPLETE_TASK_AND_SUBMIT_FINAL_OUTPUT|MINI_SWE_AGENT_FINAL_OUTPUT)[^\S\n]*(?:\n|$)/;

/**
 * mini-swe-agent: every command is a process of its own in the environment's directory (`cd` and exports do not survive),
 * whose two streams are mixed as they come (formats.md §2.1).
 */
export const miniSweAgent: Runtime = {
  id: 'mini-swe-agent',
  claims: ({ format }) => format === 'mini-swe-agent',
  plan(recording: Recording): Plan {
    const { configuration } = recording;
    return {
      image: stringAt(configuration, 'environment', 'image'),
      cwd: folderAt(configuration, 'environment', 'cwd') ?? DEFAULT_CWD,
      env: variablesAt(configuration, 'environment', 'env'),
      actionMs: limitAt(configuration, 'environment', 'timeout') ?? DEFAULT_MS,
      tools: [],
      obstacles: [],
      problems: environmentOf(recording).ownMachine
        ? ['The episode ran on a machine of its own, not in an image: what it found there is known from its outputs only.']
        : [],
    };
  },
  async open(stage): Promise<Session> {
    return new MiniSession(stage, environmentOf(stage.recording));
  },
  outline(recording): Promise<Outline> {
    const { interpreter } = environmentOf(recording);
    return Promise.resolve({ shell: 'none', interpreter, start: [], before: [], after: [], commands: (action) => [action] });
  },
};

class MiniSession implements Session {
  constructor(
    private readonly stage: Stage,
    private readonly environment: MiniEnvironment,
  ) {}

  async run({ action }: RecordedCommand, signal: AbortSignal | undefined): Promise<Ran> {
    const { container, plan, limits } = this.stage;
    const { interpreter, undecodable, universalNewlines } = this.environment;
    const wish = actionWish(this.stage, signal);
    const result = await exec(container, { command: [...interpreter, action], cwd: plan.cwd, env: plan.env, undecodable, ...wish });
    const text = (raw: string): string => cleaned(universalNewlines && !result.timedOut ? raw.replace(/\r\n?/g, '\n') : raw);
    if (result.timedOut) await killEverything(container);
    const crowd = await clearCrowd(container, limits.pids);
    const printed = text(result.merged.text);
    const submitted = result.exitCode === 0 && SUBMITTED.test(printed) ? printed.replace(SUBMITTED, '') : null;
    return {
      observation: submitted ?? printed,
      submission: submitted,
      printed: result.merged.bytes,
      truncated: result.merged.truncated,
      streams: { stdout: text(result.stdout.text), stderr: text(result.stderr.text) },
      exitCode: result.exitCode,
      timedOut: result.timedOut,
      durationMs: result.durationMs,
      cwd: plan.cwd,
      exported: null,
      problem: result.timedOut
        ? `The command ran longer than ${wish.timeoutMs / 1000} s and was ended.`
        : crowd > 0
          ? `The command left ${crowd} processes behind; they were ended, since nothing else could start.`
          : null,
    };
  }

  close(): void {
    // Nothing is left open between commands.
  }
}
