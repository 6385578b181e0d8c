import type { Normaliser } from '../normaliser';

/** Commands that print in the order of the directory, which is the file system's. After a sort, order is a result. */
const UNORDERED = /(?:^|[;&|]\s*|\s)(?:find\s|grep\s+(?:-[a-zA-Z]*\s+)*-[a-zA-Z]*[rR]|rg\s|ls\s+(?:-\S*\s+)*-\S*[Uf]\b)/;
const ORDERED = /\|\s*sort\b/;

export const ordering: Normaliser = {
  id: 'ordering',
  label: 'the order of a listing that has none',
  pair: (recorded, replayed, { action }) => {
    if (recorded.length !== replayed.length || !UNORDERED.test(action) || ORDERED.test(action)) return [recorded, replayed];
    const sorted = [[...recorded].sort(), [...replayed].sort()] as const;
    // Lines in another order are noise only where they are the same lines.
    return sorted[0].every((line, at) => line === sorted[1][at]) ? sorted : [recorded, replayed];
  },
};
