import { z } from 'zod';
import { scored, unscored } from '../types';
import { defineFunction } from './define';
import { replayedTurns } from './replayed';
import { value } from './value';

/**
 * Whether a turn that edits left the repository as it was.
 *
 * Formula: for a turn whose action edits files, `unchanged` where the replayed git tree after it is that before it, else
 * `changed`. Range: {−1, 0}. Inputs: kind of the action, git trees of a replay. The tree covers tracked and untracked files, so
 * an edit of an ignored file, or outside the repository, looks unchanged. Source: "no state change (tree hash equal)" of
 * format-only turns, rewards.md §3 H24; the numbers are ours.
 */
export const noChangeTurn = defineFunction({
  id: 'no_change_turn',
  label: 'No-change turn',
  scope: 'turn',
  summary: 'Whether a turn that edits left the repository as it was, from a replay.',
  formula: '`unchanged` where the git tree after a turn that edits is the tree before it, else `changed`; other turns are unscored',
  range: '−1 or 0',
  inputs: 'edits of the action, git trees of a replay (tracked and untracked files; not ignored ones, nothing outside)',
  source: 'format-only turns, rule H24 after G-RA, ONI and Clip & Delta; the numbers are ours',
  options: z.strictObject({
    unchanged: value(-1, 'The turn was meant to change a file, and changed none. Our number.'),
    changed: value(0, 'The turn changed the repository. Our number.'),
  }),
  score: ({ replay }, options) => {
    const of = replayedTurns(replay);
    let before = replay?.baseTree ?? null;
    return (turn) => {
      const replayed = of(turn);
      if ('why' in replayed) return unscored(replayed.why);
      const { tree } = replayed.facts;
      const previous = before;
      before = tree;
      if (!turn.edits) return unscored('the turn was not meant to change a file');
      if (tree === null || previous === null) return unscored('the replay does not know the repository’s state');
      return scored(tree === previous ? options.unchanged : options.changed);
    };
  },
});
