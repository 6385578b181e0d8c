/** A replay's facts as the inspector and the diff editor take them. */
import type { Turn } from '../../episode/index';
import type { DivergenceClass, ReplayView, TurnReplay } from '../../protocol/index';
import { keptOf, recordingOf } from '../../engine/index';
import type { ReplayFacts, TestStatus, TestVector } from '../../replay/index';
import { testsOfTurns } from '../../reward/index';
import type { EpisodeModel } from '../model';
import { clean } from '../text/clean';
import { factsOf, markOf } from './marks';

type Tests = NonNullable<NonNullable<ReplayView['tests']>[number]>;

export function replayView(facts: ReplayFacts, turns: readonly Turn[]): ReplayView {
  const counts: Partial<Record<DivergenceClass, number>> = {};
  for (const { divergence } of facts.turns) if (divergence !== null) counts[divergence.class] = (counts[divergence.class] ?? 0) + 1;
  return {
    marks: turns.map(({ index, executed }) => markOf(factsOf(facts, index), executed)),
    counts,
    firstDivergence: facts.firstDivergence,
    submission: facts.submission,
    image: facts.image,
    engine: facts.engine,
    causes: facts.causes,
    problems: facts.problems,
    at: keptOf(facts)?.at ?? 0,
    tests: facts.tests === null ? null : testsByTurn(facts, turns),
  };
}

function testsByTurn(facts: ReplayFacts, turns: readonly Turn[]): (Tests | null)[] {
  const known = testsOfTurns(facts);
  return turns.map(({ index }) => {
    const of = known[index] ?? null;
    if (of === null) return null;
    const { vector, tally, turned } = of;
    return { green: turned?.green.length ?? 0, red: turned?.red.length ?? 0, passed: tally.passed, collected: vector.collected };
  });
}

/** Tests whose status differs, by name. */
export function changed(before: TestVector | null, after: TestVector): TurnReplay['tests'] {
  const status = (vector: TestVector | null, name: string): TestStatus | null =>
    vector !== null && Object.hasOwn(vector.results, name) ? (vector.results[name] ?? null) : null;
  const names = new Set([...Object.keys(before?.results ?? {}), ...Object.keys(after.results)]);
  return [...names]
    .map((name) => ({ name, before: status(before, name), after: status(after, name) }))
    .filter((change) => change.before !== change.after);
}

/** Where the agent was shown both ends of an output. */
const CUT = '⋯ (cut in the recording) ⋯';

/** Null: the turn was not replayed. */
export async function turnReplay(model: EpisodeModel, index: number): Promise<TurnReplay | null> {
  const { replay } = model.of;
  const turn = model.turns[index];
  const found = replay === null || turn === undefined ? undefined : factsOf(replay, index);
  if (replay === null || turn === undefined || found === undefined) return null;
  const { observation, tests, ...facts } = found;
  // What was compared: without what a scaffold wrote around it.
  const recording = await recordingOf(model.opened, model.attempt, index);
  const recorded = (recording.turns[0]?.commands ?? []).flatMap(({ observation: shown, end }) =>
    shown === null ? [] : end === undefined ? [shown] : [`${shown}\n${CUT}\n${end}`],
  );
  return {
    facts,
    recorded: recorded.length === 0 ? null : clean(recorded.join('')).text,
    replayed: observation,
    tests: tests === null ? [] : changed(testsBefore(replay, index), tests),
  };
}

function testsBefore(replay: ReplayFacts, index: number): TestVector | null {
  return replay.turns.filter((turn) => turn.index < index && turn.tests !== null).at(-1)?.tests ?? replay.baseTests;
}
