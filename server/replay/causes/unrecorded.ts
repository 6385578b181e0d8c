import { at } from '../runtime/values';
import { turnName, type FindCauses } from './cause';

/** Ends of an episode that come with a command that ran and is in no step of the file (formats.md §1.4). */
const ENDS: readonly (readonly [status: RegExp, sentence: string])[] = [
  [/exit_command_timeout/, 'The third command in a row that ran out of time ended the episode, and SWE-agent does not record it.'],
  [/exit_forfeit/, 'The command that gave the task up ended the episode, and SWE-agent does not record it.'],
  [/exit_environment_error/, 'A command was running when the environment broke down, and SWE-agent does not record it.'],
  [/exit_total_execution_time/, 'The episode ran out of its time for all commands; the last one may not be recorded.'],
];
/** Tools that refuse an edit and ask for another answer; with some of them the refused step is left out. */
const ASK_AGAIN = /(?:^|\/)(?:windowed_)?edit_(?:linting|replace|rewrite)$/;

/** What ran in the recorded run and is not in its file, where the end differs. */
export const unrecorded: FindCauses = ({ recording, facts }) => {
  const differs = facts.submission === 'different' || (facts.submission === 'none' && recording.submission !== null);
  if (!differs) return [];
  const status = recording.exitStatus ?? '';
  const ended = ENDS.filter(([pattern]) => pattern.test(status)).map(([, sentence]) => sentence);
  const bundles = at(recording.configuration, 'agent', 'tools', 'bundles');
  const asks =
    recording.format === 'swe-agent' &&
    Array.isArray(bundles) &&
    bundles.some((bundle: unknown) => ASK_AGAIN.test(String(at(bundle, 'path')).replaceAll('\\', '/')));
  if (asks && facts.firstDivergence === null)
    ended.push('The episode had an editor that refuses an edit and asks again; SWE-agent leaves such a step out where the tool says so.');
  return ended.map((sentence) => ({ kind: 'unrecorded_command', turn: null, sentence }));
};

/** The shell stood elsewhere than recorded: something moved it that the file does not hold. */
export const elsewhere: FindCauses = ({ recording, facts }) => {
  // SWE-agent 0.x asked for the state before the action, 1.x after it.
  const before = recording.format === 'swe-agent' && recording.version.startsWith('0');
  for (const [place, turn] of recording.turns.entries()) {
    const stood = turn.state?.['working_dir'];
    const [now, previous] = [facts.turns[place], facts.turns[place - 1]];
    const ran = before ? previous : now;
    if (typeof stood !== 'string' || ran?.executed !== true || ran.cwd === null || !ran.trusted) continue;
    if (stood === ran.cwd) continue;
    const sentence = `${before ? 'Before' : 'After'} ${turnName(turn.index)} the recorded shell stood in ${stood}, the replayed one in ${ran.cwd}.`;
    return [{ kind: 'unrecorded_command', turn: turn.index, sentence }];
  }
  return [];
};
