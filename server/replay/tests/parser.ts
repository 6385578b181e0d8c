/**
 * What a log parser is, and what it gives. One file per test runner in `parsers/`, one line in the registry.
 *
 * A log is hostile: a test can print lines that look like results. A parser goes by the runner's structure (its header, its
 * summary, its own order), compares what it read with the runner's own counts, and says where the two disagree.
 */
import type { TestStatus } from '../types';

export interface ParsedLog {
  readonly results: ReadonlyMap<string, TestStatus>;
  /** Other names that the log has for tests: the line of a docstring, a name without its file. */
  readonly aliases: ReadonlyMap<string, ReadonlySet<string>>;
  /** Tests that the runner says it collected or ran; null: it does not say. */
  readonly collected: number | null;
  /** Why the log is not to be trusted, in sentences. */
  readonly problems: readonly string[];
}

export interface LogParser {
  readonly id: string;
  /** In words, for sentences. */
  readonly name: string;
  /** Null: this is no log of that runner. `lines`: no control sequences, no line longer than {@link LONGEST_LINE}. */
  parse(lines: readonly string[]): ParsedLog | null;
}

/** A longer line is no line of a runner; it is left out, so that no pattern ever sees it. */
export const LONGEST_LINE = 4_096;

/** From the best to the worst: of two results of one test the worse one stands, whoever printed the other. */
const ORDER: readonly TestStatus[] = ['passed', 'xfail', 'skipped', 'failed', 'error'];

export class Results {
  readonly results = new Map<string, TestStatus>();
  readonly aliases = new Map<string, Set<string>>();

  add(name: string, status: TestStatus): void {
    const known = this.results.get(name);
    if (known === undefined || ORDER.indexOf(status) > ORDER.indexOf(known)) this.results.set(name, status);
  }

  alias(other: string, name: string): void {
    if (other === name) return;
    const known = this.aliases.get(other);
    if (known === undefined) this.aliases.set(other, new Set([name]));
    else known.add(name);
  }

  count(...statuses: readonly TestStatus[]): number {
    let count = 0;
    for (const status of this.results.values()) if (statuses.includes(status)) count++;
    return count;
  }
}

/** The sentence for a log that names more results than its runner counted. */
export const tooMany = (what: string, named: number, counted: number, runner: string): string =>
  `The log names ${named} ${what}, ${runner} itself counts ${counted}: something printed lines that look like results.`;
