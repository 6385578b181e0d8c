/**
 * The repository's exact state after a turn, as a git tree: tracked and untracked files, not the ignored ones. A second
 * index is used, so that the agent's own stays as it left it.
 */
import { quoted } from './shell/quote';
import type { Container } from 'dockerode';
import { scriptFrame } from './shell/frame';
import { LiveShell } from './shell/live-shell';
import type { ChangedFile } from './types';

/** Ours alone: the repository's own index and objects stay as the agent left them. */
const OURS = '/run/turnpike';
/** What the agent committed is found there, what we write stays with us. */
const ALTERNATES = 'export GIT_ALTERNATE_OBJECT_DIRECTORIES="$(env -u GIT_OBJECT_DIRECTORY git rev-parse --git-path objects 2>/dev/null)"';
const PLENTY = { timeoutMs: 60_000, outputBytes: 4 * 2 ** 20 };
/** A repository of a gigabyte is packed once. */
const PACK_MS = 600_000;
/** Where packs of trees are made. */
export const PACKS = `${OURS}/packs`;
/** Where objects that were kept outside are put. */
export const KEPT = `${OURS}/objects/pack`;

export class TreeProbe {
  private before: string | null = null;

  private constructor(
    private readonly container: Container,
    private readonly folder: string,
    private shell: LiveShell,
  ) {}

  /** Null: there is no git repository at the folder, or no git in the image. */
  static async open(container: Container, folder: string): Promise<TreeProbe | null> {
    const probe = new TreeProbe(container, folder, await shellOf(container));
    const found = await probe.ask(`mkdir -p ${OURS}/objects && git rev-parse --is-inside-work-tree`);
    if (found?.trim() === 'true') return probe;
    probe.close();
    return null;
  }

  /** The tree now, and the files that changed since it was asked before. Null tree: git could not say. */
  async now(): Promise<{ readonly tree: string | null; readonly changed: readonly ChangedFile[] }> {
    const tree = (await this.ask('git add -A -- . && git write-tree'))?.trim().split('\n').at(-1) ?? null;
    const { before } = this;
    if (tree === null) return { tree, changed: [] };
    this.before = tree;
    if (before === null || before === tree) return { tree, changed: [] };
    const listed = await this.ask(`git diff-tree -r -z --name-status --no-renames ${before} ${tree}`);
    return { tree, changed: changedFiles(listed ?? '') };
  }

  /** The run goes on from a checkpoint: its tree is what the next one is compared with. */
  resume(tree: string | null): void {
    this.before = tree;
  }

  /** Packs trees with all that they hold, but for what the others hold, into {@link PACKS}. False: git could not. */
  async pack(trees: readonly string[], without: readonly string[]): Promise<boolean> {
    const names = [...trees, ...without.map((tree) => `^${tree}`)].map((name) => quoted(name)).join(' ');
    // One thread: the same trees give the same pack, by the same name.
    const git = 'git -c pack.packSizeLimit=0 pack-objects -q --revs --threads=1';
    const script = `rm -rf ${PACKS} && mkdir -p ${PACKS} && printf '%s\\n' ${names} | ${git} ${PACKS}/pack`;
    return (await this.ask(script, PACK_MS)) !== null;
  }

  /** Makes the repository's files those of the tree, also where others were written or deleted since. False: git could not. */
  async checkout(tree: string): Promise<boolean> {
    const done = await this.ask(`git add -A -- . && git read-tree --reset -u ${quoted(tree)}`);
    if (done !== null) this.before = tree;
    return done !== null;
  }

  close(): void {
    this.shell.close();
  }

  /** What a script prints; null where it failed. An agent that kills every process kills this shell too: it is opened again. */
  private async ask(script: string, timeoutMs = PLENTY.timeoutMs): Promise<string | null> {
    if (!this.shell.alive) this.shell = await shellOf(this.container);
    const result = await this.shell.run(scriptFrame(`cd -- ${quoted(this.folder)} && ${ALTERNATES} && ${script}`), {
      ...PLENTY,
      timeoutMs,
    });
    return result.state === 'ended' && result.exitCode === 0 ? result.printed.text : null;
  }
}

const shellOf = (container: Container): Promise<LiveShell> =>
  LiveShell.open(container, {
    command: ['/bin/sh'],
    cwd: '/',
    terminal: null,
    env: {
      GIT_INDEX_FILE: `${OURS}/index`,
      GIT_OBJECT_DIRECTORY: `${OURS}/objects`,
      GIT_OPTIONAL_LOCKS: '0',
      GIT_CONFIG_COUNT: '2',
      GIT_CONFIG_KEY_0: 'safe.directory',
      GIT_CONFIG_VALUE_0: '*',
      GIT_CONFIG_KEY_1: 'core.hooksPath',
      GIT_CONFIG_VALUE_1: '/dev/null',
    },
  });

/** `git diff-tree -z --name-status`: a letter and a path in turn, each ended by NUL. */
export function changedFiles(listed: string): ChangedFile[] {
  const parts = listed.split('\0');
  const files: ChangedFile[] = [];
  for (let at = 0; at + 1 < parts.length; at += 2) {
    const status = ({ A: 'added', D: 'deleted' } as const)[parts[at] ?? ''] ?? 'modified';
    files.push({ path: parts[at + 1] ?? '', status });
  }
  return files;
}
