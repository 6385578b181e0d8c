/** Exit codes of the command line. */
export const EXIT = {
  /** All files were read, damaged ones with whole turns included. */
  read: 0,
  /** `rewards check` found errors. */
  configurationErrors: 1,
  /** Some replay really diverged. */
  diverged: 1,
  /** Some file was not read. */
  unread: 2,
  /** There is no engine, or no image, to replay in. */
  noEngine: 3,
  /** Wrong usage, as in sysexits.h. */
  usage: 64,
} as const;
