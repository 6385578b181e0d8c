import { rules } from './registry';
import type { JudgeInput } from './rule';
import type { Finding } from './types';

/**
 * All findings of a rollout, by first turn and then rule. Muted rules are judged too: their findings are marked
 * `suppressed`, so that a person can see what is muted. Evidence spans lie inside the passages of the named field.
 */
export function judge(input: JudgeInput): Finding[] {
  const muted = new Set(input.muted);
  const findings = rules.flatMap((rule) =>
    rule.find(input).map(({ message, grade, turns, evidence }) => ({
      id: `${rule.id}:${String(turns[0] ?? -1)}:${String(turns.at(-1) ?? -1)}`,
      rule: rule.id,
      title: rule.title,
      message,
      grade,
      turns,
      evidence,
      suppressed: muted.has(rule.id),
    })),
  );
  return findings.sort((a, b) => (a.turns[0] ?? -1) - (b.turns[0] ?? -1) || (a.rule < b.rule ? -1 : a.rule > b.rule ? 1 : 0));
}
