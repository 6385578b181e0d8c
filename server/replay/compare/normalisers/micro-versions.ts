import type { Normaliser } from '../normaliser';

/** `Python 3.9.19`, in `python --version`, tracebacks' headers and pytest's first lines. Major and minor stay. */
const PYTHON = /\b([Pp]ython[- ]\d+\.\d+)\.\d+(?:rc\d+)?\b/g;
/** pytest's header: `platform linux -- Python 3.9.19, pytest-7.4.0, pluggy-1.2.0`. */
const HEADER = /^platform \w+ -- Python /;
const PLUGIN = /\b((?:pytest|py|pluggy)-\d+\.\d+)\.\d+\b/g;

export const microVersions: Normaliser = {
  id: 'micro-versions',
  label: 'the last number of a version of Python and pytest',
  line: (line) => {
    const shorter = line.replace(PYTHON, '$1.<micro>');
    return HEADER.test(line) ? shorter.replace(PLUGIN, '$1.<micro>') : shorter;
  },
};
