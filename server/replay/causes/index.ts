/** Why did it diverge? Pure: what two texts, a configuration and an end show. */
import { REAL, type Cause, type Recording, type ReplayFacts } from '../types';
import type { Evidence } from './cause';
import { finders } from './registry';

/** Likeliest first; empty where the replay came out as recorded. */
export function causesOf(recording: Recording, facts: Omit<ReplayFacts, 'causes'>): Cause[] {
  const ends = facts.submission === 'different' || (facts.submission === 'none' && recording.submission !== null);
  if (facts.firstDivergence === null && !ends) return [];
  return finders.flatMap((find) => find(evidenceOf(recording, facts)));
}

function evidenceOf(recording: Recording, facts: Omit<ReplayFacts, 'causes'>): Evidence {
  const recorded = new Map(recording.turns.map((turn) => [turn.index, turn.commands]));
  return {
    recording,
    facts,
    turns: facts.turns.flatMap(({ index, executed, observation, divergence, trusted }) => {
      const commands = recorded.get(index);
      if (!executed || commands === undefined) return [];
      const texts = commands.flatMap((command) => command.observation ?? []);
      return {
        index,
        action: commands.map(({ action }) => action).join('\n'),
        recorded: texts.length === 0 ? null : texts.join('\n'),
        replayed: observation ?? '',
        trusted,
        first: index === facts.firstDivergence && divergence !== null && REAL.has(divergence.class),
      };
    }),
  };
}
