import { firstOf, turnName, type FindCauses } from './cause';

/** Test runners say how many workers they start: as many as the machine has processors. */
const WORKERS = /\b(?:up to (\d+) process(?:es)?|(\d+) workers|created: (\d+)\/\d+ workers|using (\d+) (?:cores|cpus|processes))\b/i;

/** The machines have other numbers of processors, and the output tells. */
export const processors: FindCauses = (evidence) => {
  const turn = firstOf(evidence);
  const count = (text: string | null | undefined): string | undefined =>
    WORKERS.exec(text ?? '')
      ?.slice(1)
      .find((group) => group !== undefined);
  const [before, after] = [count(turn?.recorded), count(turn?.replayed)];
  if (turn === undefined || before === undefined || after === undefined || before === after) return [];
  const sentence = `What ran in ${turnName(turn.index)} starts a process per processor: the recorded machine had ${before} of them, this one has ${after}.`;
  return [{ kind: 'environment', turn: turn.index, sentence }];
};
