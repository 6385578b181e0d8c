import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { PipeBash } from '../shell/pipe-bash';
import { putFolder } from '../shell/files';
import { commandSetOf, installation, NOT_REPLAYABLE, type CommandSet } from './commands-0';
import type { ShellResult } from '../shell/live-shell';
import { quoted } from '../shell/quote';
import type { RecordedCommand, Recording } from '../types';
import { restoring } from '../shell/restore';
import { guarded } from './guard';
import { CannotReplay } from '../errors';
import type { Outline, Plan, Ran, Runtime, Session, Stage, ToolFolders } from './runtime';
import { actionWish } from './wish';

const ACTION_MS = 25_000;
const SETUP = { timeoutMs: 120_000, outputBytes: 64 * 1024 };
const COMMANDS = '/root/commands';
/** SWE-agent 0.x installed the project where it had put it. What can be had without a network is: the project itself. */
const INSTALL =
  '[ ! -e setup.py ] && [ ! -e pyproject.toml ] || PIP_BREAK_SYSTEM_PACKAGES=1 python3 -m pip install -q --no-index --no-deps --no-build-isolation -e .';
const ENDINGS = { edit: 'end_of_edit' };
const SUBMISSION = /<<SUBMISSION\|\|([^]*)\|\|SUBMISSION>>/;
/** Actions that SWE-agent acted on itself; the shell never saw them. */
const LIMITS = new Set(['exit_context', 'exit_cost', 'exit_error', 'exit_format', 'exit_api']);

const textsOf = ({ turns }: Recording): { actions: string[]; observations: string[]; whole: boolean } => {
  const commands = turns.flatMap((turn) => turn.commands);
  return {
    actions: commands.map(({ action }) => action),
    observations: commands.flatMap(({ observation }) => observation ?? []),
    // A submission ends with its last line's end in every release.
    whole: commands.some(({ action, observation }) => observation?.endsWith('\n') === true && !/^\s*submit\b/m.test(action)),
  };
};

const setOf = (recording: Recording): CommandSet =>
  commandSetOf({ version: recording.version, prompt: recording.systemPrompt ?? null, configuration: null, ...textsOf(recording) });

/** `/<owner>__<repo>`, from the instance's name, or from where the first state or file shown says the shell was. */
function folderOf({ instance, turns }: Recording, { observations }: { readonly observations: readonly string[] }): string {
  const named = /^([\w.-]+__[\w.-]+)-\d+$/.exec(instance ?? '');
  if (named !== null) return `/${named[1]}`;
  const at = turns[0]?.state?.['working_dir'];
  if (typeof at === 'string' && /^\/[^\n]+$/.test(at)) return at;
  const shown = observations.map((text) => /\[File: (\/[\w.-]+)\//.exec(text)?.[1]).find((found) => found !== undefined);
  return shown ?? '/repo';
}

/** SWE-agent 0.x (formats.md §1.13): one login bash on pipes, whose commands are functions of that shell. */
export const sweAgent0: Runtime = {
  id: 'swe-agent-0',
  claims: ({ format, version }) => format === 'swe-agent' && version.startsWith('0'),
  plan(recording: Recording): Plan {
    const set = setOf(recording);
    const obstacles = recording.turns.flatMap(({ index, commands }) => {
      const command = commands.map(({ action }) => NOT_REPLAYABLE.exec(action)?.[0].trim()).find((found) => found !== undefined);
      return command === undefined
        ? []
        : [{ turn: index, reason: `\`${command}\` needs a service or a decompiler that the file does not hold.` }];
    });
    return {
      image: null,
      cwd: folderOf(recording, textsOf(recording)),
      env: {},
      actionMs: ACTION_MS,
      tools: set.commandFiles,
      obstacles,
      problems: [
        `The file records no configuration; its texts show SWE-agent ${set.generation} with the ${set.editor === 'cursors' ? 'two-cursor' : 'window'} editor.`,
      ],
    };
  },
  async open(stage): Promise<Session> {
    const session = new Session0(stage, setOf(stage.recording));
    await session.start();
    return session;
  },
  outline(recording, plan, tools): Promise<Outline> {
    const set = setOf(recording);
    return Promise.resolve({
      shell: 'pipe',
      interpreter: [],
      start: [{ copy: ['commands', '.'], to: COMMANDS }, ...setupOf(plan, set, isOurs(tools), true).map(({ script }) => ({ run: script }))],
      before: ['state >/dev/null'],
      after: [],
      commands: (action) =>
        steps(guarded(action, ENDINGS))
          .map((step) => step.trim())
          .flatMap((step) => (step === 'skip' || step === 'exit_forfeit' ? [] : [LIMITS.has(step) ? 'submit' : step])),
    });
  },
};

interface Setup {
  readonly script: string;
  /** It may fail. */
  readonly optional?: true;
  /** What its failure means. */
  readonly sentence?: string;
}

/** The order is SWE-agent's. `fresh`: the repository is put back to its base, as at the start of an episode. */
function setupOf({ cwd }: Plan, set: CommandSet, ours: boolean, fresh: boolean): Setup[] {
  const { source, programs } = installation(set, ours);
  return [
    { script: '[ -f /root/.bashrc ] && source /root/.bashrc', optional: true },
    { script: `touch ${COMMANDS}/__init__.py && export PATH=$PATH:${COMMANDS}` },
    {
      script: `cd ${quoted(cwd)} && export ROOT=$(pwd -P)`,
      sentence: `The episode worked in ${cwd}, which the image does not have: name a clone of the repository and its commit.`,
    },
    ...(ours
      ? []
      : [
          {
            script: 'command -v jq && command -v flake8',
            sentence: "SWE-agent's own 0.x commands need jq and flake8, which the image does not have. Turnpike's commands need neither.",
          },
        ]),
    // Ignored files stay: what an image has built in the folder is not built again.
    ...(fresh
      ? ['git restore . && git reset --hard -q && git clean -fdq', INSTALL].map((script) => ({ script, optional: true as const }))
      : []),
    { script: 'export CURRENT_FILE="" CURRENT_LINE=0 SEARCH_INDEX=0; export SEARCH_RESULTS=() SEARCH_FILES=()' },
    { script: [set.state, ...Object.entries(set.variables).map(([name, value]) => `${name}=${value}`)].join('\n') },
    ...source.map((file) => ({ script: `source ${COMMANDS}/${file}` })),
    ...programs.map(([from, to]) => ({ script: `cp ${COMMANDS}/${from} ${COMMANDS}/${to} && chmod +x ${COMMANDS}/${to}` })),
  ];
}

const isOurs = ({ commands }: ToolFolders): boolean => existsSync(join(commands, 'common.sh'));

/** `ends`: the episode is over with it. */
type Step = Ran & { readonly ends: boolean };

class Session0 implements Session {
  private bash: PipeBash | null = null;
  /** Until 0.2 the agent was shown the last line's end too. */
  private readonly whole: boolean;

  constructor(
    private readonly stage: Stage,
    private readonly set: CommandSet,
  ) {
    this.whole = set.generation !== '0.7' && textsOf(stage.recording).whole;
  }

  async start(): Promise<void> {
    await putFolder(this.stage.container, this.stage.tools.commands, COMMANDS);
    const { restored } = this.stage;
    await this.shell(restored === undefined);
    if (restored !== undefined) await this.quiet(restoring(restored));
  }

  private async shell(fresh: boolean): Promise<void> {
    const { container, plan, tools } = this.stage;
    this.bash = await PipeBash.open(container);
    for (const { script, optional, sentence } of setupOf(plan, this.set, isOurs(tools), fresh))
      await (optional === true ? this.quiet(script) : this.must(script, sentence));
  }

  async run({ action }: RecordedCommand, signal: AbortSignal | undefined): Promise<Ran> {
    await (await this.living()).ready();
    await this.quiet('state');
    const parts = steps(guarded(action, ENDINGS));
    const ran: Step[] = [];
    for (const part of parts.length === 0 ? [''] : parts) {
      ran.push(await this.step(part.trim(), signal));
      signal?.throwIfAborted();
    }
    const last = ran.at(-1)!;
    // Since 0.7 what ends an episode is not shown.
    const shown = this.set.generation === '0.7' && last.ends ? ran.slice(0, -1) : ran;
    return {
      ...last,
      observation: shown.map(({ observation }) => observation).join('\n'),
      printed: ran.reduce((sum, { printed }) => sum + printed, 0),
      truncated: ran.some(({ truncated }) => truncated),
      timedOut: ran.some(({ timedOut }) => timedOut),
      durationMs: ran.reduce((sum, { durationMs }) => sum + durationMs, 0),
    };
  }

  close(): void {
    this.bash?.close();
  }

  private async step(action: string, signal: AbortSignal | undefined): Promise<Step> {
    if (action === 'skip' || action === 'exit_forfeit') return said(action === 'skip' ? 'Skipped' : 'Exited');
    const limit = LIMITS.has(action);
    const result = await this.communicate(limit ? 'submit' : action, signal);
    const found = SUBMISSION.exec(result.text)?.[1];
    const submission = found === undefined || found.trim() === '' ? null : found;
    const observation = limit
      ? submission === null
        ? 'Exited'
        : 'Exited (autosubmitted)'
      : found === undefined
        ? result.text
        : (submission ?? '');
    return {
      observation,
      submission,
      ends: limit || found !== undefined,
      printed: result.printed,
      truncated: result.truncated,
      exitCode: result.exitCode,
      timedOut: result.state === 'late',
      durationMs: result.durationMs,
      cwd: result.cwd,
      exported: result.exported,
      problem: this.problemOf(result),
    };
  }

  /** `bash -n` first, whose complaint is what the agent sees; its here-document ends at a line `EOF` of the action itself. */
  private async communicate(action: string, signal: AbortSignal | undefined): Promise<ShellResult> {
    const wish = actionWish(this.stage, signal);
    await (await this.living()).ready();
    const bash = await this.living();
    if (this.set.checked) {
      const checked = await bash.run(`/bin/bash -n <<'EOF'\n${action}\nEOF\n`, wish);
      if (checked.state === 'ended' && checked.exitCode !== 0) return this.shown(checked);
    }
    const result = await bash.run(action, wish);
    if (this.set.generation === '0.7' && result.state === 'ended') await this.quiet(`export LAST_ACTION=${quoted(action)}`);
    return this.shown(result);
  }

  private shown(result: ShellResult): ShellResult {
    const plain = this.whole ? result.text : lines(result.text).join('\n');
    // The exit code in the mark is that of what ran between the command and the mark.
    const text = this.set.marked && !/(?:^|\n)$/.test(result.text) ? `${plain}///PROCESS-DONE:0:PROCESS-DONE///` : plain;
    const old = this.set.generation !== '0.7';
    if (result.state === 'dead') return { ...result, text: `${old ? '' : text}\nCOMMAND FAILED TO EXECUTE. RESTARTING PROCESS.` };
    if (result.state !== 'late') return { ...result, text };
    const because = ` BECAUSE THE COMMAND WAS RUNNING FOR MORE THAN ${(this.stage.plan.actionMs / 1000).toFixed(1)} SECONDS.`;
    return { ...result, text: old ? '\nEXECUTION TIMED OUT' : `${text}\nEXECUTION TIMED OUT${because}` };
  }

  private problemOf({ state }: ShellResult): string | null {
    if (state === 'late') return `The command ran longer than ${actionWish(this.stage, undefined).timeoutMs / 1000} s and was ended.`;
    return state === 'dead' ? 'The command ended the shell; it was started again, and its variables are lost.' : null;
  }

  private async living(): Promise<PipeBash> {
    if (this.bash?.alive !== true) await this.shell(false);
    return this.bash!;
  }

  private async quiet(script: string): Promise<void> {
    await (await this.living()).run(script, SETUP);
  }

  private async must(script: string, sentence?: string): Promise<void> {
    const { exitCode, text } = await this.bash!.run(script, SETUP);
    if (exitCode === 0) return;
    throw new CannotReplay(
      sentence ?? `SWE-agent's start could not be repeated: \`${script.slice(0, 200)}\` failed with ${text.slice(0, 300)}`,
    );
  }
}

const said = (observation: string): Step => ({
  observation,
  ends: true,
  submission: null,
  printed: 0,
  truncated: false,
  exitCode: null,
  timedOut: false,
  durationMs: 0,
  cwd: null,
  exported: null,
  problem: null,
});

/** A line that is `submit` and nothing else is a step of its own, and the last one. */
function steps(action: string): string[] {
  const found = /^[^\S\n]*submit\s*$/m.exec(action);
  if (found === null) return action.trim() === '' ? [] : [action];
  const before = action.slice(0, found.index);
  return before.trim() === '' ? ['submit'] : [before, 'submit'];
}

/** As Python's `splitlines` cuts a text. */
function lines(text: string): string[] {
  // eslint-disable-next-line no-control-regex -- Python ends a line at these, too
  const cut = text.split(/\r\n|[\n\r\u000b\u000c\u001c-\u001e\u0085\u2028\u2029]/);
  if (cut.at(-1) === '') cut.pop();
  return cut;
}
