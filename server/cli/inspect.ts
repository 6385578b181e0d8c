/** `turnpike inspect`: read files one after the other, print each as it is ready. */
import { resolve } from 'node:path';
import { createEngine, type Opened } from '../engine/index';
import { EXIT } from './exit';
import { inspection } from './inspection';
import { report } from './report';
import { painter } from './paint';

export interface InspectFlags {
  readonly rewards?: string;
  readonly report?: string;
  readonly trust?: true;
  readonly json?: true;
}

/** @returns the exit code: {@link EXIT}.read, or `unread` when any file could not be read */
export async function inspect(files: readonly string[], flags: InspectFlags): Promise<number> {
  const engine = createEngine({
    rewardsFile: flags.rewards ?? null,
    reportFile: flags.report ?? null,
    mutedRules: [],
    trust: { all: flags.trust === true, hashes: [] },
    roots: [],
  });
  let code: number = EXIT.read;
  try {
    for (const file of files) {
      const result = await engine.open(resolve(file));
      if ('notEpisode' in result) {
        code = EXIT.unread;
        const { recognised, problems } = result.notEpisode;
        const why =
          problems[0]?.message ?? (recognised === null ? 'No format that Turnpike knows.' : `${recognised}: recognised, not yet readable.`);
        process.stderr.write(`${file}: ${why}\n`);
        continue;
      }
      await print(file, result.opened, flags.json === true);
      engine.release(resolve(file));
    }
  } finally {
    engine.dispose();
  }
  return code;
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
