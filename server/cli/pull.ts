/** `--pull`: gets the image that a replay lacks, with a line that says how far it is. */
import { imageFor, NoImage, pullImage, type Connection, type PullProgress, type Recording, type ReplayOptions } from '../replay/index';
import { clean } from './report';

/** Where nobody watches a line change, every so much of the whole gets a line of its own. */
const STEP = 0.1;

/** Does nothing where an image that would do is there. Throws NoImage where none can be had. */
export async function pullMissing(
  connection: Connection,
  recording: Recording,
  options: ReplayOptions,
  signal: AbortSignal,
): Promise<void> {
  try {
    await imageFor(connection, recording, options);
    return;
  } catch (error) {
    if (!(error instanceof NoImage) || error.candidates.length === 0) throw error;
    await pullFirst(connection, error, signal);
  }
}

/** Names of an episode's image are guesses but the first that a registry has. */
async function pullFirst(connection: Connection, { candidates }: NoImage, signal: AbortSignal): Promise<void> {
  let first: unknown = null;
  for (const name of candidates.filter((candidate) => !candidate.startsWith('sha256:'))) {
    const line = new ProgressLine(name, process.stderr);
    try {
      await pullImage(connection, name, {
        signal,
        progress: (progress) => {
          line.show(progress);
        },
      });
      return;
    } catch (error) {
      if (!(error instanceof NoImage)) throw error;
      first ??= error;
    } finally {
      line.end();
    }
  }
  throw first;
}

export class ProgressLine {
  private told = -STEP;
  private shown = false;

  constructor(
    private readonly name: string,
    private readonly stream: { readonly isTTY?: boolean; readonly columns?: number; write(text: string): unknown },
  ) {}

  show(progress: PullProgress): void {
    const text = progressText(this.name, progress);
    if (this.stream.isTTY === true) {
      this.shown = true;
      this.stream.write(`\r\u001b[K${text.slice(0, (this.stream.columns ?? 80) - 1)}`);
      return;
    }
    const share = progress.phase === 'done' ? 1 : progress.of === 0 ? 0 : (progress.done / progress.of) * 0.99;
    if (share - this.told < STEP && progress.phase !== 'done') return;
    this.told = share;
    this.stream.write(`${text}\n`);
  }

  end(): void {
    if (this.shown) this.stream.write('\n');
  }
}

export function progressText(name: string, { phase, layers, done, of, known }: PullProgress): string {
  const there = layers.filter((layer) => layer.phase === 'there').length;
  const bytes = of === 0 ? '' : `, ${mebibytes(done)} of ${known ? '' : 'at least '}${mebibytes(of)}`;
  const words = { resolving: 'asking the registry', downloading: 'downloading', extracting: 'unpacking', done: 'pulled' }[phase];
  return `pull ${clean(name)}: ${words}${layers.length === 0 ? '' : `, ${there} of ${layers.length} layers${bytes}`}`;
}

const mebibytes = (bytes: number): string => `${(bytes / 2 ** 20).toFixed(1)} MiB`;
