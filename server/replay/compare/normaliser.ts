/** What a normaliser is: a way to make two texts equal that differ only by what no two runs have in common. */

export interface NormaliserContext {
  /** The command that printed the text. */
  readonly action: string;
}

export interface Normaliser {
  readonly id: string;
  /** What it makes equal, for lists and tooltips. */
  readonly label: string;
  /**
   * The line with what varies replaced by a word in angle brackets. It sees one line at a time and must leave alone
   * whatever a changed result could look like: `test/unit/replay/normalisers.test.ts` holds a look-alike for each.
   */
  line?(line: string, context: NormaliserContext): string;
  /** The same for what only the two texts together show: pairs that differ and mean the same. */
  pair?(
    recorded: readonly string[],
    replayed: readonly string[],
    context: NormaliserContext,
  ): readonly [readonly string[], readonly string[]];
}
