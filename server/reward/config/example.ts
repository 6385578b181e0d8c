import { DEFAULT_STEPS } from './default';

/** What `turnpike rewards example` prints: the default, with comments, and the own module of {@link exampleModule}. */
export const exampleYaml = (): string => `# Reward configuration of Turnpike (turnpike.rewards.yaml).
#
# Levels stand from the highest to the lowest. A reward is paid when every level above passes its gate, else it is masked:
# Gated Reward Accumulation (arXiv 2508.10548). The gate rule is the paper's; every number here is ours.
version: 1

# γ of the return-to-go, 0 to 1.
discount: 1

levels:
  # How the episode ended: no submit -1, empty patch -0.5, fails tests 0, passes tests 1.
  - id: outcome
    functions:
      - id: outcome
        weight: 1
        options: { no_submit: -1, empty_patch: -0.5, fails: 0, passes: 1 }
    # Step rewards are paid when the outcome reaches the threshold: with 0 and >= as soon as a change was submitted,
    # with 1 only when the tests pass. -.inf pays always (direct accumulation), .inf never (outcome only).
    gate: { threshold: 0, op: '>=' }

  # What each turn did. An ordinary turn earns about +0.15.
  - id: steps
    functions:
${DEFAULT_STEPS.map(([id, weight]) => `      - id: ${id}\n        weight: ${weight}`).join('\n')}
      # Pays a turn 1, 1/2, 1/3 ... when the same action gives the same observation again.
      - id: novelty
        weight: 0.02
        options: { beta: 1 }
      # Your own function: \`turnpike rewards example --module\` prints this one. It runs outside the server, and only after
      # you allowed it (\`--trust\` on the command line).
      - module: ./my_reward.mjs
        label: small steps
        weight: 0.02
    # false: negative rewards of this level pass a shut gate, so a penalty stays a penalty.
    maskNegative: true
`;

/** What `turnpike rewards example --module` prints: the own module that {@link exampleYaml} names. */
export const exampleModule =
  (): string => `// An own reward function for Turnpike, named in turnpike.rewards.yaml as \`module: ./my_reward.mjs\`.
//
// It runs in a process of its own, without your environment variables, with a time limit for the whole episode, and only
// after it was allowed. It is allowed by its content, so it stands alone: it may import \`node:\` modules and nothing else.
// Texts longer than 1,000,000 characters are cut there. What it throws, and a value that is no finite number, costs this score of this turn and nothing else.

/** "turn" (the default): called once for each turn. "episode": called once, with the last turn. */
export const scope = 'turn';

/**
 * @typedef {object} Turn
 * @property {number} index          counts from 0
 * @property {string} kind           'action', 'unparsable', 'blocked', 'syntax_error', 'retry', 'exit' or 'message'
 * @property {boolean} executed      whether the action ran
 * @property {string} thought
 * @property {string} action
 * @property {string} observation
 * @property {number | null} seconds     null: not recorded
 * @property {number | null} returnCode  null: not recorded
 * @property {string | null} tool        name of the tool called; null: not known
 *
 * @typedef {object} Episode
 * @property {string | null} instance    id of the task
 * @property {string | null} model
 * @property {string | null} exitStatus  null: the episode has not ended
 * @property {readonly ('no_submit' | 'empty_patch' | 'fails' | 'passes')[]} outcome  the classes that are possible
 * @property {readonly Turn[]} turns     all turns, also those after this one
 */

/**
 * @param {Turn} turn
 * @param {Episode} episode
 * @returns {number | null | undefined} the score; null or undefined: no score, which is not 0
 */
export default function score(turn, episode) {
  if (!turn.executed) return null;
  // Small actions that look at a short piece of output are easier to follow than long ones.
  const long = turn.action.length > 2000 || turn.observation.length > 16000;
  return long ? -1 : 1;
}
`;
