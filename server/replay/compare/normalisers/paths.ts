import type { Normaliser } from '../normaliser';

/** Where an interpreter lives and keeps its packages; the file below it stays. */
const SITE = /(?:\/[\w.+-]+)+\/(?:python\d\.\d+|python3)\/(?:site|dist)-packages\//g;
const LIBRARY = /(?:\/[\w.+-]+)+\/lib\/python\d\.\d+\//g;
const INTERPRETER = /(?:\/[\w.+-]+)*\/bin\/python(?:\d(?:\.\d+)?)?(?![\w./-])/g;

export const paths: Normaliser = {
  id: 'paths',
  label: 'where the interpreter and its packages are installed',
  line: (line) => line.replace(SITE, '<packages>/').replace(LIBRARY, '<library>/').replace(INTERPRETER, '<python>'),
};
