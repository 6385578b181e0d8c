import type { Normaliser } from '../normaliser';

/** `ls -l`: mode, links, owner, group. The number of links is the file system's. */
const LISTED = /^([-dlcbps][-rwxsStT]{9})[.+@]?\s+\d+\s+\S+\s+\S+\s+(\d+) (?=[A-Z<])/;
const DIRECTORY = /^(d[-rwxsStT]{9} <owner>) \d+ /;
const TOTAL = /^total \d+(?:\.\d)?[KMG]?$/;

/** Who may write besides the owner is the umask of whoever made the image. Who may read and run is not. */
const withoutUmask = (mode: string): string => mode.replace(/^(.{5})w(.*)$/, '$1-$2').replace(/^(.{8})w(.*)$/, '$1-$2');

export const owners: Normaliser = {
  id: 'owners',
  label: 'owners, umask, links and blocks in a listing',
  line: (line) =>
    line
      .replace(LISTED, (_all, mode: string, size: string) => `${withoutUmask(mode)} <owner> ${size} `)
      .replace(DIRECTORY, '$1 <size> ')
      .replace(TOTAL, 'total <blocks>'),
};
