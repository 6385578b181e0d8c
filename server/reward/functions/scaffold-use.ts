import { z } from 'zod';
import { scored, unscored } from '../types';
import { defineFunction } from './define';
import { value } from './value';

/**
 * Whether the action uses a tool of the scaffold as it is meant.
 *
 * Formula: `refused` if the tool is not known, its arguments were not accepted, or its own error message came back; else
 * `accepted`. Range: {−1, 1}. Inputs: tool call, first line of the tool's error message. Source: the "scaffold usage"
 * step critic of G-RA (arXiv 2508.10548, rewards.md §1.2); the numbers are ours.
 */
export const scaffoldUse = defineFunction({
  id: 'scaffold_use',
  label: 'Scaffold use',
  scope: 'turn',
  summary: 'Whether the action calls a known tool with arguments that the tool accepts.',
  formula: '`refused` for an unknown tool, arguments not accepted, or the tool’s own error message, else `accepted`',
  range: '−1 or 1',
  inputs: 'tool call, tool error message',
  source: 'step critic of G-RA, arXiv 2508.10548; the numbers are ours',
  options: z.strictObject({
    accepted: value(1, 'The tool took the call. Our number.'),
    refused: value(-1, 'Unknown tool, arguments not accepted, or an error message of the tool itself. Our number.'),
  }),
  score: (_input, options) => (turn) => {
    if (!turn.executed) return unscored('nothing ran');
    if (turn.toolError !== null || turn.tool?.known === false || turn.tool?.validArguments === false) return scored(options.refused);
    return turn.tool === null ? unscored('the file does not tell which tool was called') : scored(options.accepted);
  },
});
