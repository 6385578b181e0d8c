/** What is remembered of a file's last replay: enough for a mark beside its name. */
export interface Mark {
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly same: number;
  readonly compared: number;
  /** From 0; null: none. */
  readonly firstDivergence: number | null;
  /** Bytes and milliseconds of the file that was replayed: another file has no mark. */
  readonly size: number;
  readonly mtime: number;
}
