/** `turnpike inspect`: read files one after the other, print each as it is ready. */
import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { codeOf, createEngine, StaleFileError, type Engine, type Opened } from '../engine/index';
import { EXIT } from './exit';
import { inspection } from './inspection';
import { painter } from './paint';
import { clean, report } from './report';

export interface InspectFlags {
  readonly rewards?: string;
  readonly report?: string;
  readonly trust?: true;
  readonly json?: true;
}

/** A file that changed this recently may be in the middle of a write: a damaged picture of it is taken again. */
const FRESH_MS = 5_000;
const TRIES = 4;
const WAIT_MS = 250;

/** @returns the exit code: {@link EXIT}.read, or `unread` when any file could not be read */
export async function inspect(files: readonly string[], flags: InspectFlags): Promise<number> {
  const engine = createEngine({
    rewardsFile: flags.rewards ?? null,
    reportFile: flags.report ?? null,
    mutedRules: [],
    trust: { all: flags.trust === true, hashes: [] },
    // Side files are looked for up to where the command was typed, as an editor looks up to its workspace.
    roots: [process.cwd()],
  });
  let code: number = EXIT.read;
  try {
    for (const file of files) {
      const why = await inspectOne(engine, file, flags);
      if (why === null) continue;
      code = EXIT.unread;
      process.stderr.write(`${clean(file)}: ${clean(why)}\n`);
    }
  } finally {
    engine.dispose();
  }
  return code;
}

/** @returns null when the file was printed, else a sentence that says why not */
async function inspectOne(engine: Engine, file: string, flags: InspectFlags): Promise<string | null> {
  const path = resolve(file);
  let why = '';
  for (let attempt = 1; attempt <= TRIES; attempt++) {
    const last = attempt === TRIES;
    try {
      const result = await engine.open(path);
      const whole = 'opened' in result && result.opened.episode.problems.every((problem) => problem.severity !== 'error');
      if (!whole && !last && (await changedLately(path))) {
        await new Promise((done) => setTimeout(done, WAIT_MS));
        continue;
      }
      if ('notEpisode' in result) return sentence(result.notEpisode);
      if (nothingRead(result.opened)) return result.opened.problems[0]?.message ?? 'No whole turn could be read.';
      if (flags.rewards !== undefined && result.opened.config.source === 'default') {
        for (const problem of result.opened.config.problems) process.stderr.write(`${clean(problem)}\n`);
      }
      await print(file, result.opened, flags.json === true);
      return null;
    } catch (error) {
      if (!(error instanceof StaleFileError) && codeOf(error) === null) throw error;
      why =
        error instanceof StaleFileError
          ? 'The file kept changing while it was read. Inspect it again when the run rests.'
          : `The file can't be read any more (${codeOf(error) ?? 'unknown error'}).`;
    } finally {
      engine.release(path);
    }
  }
  return why;
}

function sentence({ recognised, problems }: { readonly recognised: string | null; readonly problems: Opened['problems'] }): string {
  return problems[0]?.message ?? (recognised === null ? 'No format that Turnpike knows.' : `${recognised}: recognised, not yet readable.`);
}

/** Damaged before the end of its first turn: there is no episode to print. */
function nothingRead({ episode }: Opened): boolean {
  return episode.rollouts.every(({ turns }) => turns.length === 0) && episode.problems.some((problem) => problem.severity === 'error');
}

async function changedLately(path: string): Promise<boolean> {
  return stat(path).then(
    ({ mtimeMs }) => Date.now() - mtimeMs < FRESH_MS,
    () => false,
  );
}

async function print(file: string, opened: Opened, json: boolean): Promise<void> {
  if (json) {
    await write(`${JSON.stringify({ ...(await inspection(opened)), file })}\n`);
  } else {
    await write(`${report(opened, painter(process.stdout), process.stdout.columns ?? 120)}\n`);
  }
}

/** Waits for a slow reader instead of filling memory. */
function write(text: string): Promise<void> {
  return new Promise((done) => {
    if (process.stdout.write(text)) done();
    else process.stdout.once('drain', done);
  });
}
