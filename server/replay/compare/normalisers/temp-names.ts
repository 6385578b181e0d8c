import type { Normaliser } from '../normaliser';

/** Names that `tempfile`, `mktemp` and pytest make up. A name that somebody chose is a value. */
const TEMP = /\/tmp\/(?:tmp[a-z0-9_]{8}|tmp\.[A-Za-z0-9]{6,10}|pytest-of-[\w-]+\/pytest-\d+|pip-[a-z]+-[a-z]+-[a-z0-9_]{8})(?![\w])/g;

export const tempNames: Normaliser = {
  id: 'temp-names',
  label: 'names of temporary files',
  line: (line) => line.replace(TEMP, '/tmp/<temp>'),
};
