/**
 * A kept result as text. A test vector names every test and holds for all turns that left the repository alone, so each
 * different one is written once and named by its place.
 */
import type { ReplayFacts, TestVector } from '../replay/index';

export interface KeptReplay {
  readonly facts: ReplayFacts;
  /** Hash over all that the result depends on. */
  readonly key: string;
  /** When it ended, milliseconds since 1970. */
  readonly at: number;
}

/** Raised when results of an older Turnpike mean something else. */
const FORMAT = 3;

export function replayToText(kept: KeptReplay): string {
  const places = new Map<string, number>();
  const vectors: TestVector[] = [];
  const place = (vector: TestVector | null): number | null => {
    if (vector === null) return null;
    const content = JSON.stringify(vector);
    const known = places.get(content);
    if (known !== undefined) return known;
    places.set(content, vectors.length);
    return vectors.push(vector) - 1;
  };
  const { facts } = kept;
  const turns = facts.turns.map((turn) => ({ ...turn, tests: place(turn.tests) }));
  const baseTests = place(facts.baseTests);
  return JSON.stringify({ format: FORMAT, kept: { ...kept, facts: { ...facts, turns, baseTests } }, vectors });
}

/** @throws where the text is no result of this key */
export function replayFromText(text: string, key: string): KeptReplay {
  const { format, kept, vectors } = JSON.parse(text) as { format?: unknown; kept?: KeptReplay; vectors?: readonly TestVector[] };
  const turns = kept?.facts.turns;
  if (format !== FORMAT || kept?.key !== key || turns?.map === undefined || vectors === undefined) throw new Error('not this result');
  const at = (place: unknown): TestVector | null => {
    if (place === null) return null;
    const vector = typeof place === 'number' ? vectors[place] : undefined;
    if (vector === undefined) throw new Error('a test vector is missing');
    return vector;
  };
  const facts = { ...kept.facts, turns: turns.map((turn) => ({ ...turn, tests: at(turn.tests) })), baseTests: at(kept.facts.baseTests) };
  return { ...kept, facts };
}
