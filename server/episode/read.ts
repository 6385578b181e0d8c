import { readers, recogniseOther } from './formats/registry';
import { JsonDoc, Notes, problem } from './json/doc';
import { linesAt } from './json/lines';
import { scan, type Scanned } from './json/outline';
import { FILE_SHAPE } from './json/shape';
import { NONE } from './formats/format';
import type { ByteSource, Episode, Problem, ReadResult, Rollout } from './types';

/** Bytes looked at before the file is taken for JSON. */
const FRONT = 4096;

export interface ReadOptions {
  /**
   * Called while the file is scanned, with the byte reached; what it throws ends the read. A clause that it gives ends
   * the scan there, as damage: the turns before are read and shown.
   */
  readonly progress?: (byte: number) => string | null | void;
  /**
   * Asked between the turns of a damaged file, once its scan has ended: whether a share of the time for them is over
   * (1: all of it). The turns so far are shown then, and a sentence names the byte.
   */
  readonly late?: (share: number) => boolean;
}

/**
 * Reads a trajectory file of any known format: one pass over the bytes for the outline, then the texts of the turns.
 * Every kind of bad content gives problems in sentences, and the whole turns before the damage; only errors of the
 * source itself (I/O) and of `progress` are thrown.
 */
export function readEpisode(source: ByteSource, options: ReadOptions = {}): ReadResult {
  const front = Uint8Array.from(source.read(0, Math.min(source.size, FRONT)));
  const refusal = refusalOf(source.size, front);
  if (refusal !== null) return nothing(null, [refusal]);

  const scanned = scan(source, FILE_SHAPE, 0, source.size, options.progress);
  const notes = new Notes(scanned.damage === null ? undefined : options.late);
  const doc = new JsonDoc(source, scanned, notes);
  const reader = doc.root === NONE ? undefined : readers.find((candidate) => candidate.recognise(doc));
  if (reader !== undefined) {
    const episode = reader.read(doc);
    return { episode: withPlaces(source, episode, scanned, notes, doc) };
  }
  const recognised = recogniseOther(doc, front);
  const damage = recognised === null ? damageOf(scanned, doc.complete(doc.root)) : null;
  if (recognised !== null) {
    const message = `This is a file of ${recognised}, a format that is not yet readable. It can be opened as text.`;
    return nothing(recognised, [problem('error', message, null)]);
  }
  if (damage !== null) {
    const line = linesAt(source, [damage.byte]).get(damage.byte)!;
    const message = `${place(damage.byte, line)}: ${damage.sentence} No trajectory was found before it. The file can be opened as text.`;
    return nothing(null, [{ ...problem('error', message, damage.byte), line }]);
  }
  return nothing(null, [
    problem(
      'error',
      'The file is JSON, but no trajectory of a format that Turnpike knows (SWE-agent, mini-swe-agent, ATIF). ' +
        'It can be opened as text.',
      null,
    ),
  ]);
}

function nothing(recognised: string | null, problems: readonly Problem[]): ReadResult {
  return { notEpisode: { recognised, problems } };
}

/** Why the bytes can be no JSON in UTF-8, with the way out; null where they can. */
function refusalOf(size: number, front: Uint8Array): Problem | null {
  if (size === 0) {
    return problem(
      'error',
      'The file is empty (0 bytes), as a runner leaves it that was stopped while writing. Run the episode again, or restore the file.',
      0,
    );
  }
  const [a, b, c, d] = front;
  if (a === 0xff && b === 0xfe) return utf16('little endian', 'UTF-16LE');
  if (a === 0xfe && b === 0xff) return utf16('big endian', 'UTF-16BE');
  if (a !== undefined && a !== 0 && b === 0 && c !== 0 && d === 0) return utf16('little endian', 'UTF-16LE');
  if (a === 0 && b !== undefined && b !== 0 && c === 0) return utf16('big endian', 'UTF-16BE');
  if (a === 0x1f && b === 0x8b) return packed('gzip', 'gunzip');
  if (a === 0x28 && b === 0xb5 && c === 0x2f && d === 0xfd) return packed('zstd', 'unzstd');
  if (front.every((byte) => byte === 0)) {
    return problem('error', 'Byte 0: the file begins with NUL bytes only, as a disk leaves it after a crash. Restore it from a copy.', 0);
  }
  return null;
}

function utf16(order: string, name: string): Problem {
  return problem(
    'error',
    `Byte 0: the file is UTF-16 text (${order}), and JSON is UTF-8. Convert it, for example with ` +
      `“iconv -f ${name} -t UTF-8 IN > OUT”, or in VS Code with “Save with Encoding”.`,
    0,
  );
}

function packed(kind: string, tool: string): Problem {
  return problem('error', `Byte 0: the file is packed with ${kind}. Unpack it with ${tool} first.`, 0);
}

function place(byte: number, line: number): string {
  return `Line ${line.toLocaleString('en')}, byte ${byte.toLocaleString('en')}`;
}

function damageOf(scanned: Scanned, rootWhole: boolean): { sentence: string; byte: number; severity: Problem['severity'] } | null {
  const { damage } = scanned;
  if (damage === null) return null;
  if (rootWhole) return { sentence: `${damage.message}; it is ignored.`, byte: damage.byte, severity: 'warning' };
  const why = damage.truncated ? '; it is half-written, or a run is still writing it.' : ', so what follows can’t be read.';
  return { sentence: `${damage.message}${why}`, byte: damage.byte, severity: 'error' };
}

/** Adds what the scan found and gives every problem its line and turn. */
function withPlaces(source: ByteSource, episode: Episode, scanned: Scanned, notes: Notes, doc: JsonDoc): Episode {
  const counted = episode.rollouts[episode.best]!;
  const found: Problem[] = [...episode.problems];
  if (scanned.notFinite !== null) {
    found.push(
      problem('warning', 'NaN or Infinity stands here, which JSON does not have; such numbers are read as missing.', scanned.notFinite),
    );
  }
  if (notes.leftOut > 0) {
    found.push(problem('warning', `${notes.leftOut.toLocaleString('en')} more problems of this file are not listed.`, null));
  }
  if (doc.secondRoot !== NONE) {
    const message =
      'The episode ends before this place, and another JSON value follows it, as a file has it that was rewritten in place ' +
      'by a shorter one; it is ignored.';
    found.push(problem('warning', message, doc.start(doc.secondRoot)));
  }
  const damage = doc.secondRoot === NONE ? damageOf(scanned, doc.complete(doc.root)) : null;
  const offsets = found.flatMap(({ byte }) => (byte === null ? [] : [byte]));
  if (damage !== null) offsets.push(damage.byte);
  const lines = linesAt(source, offsets);
  const problems = found.map((entry) => located(entry, lines, episode));
  if (damage !== null) {
    const message = `${place(damage.byte, lines.get(damage.byte)!)}: ${damage.sentence}${damage.severity === 'error' ? ` ${shown(episode, notes.stoppedAt !== null)}` : ''}`;
    const at = problem(damage.severity, message, damage.byte, damage.severity === 'error' ? counted.turns.length : undefined);
    problems.unshift({ ...at, line: lines.get(damage.byte)! });
  }
  return { ...episode, problems };
}

function shown(episode: Episode, first: boolean): string {
  const count = episode.rollouts.reduce((sum, rollout) => sum + rollout.turns.length, 0);
  if (first) return `The first ${count.toLocaleString('en')} turns before it are shown, and totals cover only these.`;
  if (count === 0) return 'No whole turn stands before it.';
  return count === 1
    ? 'The one whole turn before it is shown, and totals cover only it.'
    : `The ${count.toLocaleString('en')} whole turns before it are shown, and totals cover only these.`;
}

function located(entry: Problem, lines: ReadonlyMap<number, number>, episode: Episode): Problem {
  if (entry.byte === null) return entry;
  const line = lines.get(entry.byte) ?? null;
  const { attempt, turn } = placeOf(episode, entry.byte, entry.turn);
  const counts = attempt === null || attempt === episode.best;
  const words = [
    ...(line === null ? [] : [`line ${line.toLocaleString('en')}`]),
    ...(counts || attempt === null ? [] : [`attempt ${attempt + 1}`]),
    ...(turn === null ? [] : [`turn ${(turn + 1).toLocaleString('en')}`]),
  ].join(', ');
  const message = words === '' ? entry.message : `${words.charAt(0).toUpperCase()}${words.slice(1)}: ${entry.message}`;
  // A turn by number alone is one of the rollout that counts.
  return { ...entry, line, turn: counts ? turn : null, message };
}

/** The attempt and the turn that a byte belongs to. `turn`: as its reader knows it, which may be one that is not shown. */
function placeOf(episode: Episode, byte: number, turn: number | null): { readonly attempt: number | null; readonly turn: number | null } {
  const several = episode.rollouts.length > 1;
  for (const [i, rollout] of episode.rollouts.entries()) {
    const found = turnAt(rollout, byte);
    if (found !== null) return { attempt: several ? i : null, turn: found };
  }
  if (turn === null || !several) return { attempt: null, turn };
  const after = episode.rollouts.findLastIndex(({ turns }) => turns[0] !== undefined && turns[0].span.start <= byte);
  return { attempt: after < 0 ? null : after, turn };
}

function turnAt({ turns }: Rollout, byte: number): number | null {
  let low = 0;
  let high = turns.length - 1;
  while (low <= high) {
    const middle = (low + high) >> 1;
    const { span, index } = turns[middle]!;
    if (byte < span.start) high = middle - 1;
    else if (byte >= span.end) low = middle + 1;
    else return index;
  }
  return null;
}
