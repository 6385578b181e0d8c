import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { asDefault } from '../../../extension/example';
import { edited, gateEdits, thresholdsOf } from '../../../extension/gate-edits';
import { exampleYaml, parseConfig } from '../../../server/reward/index';

const text = asDefault(exampleYaml());
const with_ = (of: string, thresholds: Record<string, number>): string => edited(of, gateEdits(of, thresholdsOf(thresholds)) ?? []);

describe('thresholds in a configuration', () => {
  test('a new file’s gate is the slider’s, and nothing else of it changes', () => {
    const made = with_(text, { outcome: -0.5 });
    expect(parseConfig(made)).toMatchObject({
      config: { levels: [{ id: 'outcome', gate: { threshold: -0.5, op: '>=' } }, { gate: null }] },
      problems: [],
    });
    expect(made.split('\n').filter((line, i) => line !== text.split('\n')[i])).toEqual(["    gate: { threshold: -0.5, op: '>=' }"]);
    expect(made.split('\n')).toHaveLength(text.split('\n').length);
  });

  test('comments and layout of a written file stay, whichever way the gate is written', () => {
    const block =
      'version: 1\r\nlevels:\r\n  - id: a # top\r\n    gate:\r\n      threshold: 0 # why not\r\n      op: ">"\r\n  - {id: b, gate: {threshold: .5}}\r\n';
    expect(with_(block, { a: 1e-7, b: 2 })).toBe(block.replace('threshold: 0', 'threshold: 1e-7').replace('.5', '2'));
    expect((parse(with_(block, { a: 1e-7 })) as { levels: { gate: { threshold: number } }[] }).levels[0]?.gate.threshold).toBe(1e-7);
  });

  test('infinities are YAML’s', () => {
    expect(with_(text, { outcome: Number.MAX_VALUE })).toContain('threshold: .inf,');
    expect(with_(text, { outcome: -Number.MAX_VALUE })).toContain('threshold: -.inf,');
  });

  test('a level that is not there, has no gate, or stands where it should is passed over; broken YAML is refused', () => {
    expect(gateEdits(text, thresholdsOf({ steps: 1, other: 1, outcome: 0, __proto__: 1 }))).toEqual([]);
    expect(gateEdits('levels: [', thresholdsOf({ outcome: 1 }))).toBeNull();
    for (const odd of ['', '3', 'levels: 3', 'levels: [3, {id: outcome, gate: 3}, {id: outcome, gate: {}}, {id: outcome}]'])
      expect(gateEdits(odd, thresholdsOf({ outcome: 1 }))).toEqual([]);
  });

  test('what a page tells is looked at', () => {
    for (const odd of [null, 3, 'x', undefined, { outcome: '1' }, { outcome: Number.NaN }, { outcome: null }])
      expect(thresholdsOf(odd).size).toBe(0);
    expect([...thresholdsOf(JSON.parse('{"__proto__": 1, "a": -2}'))]).toEqual([
      ['__proto__', 1],
      ['a', -2],
    ]);
  });
});
