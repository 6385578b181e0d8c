/** `turnpike replay`: run episodes again in a container, print where each differs. */
import { resolve } from 'node:path';
import { createTwoFilesPatch } from 'diff';
import { createEngine, recordingOf, ReplayService, type Engine, type KeptReplay } from '../engine/index';
import {
  CannotReplay,
  connect,
  EngineStopped,
  NoEngine,
  NoImage,
  preflight,
  REAL,
  RepositoryError,
  scriptOf,
  toolFolders,
  type Connection,
  type Divergence,
  type Preflight,
  type Recording,
  type ReplayFacts,
  type ReplayOptions,
  type TestWish,
  type ToolFolders,
  type TurnFacts,
} from '../replay/index';
import { EXIT } from './exit';
import { painter, type Paint } from './paint';
import { pullMissing } from './pull';
import type { ReplayJson } from './replay-schema';
import { clean } from './report';
import { baseTestsJson, gradeOf, testLines, TestListError, testWish, turnTestsJson, type TestFlags } from './replay-tests';
import { defaultStorage } from './storage';

export interface ReplayFlags extends TestFlags {
  readonly image?: string;
  readonly repo?: string;
  readonly base?: string;
  readonly turn?: number;
  readonly timeout?: number;
  readonly keep?: true;
  readonly script?: true;
  readonly tools?: string;
  readonly runtime?: string;
  readonly pull?: true;
  readonly preflight?: true;
  readonly again?: true;
  readonly storage?: string;
  readonly json?: true;
}

/** @returns the worst exit code over all files, {@link EXIT} */
export async function replayFiles(files: readonly string[], flags: ReplayFlags): Promise<number> {
  if ((flags.repo === undefined) !== (flags.base === undefined)) {
    process.stderr.write('--repo and --base belong together: a local clone, and the commit that the episode started from.\n');
    return EXIT.usage;
  }
  const engine = createEngine({
    rewardsFile: null,
    reportFile: null,
    mutedRules: [],
    trust: { all: false, hashes: [] },
    roots: [process.cwd()],
  });
  const service = new ReplayService({
    storage: flags.storage === undefined ? defaultStorage() : resolve(flags.storage),
    checkout: flags.tools === undefined ? null : resolve(flags.tools),
  });
  const cancel = new AbortController();
  const interrupted = (): void => {
    cancel.abort();
  };
  process.once('SIGINT', interrupted);
  let code: number = EXIT.read;
  try {
    for (const file of files) {
      const result = await replayOne(engine, service, file, flags, cancel.signal);
      if (result.why !== null) process.stderr.write(`${clean(file)}: ${clean(result.why)}\n`);
      code = Math.max(code, result.code);
      if (cancel.signal.aborted) break;
    }
  } finally {
    process.off('SIGINT', interrupted);
    engine.dispose();
    await service.dispose();
  }
  return code;
}

interface Result {
  readonly code: number;
  readonly why: string | null;
}

async function replayOne(engine: Engine, service: ReplayService, file: string, flags: ReplayFlags, signal: AbortSignal): Promise<Result> {
  const path = resolve(file);
  const opened = await engine.open(path);
  if ('notEpisode' in opened)
    return { code: EXIT.unread, why: opened.notEpisode.problems[0]?.message ?? 'No episode that Turnpike can read.' };
  const recording = await recordingOf(opened.opened, opened.opened.episode.best);
  let tests: TestWish | null;
  try {
    tests = await testWish(flags, opened.opened.side.report);
  } catch (error) {
    if (!(error instanceof TestListError)) throw error;
    engine.release(path);
    return { code: EXIT.usage, why: error.message };
  }
  const options: ReplayOptions = {
    image: flags.image ?? null,
    repository: flags.repo !== undefined && flags.base !== undefined ? { directory: resolve(flags.repo), commit: flags.base } : null,
    limits: flags.timeout === undefined ? {} : { actionMs: flags.timeout * 1000 },
    until: flags.turn === undefined ? null : flags.turn - 1,
    runtime: flags.runtime ?? null,
    tests,
  };
  const tools = toolFolders(flags.tools === undefined ? null : resolve(flags.tools));
  const paint = painter(process.stdout);
  const began = Date.now();
  try {
    if (flags.script === true) {
      process.stdout.write(await scriptOf(recording, options, tools));
      return { code: EXIT.read, why: null };
    }
    if (flags.preflight === true) return await printPreflight(recording, options, tools, paint);
    if (flags.pull === true) await pullMissing(await connect(), recording, options, signal);
    const { facts, at } = await run(service, path, opened.opened.episode.best, recording, options, flags, paint, signal);
    if (flags.json === true) process.stdout.write(`${JSON.stringify(jsonOf(file, recording, facts))}\n`);
    else process.stdout.write(`${summary(facts, paint)}${at < began ? `\n${kept(at, paint)}` : ''}\n`);
    return { code: facts.firstDivergence === null ? EXIT.read : EXIT.diverged, why: null };
  } catch (error) {
    if (signal.aborted) return { code: EXIT.noEngine, why: 'The replay was cancelled; its container is removed.' };
    if (error instanceof NoEngine || error instanceof NoImage || error instanceof EngineStopped)
      return { code: EXIT.noEngine, why: error.message };
    if (error instanceof CannotReplay || error instanceof RepositoryError) return { code: EXIT.unread, why: error.message };
    throw error;
  } finally {
    engine.release(path);
  }
}

async function run(
  service: ReplayService,
  path: string,
  rollout: number,
  recording: Recording,
  options: ReplayOptions,
  flags: ReplayFlags,
  paint: Paint,
  signal: AbortSignal,
): Promise<KeptReplay> {
  const printed = new Set<number>();
  const print = (facts: TurnFacts): void => {
    if (flags.json === true || printed.has(facts.index)) return;
    printed.add(facts.index);
    process.stdout.write(`${turnLine(recording, facts, paint)}\n`);
  };
  const result = await service.replay({
    path,
    rollout,
    recording,
    options,
    again: flags.again === true || flags.keep === true,
    ...(flags.keep === true && { keep: sayKept }),
    progress: (step) => {
      if (step.phase === 'running') print(step.facts);
    },
    signal,
  });
  // What was known before: all of it, or what ran before an interruption.
  for (const facts of result.facts.turns) print(facts);
  return result;
}

const kept = (at: number, paint: Paint): string =>
  paint('dim', `kept from ${new Date(at).toISOString().slice(0, 19).replace('T', ' ')} UTC; --again replays`);

/** On stderr: the JSON on stdout stays one object per line. */
const sayKept = (name: string): void =>
  void process.stderr.write(
    `The container is kept as ${name}.\nEnter it:  turnpike shell --container ${name}\nRemove it: turnpike shell --remove ${name}\n`,
  );

const SIGNS: Readonly<Record<Divergence['class'], string>> = {
  equal: '=',
  noise: '~',
  value: '≠',
  exit_status: '≠',
  timeout: '≠',
  missing: '≠',
  truncated: '=',
  unrecorded: '?',
};

function turnLine(recording: Recording, facts: TurnFacts, paint: Paint): string {
  const { divergence } = facts;
  const real = divergence !== null && REAL.has(divergence.class);
  const sign = divergence === null ? '–' : facts.trusted || !real ? SIGNS[divergence.class] : '?';
  const words = divergence === null ? 'not executed' : divergence.class.replace('_', ' ');
  const colour = divergence === null ? 'dim' : real ? (facts.trusted ? 'red' : 'yellow') : 'green';
  const head = [
    String(facts.index + 1).padStart(4),
    paint(colour, `${sign} ${words}`.padEnd(14)),
    (facts.durationMs === null ? '' : `${(facts.durationMs / 1000).toFixed(2)} s`).padStart(9),
    clean(oneLine(recording.turns[facts.index]?.commands[0]?.action ?? '')).slice(0, 80),
  ].join('  ');
  const first = real ? (divergence.first ?? null) : null;
  const lines = [head];
  if (real && divergence.reason !== null) lines.push(`      ${clean(divergence.reason)}`);
  if (first !== null)
    lines.push(
      `      line ${first.line}`,
      `      ${paint('red', `− ${clean(first.recorded ?? '(the text ends here)').slice(0, 160)}`)}`,
      `      ${paint('green', `+ ${clean(first.replayed ?? '(the text ends here)').slice(0, 160)}`)}`,
    );
  if (facts.problem !== null) lines.push(`      ${paint('yellow', clean(facts.problem))}`);
  return lines.join('\n');
}

const oneLine = (text: string): string => text.trim().split('\n')[0] ?? '';

function summary(facts: ReplayFacts, paint: Paint): string {
  const counts = new Map<string, number>();
  for (const { divergence } of facts.turns) {
    const name = divergence?.class.replace('_', ' ') ?? 'not executed';
    counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  const submission = {
    equal: 'the same submission',
    different: 'another submission',
    none: 'no submission',
    unrecorded: 'a submission, none is recorded',
  };
  return [
    ...testLines(facts, paint),
    '',
    [...counts].map(([name, count]) => `${count} ${name}`).join(' · '),
    facts.firstDivergence === null
      ? `${paint('green', 'no real divergence')} · ${submission[facts.submission]}`
      : `${paint('red', `diverged at turn ${facts.firstDivergence + 1}`)}: later turns ran in another state · ${submission[facts.submission]}`,
    `image ${clean(facts.image.name)} (${facts.image.source}) · ${clean(facts.engine.name)} ${clean(facts.engine.version)}`,
    ...facts.causes.map(({ sentence }) => `${paint('yellow', 'cause')} ${clean(sentence)}`),
    ...facts.problems.map((problem) => `${paint('yellow', 'note')}  ${clean(problem)}`),
  ].join('\n');
}

async function printPreflight(recording: Recording, options: ReplayOptions, tools: ToolFolders, paint: Paint): Promise<Result> {
  let connection: Connection | null = null;
  let why: string | null = null;
  try {
    connection = await connect();
  } catch (error) {
    if (!(error instanceof NoEngine)) throw error;
    why = error.message;
  }
  const found = await preflight(connection, recording, options, tools);
  process.stdout.write(`${preflightText(found, connection, paint)}\n`);
  return { code: found.runtime === null ? EXIT.unread : found.image === null ? EXIT.noEngine : EXIT.read, why };
}

function preflightText(found: Preflight, connection: Connection | null, paint: Paint): string {
  const row = (ok: boolean, name: string, text: string): string =>
    `${ok ? paint('green', 'ok ') : paint('red', 'no ')} ${name.padEnd(9)} ${clean(text)}`;
  return [
    row(connection !== null, 'engine', connection === null ? 'none' : `${connection.endpoint.host} (${connection.endpoint.source})`),
    row(found.runtime !== null, 'runtime', found.runtime ?? 'none for this format'),
    row(
      found.image !== null,
      'image',
      found.image === null ? `none of ${found.wanted.join(', ') || 'no name known'}` : `${found.image.name} (${found.image.source})`,
    ),
    row(found.cwd !== null && found.inside?.paths[found.cwd] !== false, 'directory', found.cwd ?? 'not known'),
    ...(found.inside?.programs ?? []).map(({ name, path, version }) =>
      row(path !== null, name, path === null ? 'not in the image' : `${path}${version === null ? '' : ` (${version})`}`),
    ),
    ...found.tools.map(({ name, known }) => row(known, 'tools', name)),
    ...found.obstacles.map(({ turn, reason }) => `${paint('yellow', 'turn')} ${String(turn + 1).padStart(4)}  ${reason}`),
    ...found.problems.map((problem) => `${paint('yellow', 'note')} ${clean(problem)}`),
    'No container was started.',
  ].join('\n');
}

function jsonOf(file: string, recording: Recording, facts: ReplayFacts): ReplayJson {
  const tests = turnTestsJson(facts);
  return {
    schema: 'turnpike.replay/1',
    file,
    image: facts.image,
    engine: facts.engine,
    turns: facts.turns.map((turn, at) => {
      const { commands } = recording.turns[turn.index] ?? { commands: [] };
      return {
        index: turn.index,
        executed: turn.executed,
        action: commands.map(({ action }) => action).join('\n'),
        observation: turn.observation,
        exitCode: turn.exitCode,
        durationMs: turn.durationMs,
        cwd: turn.cwd,
        tree: turn.tree,
        changedFiles: [...turn.changedFiles],
        environment: [...turn.environment],
        tests: tests[at] ?? null,
        divergence:
          turn.divergence === null
            ? null
            : {
                ...turn.divergence,
                noise: [...turn.divergence.noise],
                diff: diffOf(commands.map(({ observation }) => observation ?? '').join(''), turn),
              },
        trusted: turn.trusted,
        problem: turn.problem,
      };
    }),
    tests: baseTestsJson(facts),
    outcome: { tests: gradeOf(facts), firstDivergence: facts.firstDivergence, submission: facts.submission },
    causes: [...facts.causes],
    problems: [...facts.problems],
  };
}

function diffOf(recorded: string, { observation, divergence }: TurnFacts): string | null {
  if (divergence?.first == null || observation === null) return null;
  return (
    createTwoFilesPatch('recorded', 'replayed', recorded.replaceAll('\r\n', '\n'), observation, undefined, undefined, {
      context: 3,
      timeout: 2_000,
    }) ?? null
  );
}
