import type { Normaliser } from '../normaliser';

/** `[main 1a2b3c4] message`: a commit made in the episode hashes its own time. */
const COMMITTED = /^(\[[^\]\s]+(?: \(root-commit\))?) [0-9a-f]{7,40}\]/;
const INDEX = /^index ([0-9a-f]{4,40})\.\.([0-9a-f]{4,40})( \d{6})?$/;

/** The same hash, cut at another length: git chooses the length by the size of the repository. */
const abbreviates = (a: string, b: string): boolean => a.startsWith(b) || b.startsWith(a);

export const hashes: Normaliser = {
  id: 'hashes',
  label: 'hashes of new commits, and how far git cuts a hash',
  line: (line) => line.replace(COMMITTED, '$1 <hash>]'),
  pair: (recorded, replayed) => {
    if (recorded.length !== replayed.length) return [recorded, replayed];
    const same = recorded.map((line, at) => {
      const [a, b] = [INDEX.exec(line), INDEX.exec(replayed[at] ?? '')];
      return a !== null && b !== null && a[3] === b[3] && abbreviates(a[1]!, b[1]!) && abbreviates(a[2]!, b[2]!);
    });
    const hidden = (line: string, at: number): string => (same[at] === true ? 'index <hash>' : line);
    return [recorded.map(hidden), replayed.map(hidden)];
  },
};
