/**
 * A run as a shell script for `docker` alone: the same container, the same start, the same actions in the same kind of shell,
 * to be read, changed and passed on. What Turnpike adds (comparison, time limits, states) is not in it.
 */
import { createOptions, DEFAULT_LIMITS } from '../docker/container';
import { CannotReplay } from '../errors';
import { runtimes } from '../runtime/registry';
import type { Outline, Plan, StartStep } from '../runtime/runtime';
import type { ToolFolders } from '../runtime/runtime';
import { quoted } from '../shell/quote';
import type { RecordedTurn, Recording, ReplayOptions, RepositorySource } from '../types';
import { dockerFlags } from './flags';
import { heredoc } from './heredoc';

/** In the container. */
const PROGRAM = '/run/turnpike/run.sh';

/** Throws CannotReplay where the episode's runs are no plain steps. */
export async function scriptOf(recording: Recording, options: ReplayOptions, tools: ToolFolders): Promise<string> {
  const runtime = runtimes.find((candidate) => candidate.claims(recording));
  const plan = runtime?.plan(recording);
  const outline = plan === undefined ? undefined : await runtime?.outline?.(recording, plan, tools);
  if (plan === undefined || outline === undefined)
    throw new CannotReplay(`A run of ${recording.format} ${recording.version} can't be written as a shell script.`);
  const turns = recording.turns.filter(({ index, executed }) => executed && (options.until === null || index <= options.until));
  const copies = outline.start.some((step) => 'copy' in step);
  return [
    head(recording, turns.length, options.image ?? plan.image, copies),
    container(plan, options),
    options.repository === null ? '' : repository(options.repository, plan.cwd),
    outline.shell === 'none' ? processes(outline, plan, turns) : liveShell(outline, turns),
  ]
    .filter((part) => part !== '')
    .join('\n');
}

function head(recording: Recording, turns: number, image: string | null, copies: boolean): string {
  return [
    '#!/bin/sh',
    `# The ${turns} executed turns of ${comment(recording.instance ?? 'an episode')} (${comment(recording.format)} ${comment(recording.version)}), run again.`,
    '# Needs docker. Everything below can be changed; what is set outside is taken from there.',
    'set -eu',
    image === null ? ': "${IMAGE:?Set IMAGE to the image that the episode ran in.}"' : `IMAGE=\${IMAGE:-${quoted(image)}}`,
    ...(copies
      ? [
          '# Turnpike’s own implementations of the scaffold’s tools: the folder dist/tools of the extension, or a copy of it.',
          ': "${TOOLS:?Set TOOLS to the folder dist/tools of Turnpike.}"',
        ]
      : []),
    '',
  ].join('\n');
}

function container({ env }: Plan, { limits, runtime }: ReplayOptions): string {
  const wish = { image: '', limits: { ...DEFAULT_LIMITS, ...limits }, env, runtime, owner: '' };
  const { flags, command } = dockerFlags(createOptions(wish));
  return [
    '# No network, few capabilities, bounded memory, processors, processes and file sizes.',
    'box=$(docker create \\',
    ...flags.map((flag) => `  ${flag} \\`),
    `  "$IMAGE" ${command})`,
    `trap 'docker rm -f -v "$box" >/dev/null' EXIT`,
    'docker start "$box" >/dev/null',
    '',
    '# What comes in on stdin, as a file of the container.',
    `put() { docker exec -i "$box" sh -c 'mkdir -p -- "$(dirname -- "$1")" && cat > "$1"' sh "$1"; }`,
    '',
  ].join('\n');
}

function repository({ directory, commit }: RepositorySource, cwd: string): string {
  return [
    '# The repository at the commit that the episode started from, with its history.',
    `REPOSITORY=\${REPOSITORY:-${quoted(directory)}}`,
    `COMMIT=\${COMMIT:-${quoted(commit)}}`,
    'work=$(mktemp -d)',
    `trap 'docker rm -f -v "$box" >/dev/null; rm -rf "$work"' EXIT`,
    'git init -q -b main "$work/clone"',
    'commit=$(git -C "$REPOSITORY" rev-parse --verify "$COMMIT^{commit}")',
    'git -C "$work/clone" -c protocol.file.allow=always fetch -q --update-shallow --no-tags --upload-pack "git -c uploadpack.allowAnySHA1InWant=true upload-pack" "$REPOSITORY" "$commit"',
    'git -C "$work/clone" reset -q --hard "$commit"',
    `docker exec "$box" sh -c 'rm -rf -- "$1" && mkdir -p -- "$1"' sh ${quoted(cwd)}`,
    `tar -C "$work/clone" --owner=0 --group=0 --numeric-owner -cf - . | docker cp - "$box":${quoted(cwd)}`,
    '',
  ].join('\n');
}

/** One process for each command. */
function processes({ interpreter, commands }: Outline, { cwd, env }: Plan, turns: readonly RecordedTurn[]): string {
  const flags = ['-w', quoted(cwd), ...Object.entries(env).flatMap(([name, value]) => ['-e', quoted(`${name}=${value}`)])];
  return [
    '# Each command is a process of its own: what it changes of its directory and variables ends with it.',
    'turn() {',
    `  printf '\\n── turn %s ──\\n' "$1"`,
    '  action=$(cat; printf .)',
    '  action=${action%??}',
    `  docker exec ${flags.join(' ')} "$box" ${interpreter.map(quoted).join(' ')} "$action" </dev/null 2>&1 || printf '── exit code %s\\n' "$?"`,
    '}',
    '',
    ...turns.flatMap(({ index, commands: all }) =>
      all.flatMap(({ action }) => commands(action).map((command) => `turn ${index + 1} ${heredoc(command)}`)),
    ),
    '',
  ].join('\n');
}

/** One bash for all. */
function liveShell({ shell, start, before, after, commands }: Outline, turns: readonly RecordedTurn[]): string {
  const program = [
    ...(shell === 'terminal' ? ['stty -icanon -echo; TERM=dumb; set +o history; PS1= PS2= PS0='] : []),
    ...start.flatMap(started),
    ...turns.flatMap(({ index, commands: all }) => [
      ...before,
      `printf '\\n── turn ${index + 1} ──\\n'`,
      ...all.flatMap(({ action }) =>
        commands(action).map((command) => taken('action', command, shell === 'terminal' ? '' : '</dev/null 2>&1')),
      ),
      ...after.map((command) => taken('state', command, '</dev/null >/dev/null 2>&1')),
    ]),
  ].join('\n');
  return [
    ...start.flatMap((step) => filed(step)),
    `# One bash that lives as long as the episode${shell === 'terminal' ? ', on a terminal' : ''}. An action that ends the shell ends the run.`,
    `put ${PROGRAM} ${heredoc(program)}`,
    shell === 'terminal'
      ? `docker exec -t -e COLUMNS=80 -e LINES=24 "$box" bash --noediting -i -c 'stty cols 80 rows 24; source ${PROGRAM}'`
      : `docker exec "$box" bash -l -c 'source ${PROGRAM}'`,
    '',
  ].join('\n');
}

/** In the order of the scaffold, which overwrites what earlier steps wrote. */
function started(step: StartStep): string[] {
  if ('copy' in step) return [];
  if ('run' in step) return [taken('start', step.run, '</dev/null >/dev/null 2>&1')];
  return [`IFS= read -r -d '' text ${heredoc(step.text)}`, `printf %s "\${text%?}" >${quoted(step.write)}`];
}

/** Tools go in before the shell starts. */
function filed(step: StartStep): string[] {
  if (!('copy' in step)) return [];
  const [of, folder] = step.copy;
  const to = quoted(step.to);
  return [
    `docker exec "$box" mkdir -p ${to}`,
    `tar -C "$TOOLS"/${quoted(`${of}/${folder}`)} -h --owner=0 --group=0 --numeric-owner -cf - . | docker cp - "$box":${to}`,
  ];
}

/** The text of a command crosses as it is, and runs in the shell itself. */
const taken = (name: string, command: string, redirected: string): string =>
  [`IFS= read -r -d '' ${name} ${heredoc(command)}`, `eval "\${${name}%?}" ${redirected}`.trimEnd()].join('\n');

/** Episode text in a comment: one line of plain characters. */
const comment = (text: string): string => text.replaceAll(/[^\w .:/@+-]/g, '?').slice(0, 120);
