/** docs/inspect-json.md, generated from the schema so that the two can't drift apart. */
import { z } from 'zod';
import { inspectSchema } from './schema';

export function inspectReference(): string {
  const schema = z.toJSONSchema(inspectSchema, { target: 'draft-2020-12' });
  return `# \`turnpike inspect --json\`

Schema \`turnpike.inspect/1\`: one JSON object per line and file on standard output. Exit codes: 0 all files were read (damaged
ones with whole turns included; see \`problems\`), 2 any was not (one sentence per file on standard error), 64 wrong usage.

- \`index\` counts from 0 as in the file; interfaces show \`index\` + 1. \`start\`, \`end\` and \`byte\` are bytes of the file, half open.
  \`line\` counts from 1.
- A score is \`{state: "scored", value}\`, \`{state: "unscored", reason}\` or \`{state: "failed", error}\`. Missing is not zero.
- \`turns[].raw\` and \`turns[].paid\` are the weighted sums of the turn's scored functions before and after the gates;
  \`leftOut\` says how many scores are not in them. An episode-scope function below the top level counts on the last turn.
- \`totals.dra\` = Σ raw + outcome, \`totals.gra\` = Σ paid + outcome, over what is scored. \`totals.leftOut\` counts the scores
  that could not be had, \`totals.heldBack\` those under a gate that is pending or unknown: they are in \`dra\`, not in \`gra\`.
  While the outcome is one of {fails, passes}, a total on which the two disagree is unscored and \`totals.bounds\` holds
  \`[if the tests fail, if they pass]\`; without \`outcomeOnly\` where that is not known for both.
- \`gate\` of a turn is the gate above the levels that score it, or above all levels where none does. \`blockedBy\` names the
  level whose gate is shut; with \`maskNegative: false\` the turn's negative scores may be paid all the same.
- \`outcome.class\` is \`submitted\` while tests are unknown, null while the run has not ended.
- The evidence bytes of a finding are the inside of a JSON string (\`JSON.parse('"' + bytes + '"')\` is the text), or with
  \`encoding: "json"\` JSON text that is shown as it stands.
- A RetryAgent file shows its chosen attempt at the top, and every attempt in \`attempts\`. While none is chosen the last one
  stands for the run, which has not ended: its outcome is pending, though its own \`exitStatus\` in \`attempts\` is not null.

The number behind the slash changes when a field changes its meaning or goes; new fields may come without it.

## JSON Schema

\`\`\`json
${JSON.stringify(schema, null, 2)}
\`\`\`
`;
}
