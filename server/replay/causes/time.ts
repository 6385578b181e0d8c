import { firstOf, turnName, type FindCauses } from './cause';

/** One of the two ran out of time: machines differ in speed, and limits do. */
export const time: FindCauses = (evidence) => {
  const turn = firstOf(evidence);
  const facts = evidence.facts.turns.find(({ index }) => index === turn?.index);
  if (turn === undefined || facts?.divergence?.class !== 'timeout') return [];
  const sentence = facts.timedOut
    ? `${capital(turnName(turn.index))} ran out of time here and not in the recorded run: this machine is slower, or the limit is shorter.`
    : `${capital(turnName(turn.index))} ran out of time in the recorded run and not here: that machine was slower, or the command waited for something.`;
  return [{ kind: 'time', turn: turn.index, sentence }];
};

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
