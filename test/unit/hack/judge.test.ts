import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { judge, rules } from '../../../server/hack/index';
import { buildInput, type Sketch } from './build';

const sketch: fc.Arbitrary<Sketch> = fc.record({
  action: fc.oneof(
    fc.constantFrom('', 'ls', 'cat a', 'echo hi', 'submit', 'sleep 3', 'sed -i s/a/b/ x', '__proto__'),
    fc.string({ maxLength: 40 }),
  ),
  observation: fc.constantFrom(null, '', 'x', 'ok in 0.2s'),
  state: fc.constantFrom(null, 's', 't'),
  reward: fc.constantFrom(null, 0, 0.1, -0.2),
  executed: fc.boolean(),
  synthetic: fc.boolean(),
  edits: fc.boolean(),
  submits: fc.boolean(),
});
const ending = fc.record({
  classes: fc.constantFrom([], ['no_submit'] as const, ['empty_patch'] as const, ['fails', 'passes'] as const),
  exitStatus: fc.constantFrom(null, 'submitted', 'exit_cost', 'LimitsExceeded'),
  submissionKind: fc.constantFrom(null, 'diff', 'empty', 'text'),
});

describe('judge', () => {
  it('marks the findings of muted rules as suppressed and keeps them', () => {
    const turns = Array.from({ length: 3 }, () => ({ action: 'ls', observation: 'x' }));
    expect(judge(buildInput(turns, { muted: ['H25'] }))).toMatchObject([{ rule: 'H25', suppressed: true }]);
    expect(judge(buildInput(turns, { muted: ['H24', 'H99'] }))).toMatchObject([{ rule: 'H25', suppressed: false }]);
  });

  it('gives findings whose evidence lies in the named field of a named turn', () => {
    fc.assert(
      fc.property(fc.array(sketch, { maxLength: 40 }), ending, (turns, end) => {
        const input = buildInput(turns, end);
        const findings = judge(input);
        for (const finding of findings) {
          expect(finding.evidence.length).toBeGreaterThan(0);
          expect(finding.turns).toEqual([...finding.turns].sort((a, b) => a - b));
          for (const { turn, field, start, end: stop } of finding.evidence) {
            expect(finding.turns).toContain(turn);
            const passages = input.rollout.turns[turn]?.[field] ?? [];
            expect(passages.some(({ span }) => span.start <= start && stop <= span.end && start < stop)).toBe(true);
          }
          expect(rules.map(({ id }) => id)).toContain(finding.rule);
          if (finding.rule === 'H24') expect(finding.grade).toBe('weak');
        }
        expect(new Set(findings.map(({ id }) => id)).size).toBe(findings.length);
        expect(judge(input)).toEqual(findings);
      }),
      { numRuns: 500 },
    );
  });

  it('stays linear on 20,000 equal turns without a reward', () => {
    const input = buildInput(Array.from({ length: 20_000 }, () => ({ action: 'ls', observation: 'x', reward: 0 })));
    const start = performance.now();
    expect(judge(input)).toEqual([]);
    expect(performance.now() - start).toBeLessThan(3_000);
  });

  it('takes at most 300 ms for 500 turns', () => {
    const long = 'cat some/file.py | head -n 100 # '.padEnd(16_000, 'x ');
    const newlines = '\n'.repeat(16_000);
    const actions = [long, newlines + 'ls', 'tail ' + '-a '.repeat(5_000), 'echo "' + 'a'.repeat(16_000)];
    const input = buildInput(
      Array.from({ length: 500 }, (_, i) => ({ action: actions[i % 4] ?? '', observation: 'same' })),
      { classes: ['no_submit'], exitStatus: 'exit_cost' },
    );
    const start = performance.now();
    const findings = judge(input);
    const took = performance.now() - start;
    expect(findings.length).toBeGreaterThan(0);
    expect(took).toBeLessThan(300);
  });
});
