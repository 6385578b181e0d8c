import { firstOf, turnName, type FindCauses } from './cause';

/**
 * SWE-ReX types commands into a terminal whose shell has a line editor: a tab asks it to complete a word and never reaches
 * the command. A replay leaves tabs out, but does not know which words they completed. (Measured with swe-rex 1.4.0: test/fixtures/original.)
 */
export const tools: FindCauses = (evidence) => {
  const { format, version } = evidence.recording;
  const first = firstOf(evidence);
  if (format !== 'swe-agent' || !version.startsWith('1') || first === undefined) return [];
  const typed = evidence.turns.findLast(({ index, action }) => index <= first.index && action.trim().includes('\t'));
  if (typed === undefined) return [];
  const sentence = `The command of ${turnName(typed.index)} holds tabs. SWE-agent 1.x typed commands into a terminal, where a tab completes the word before it; the replay leaves tabs out.`;
  return [{ kind: 'tools', turn: typed.index, sentence }];
};
