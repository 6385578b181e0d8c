import { access } from 'node:fs/promises';
import { join, posix } from 'node:path';
import { readFile, putFolder, writeFile } from '../shell/files';
import type { ShellResult } from '../shell/live-shell';
import { PtyBash } from '../shell/pty-bash';
import { quoted } from '../shell/quote';
import { restoring } from '../shell/restore';
import type { RecordedCommand, Recording } from '../types';
import { bundleState } from './bundle';
import { guarded } from './guard';
import type { Outline, Plan, Ran, Runtime, Session, Stage, StartStep, ToolFolders } from './runtime';
import { at, limitAt, listAt, stringAt, stringsAt } from './values';
import { actionWish } from './wish';

/** What SWE-agent uses where the recorded configuration does not say. */
const DEFAULT_ACTION_MS = 30_000;
const INSTALL_SECONDS = 300;
const DEFAULT_TIMEOUT_TEXT =
  "The command '{{command}}' was cancelled because it took more than {{timeout}} seconds. Please try a different command that completes more quickly.";
const SESSION = { LANG: 'C.UTF-8', LC_ALL: 'C.UTF-8', PIP_PROGRESS_BAR: 'off', PAGER: 'cat' };
const SUBMITTED = '<<SWE_AGENT_SUBMISSION>>';
const RETRIES = ['###SWE-AGENT-RETRY-WITH-OUTPUT###', '###SWE-AGENT-RETRY-WITHOUT-OUTPUT###'];
const PATCH = '/root/model.patch';
/** Bundles were renamed in 1.1; old files name the old ones. */
const RENAMED: Readonly<Record<string, string>> = {
  defaults: 'windowed',
  edit_linting: 'windowed_edit_linting',
  edit_replace: 'windowed_edit_replace',
  edit_rewrite: 'windowed_edit_rewrite',
  review_on_submit: 'review_on_submit_m',
};

/** Paths of bundles are the author's: only the last part tells which one it is. */
function namedBundles(configuration: unknown): string[] {
  const found = at(configuration, 'agent', 'tools', 'bundles');
  if (!Array.isArray(found)) return [];
  return found.flatMap((bundle) => {
    const path = stringAt(bundle, 'path');
    return path === null ? [] : [posix.basename(path.replaceAll('\\', '/'))];
  });
}

/** Before 1.0 every bundle that keeps a state had the registry inside. */
const lacksRegistry = (names: readonly string[]): boolean => names.length > 0 && !names.includes('registry');

function bundlesOf(configuration: unknown): string[] {
  const names = namedBundles(configuration);
  return lacksRegistry(names) ? ['registry', ...names] : names;
}

/** Which tools' wording. A file of the last months before 1.0 may have the layout of 1.0 already: its bundles tell. */
function generationOf(version: string, configuration: unknown): '1.0-dev' | '1.0-pre' | '1.0' | '1.1' {
  const names = namedBundles(configuration);
  const early = lacksRegistry(names) && names.some((name) => name in RENAMED);
  if (version.startsWith('1.0-dev')) return '1.0-dev';
  if (early) return '1.0-pre';
  return version.startsWith('1.0') ? '1.0' : '1.1';
}

function repositoryName(configuration: unknown, instance: string | null): string {
  const repo = at(configuration, 'env', 'repo');
  const named = stringAt(repo, 'repo_name');
  // eslint-disable-next-line no-control-regex -- neither can be in a path that is meant
  if (named !== null && !/[\u0000\n]/.test(named)) return named;
  const url = stringAt(repo, 'github_url');
  const hosted = url === null ? null : /github\.com[/:]([\w.-]+)\/([\w.-]+?)(?:\.git)?(?:[/#].*)?$/.exec(url);
  if (hosted !== null) return `${hosted[1]}__${hosted[2]}`;
  const path = stringAt(repo, 'path');
  // eslint-disable-next-line no-control-regex -- neither can be in a path that is meant
  if (path !== null && !/[\u0000\n]/.test(path)) return posix.basename(path.replaceAll('\\', '/'));
  return instance !== null && /^[\w.-]+__[\w.-]+-\d+$/.test(instance) ? 'testbed' : 'repo';
}

/** SWE-agent 1.x on SWE-ReX (formats.md §1.11, §1.12): one bash on a terminal, tools as programs, state after each action. */
export const sweAgent1: Runtime = {
  id: 'swe-agent-1',
  claims: ({ format, version }) => format === 'swe-agent' && version.startsWith('1'),
  plan({ configuration, instance }: Recording): Plan {
    const tools = at(configuration, 'agent', 'tools');
    return {
      image: stringAt(configuration, 'env', 'deployment', 'image'),
      cwd: `/${repositoryName(configuration, instance)}`,
      env: {},
      actionMs: limitAt(tools, 'execution_timeout') ?? DEFAULT_ACTION_MS,
      tools: bundlesOf(configuration),
      obstacles: [],
      problems:
        configuration === null || configuration === undefined
          ? ['The file records no configuration (replay_config): which tools the episode had is not known.']
          : [],
    };
  },
  async open(stage): Promise<Session> {
    const bash = await PtyBash.open(stage.container, {});
    const session = new Session1(bash, stage);
    await session.start();
    return session;
  },
  async outline(recording, plan, tools): Promise<Outline> {
    const { steps, states } = await startOf(recording, plan, tools);
    const endings = stringsAt(recording.configuration, 'agent', 'tools', 'multi_line_command_endings');
    return {
      shell: 'terminal',
      interpreter: [],
      start: [...steps, ...states.map((run) => ({ run }))],
      before: [],
      after: states,
      commands: (action) => [guarded(action, endings).trim()],
    };
  },
};

/** The order is SWE-agent's: later steps overwrite what earlier ones wrote. `states`: what runs after each action. */
async function startOf(recording: Recording, plan: Plan, tools: ToolFolders): Promise<{ steps: StartStep[]; states: string[] }> {
  const { configuration, problemStatement, version } = recording;
  const configured = at(configuration, 'agent', 'tools');
  const [installs, states]: [StartStep[], string[]] = [[], []];
  for (const name of plan.tools) {
    const folder = await bundleFolder(tools.bundles, name);
    if (folder === null) continue;
    const target = `/root/tools/${name}`;
    installs.push(
      { copy: ['bundles', posix.basename(folder.replaceAll('\\', '/'))], to: target },
      { run: `export PATH=${target}/bin:$PATH && chmod +x ${target}/bin/*` },
      { run: `[ -f ${target}/install.sh ] && cd ${target} && source install.sh`, seconds: INSTALL_SECONDS },
    );
    const state = await bundleState(folder);
    if (state !== null) states.push(state);
  }
  const installing = (commands: readonly string[]): StartStep[] => commands.map((run) => ({ run, seconds: INSTALL_SECONDS }));
  const steps: StartStep[] = [
    { run: exports({ ...SESSION, TURNPIKE_TOOLS_VERSION: generationOf(version, configuration) }) },
    { run: 'cd /' },
    { run: resetOf(recording, plan), seconds: 120 },
    ...installing(listAt(configuration, 'env', 'post_startup_commands')),
    ...installs,
    { run: `cd ${quoted(plan.cwd)}` },
    { run: exports(values(at(configured, 'env_variables'))) },
    { write: '/root/.swe-agent-env', text: JSON.stringify(at(configured, 'registry_variables') ?? {}) },
    { write: '/root/state.json', text: '{}' },
    ...installing(listAt(configured, 'reset_commands')),
    { run: exports({ PROBLEM_STATEMENT: problemStatement ?? '' }) },
  ];
  return { steps: steps.filter((step) => !('run' in step) || step.run !== ''), states };
}

/** As recorded, but for `git fetch`: there is no network, and nothing that it could bring counts. */
function resetOf({ configuration }: Recording, { cwd }: Plan): string {
  const base = stringAt(configuration, 'env', 'repo', 'base_commit') ?? 'HEAD';
  const known = `git rev-parse --verify -q ${quoted(`${base}^{commit}`)}`;
  return `cd ${quoted(cwd)} && export ROOT=$(pwd -P) && git status >/dev/null && git restore . && git reset -q --hard "$(${known} || echo HEAD)" && git clean -fdq`;
}

class Session1 implements Session {
  private readonly states: string[] = [];
  private readonly endings: Readonly<Record<string, string>>;
  private readonly timeoutText: string;
  /** Which tools' wording: `1.0-dev`, `1.0-pre`, `1.0` or `1.1`. */
  private readonly generation: string;
  /** The state commands did not run since the last action. */
  private unsettled = false;

  constructor(
    private readonly bash: PtyBash,
    private readonly stage: Stage,
  ) {
    const { configuration, version } = stage.recording;
    this.generation = generationOf(version, configuration);
    this.endings = stringsAt(configuration, 'agent', 'tools', 'multi_line_command_endings');
    this.timeoutText = stringAt(configuration, 'agent', 'templates', 'command_cancelled_timeout_template') ?? DEFAULT_TIMEOUT_TEXT;
  }

  async start(): Promise<void> {
    const { container, recording, plan, tools, restored } = this.stage;
    const { steps, states } = await startOf(recording, plan, tools);
    this.states.push(...states);
    if (restored !== undefined) {
      await this.bash.run(restoring(restored), this.within(60));
      return;
    }
    for (const step of steps) {
      if ('run' in step) await this.bash.run(step.run, this.within(step.seconds ?? 60));
      else if ('copy' in step) await putFolder(container, join(tools[step.copy[0]], step.copy[1]), step.to);
      else await writeFile(container, step.write, step.text);
    }
    await this.state();
  }

  async run({ action }: RecordedCommand, signal: AbortSignal | undefined): Promise<Ran> {
    const { limits, container } = this.stage;
    const wish = actionWish(this.stage, signal);
    const { timeoutMs } = wish;
    const command = guarded(action, this.endings).trim();
    const result = await this.bash.run(typed(command), wish);
    signal?.throwIfAborted();
    this.unsettled = true;
    const submits = result.text.includes(SUBMITTED);
    // A state command may write the patch anew.
    if (submits) await this.settle();
    const submission = submits ? await readFile(container, PATCH, limits.outputBytes) : null;
    return {
      // Before 1.0 the line that announced the patch left its end behind.
      observation: submission === null ? this.shown(result, command) : this.generation.startsWith('1.0-') ? `\n${submission}` : submission,
      submission,
      printed: result.printed,
      truncated: result.truncated,
      exitCode: result.exitCode,
      timedOut: result.state === 'late',
      durationMs: result.durationMs,
      cwd: result.cwd,
      exported: result.exported,
      problem: problemOf(result, timeoutMs),
    };
  }

  async settle(): Promise<void> {
    if (!this.unsettled) return;
    this.unsettled = false;
    await this.state();
  }

  close(): void {
    this.bash.close();
  }

  private shown(result: ShellResult, command: string): string {
    if (result.state === 'late')
      return this.timeoutText
        .replaceAll(/\{\{\s*timeout\s*\}\}/g, String(this.stage.plan.actionMs / 1000))
        .replaceAll(/\{\{\s*command\s*\}\}/g, () => command);
    return RETRIES.reduce((text, token) => text.replaceAll(token, ''), result.text);
  }

  private async state(): Promise<void> {
    for (const command of this.states) await this.bash.run(command, this.within(60));
  }

  private within(seconds: number): { readonly timeoutMs: number; readonly outputBytes: number } {
    return { timeoutMs: seconds * 1000, outputBytes: this.stage.limits.outputBytes };
  }
}

export async function bundleFolder(bundles: string, name: string): Promise<string | null> {
  for (const candidate of [name, RENAMED[name]]) {
    if (candidate === undefined || !/^[\w-]+$/.test(candidate)) continue;
    const folder = join(bundles, candidate);
    if (
      await access(folder).then(
        () => true,
        () => false,
      )
    )
      return folder;
  }
  return null;
}

/**
 * SWE-ReX types a command into a terminal whose shell edits its line: a tab completes the word before it and is no part of the
 * text (swe-rex 1.4.0, test/fixtures/original). After white space nothing is completed, and the tab is gone.
 */
const typed = (command: string): string => command.replaceAll('\t', '');

function problemOf({ state }: ShellResult, timeoutMs: number): string | null {
  if (state === 'late') return `The command ran longer than ${timeoutMs / 1000} s and was interrupted.`;
  if (state === 'dead')
    return 'The command ended the shell. The next one runs in a new shell, with the same directory and exported variables.';
  return null;
}

const exports = (variables: Readonly<Record<string, string>>): string =>
  Object.entries(variables)
    .filter(([name]) => /^[A-Za-z_]\w*$/.test(name))
    .map(([name, value]) => `export ${name}=${quoted(value)}`)
    .join(' && ');

/** Values of a configuration are strings, numbers or booleans; Python writes them into the shell. */
function values(found: unknown): Record<string, string> {
  if (typeof found !== 'object' || found === null) return {};
  return Object.fromEntries(
    Object.entries(found).map(([name, value]) => [name, typeof value === 'boolean' ? (value ? 'True' : 'False') : String(value)]),
  );
}
