import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { completeConfig, configProblems, exampleYaml, hoverConfig, parseConfig, type Completion } from '../../../server/reward/index';

/** Splits at the cursor `|`. */
function cursor(marked: string): readonly [text: string, offset: number] {
  const offset = marked.indexOf('¦');
  return [marked.replace('¦', ''), offset];
}
const complete = (marked: string): Completion[] => completeConfig(...cursor(marked));
const labels = (marked: string): string[] => complete(marked).map((one) => one.label);
function accept(marked: string, label: string): string {
  const [text] = cursor(marked);
  const chosen = complete(marked).find((one) => one.label === label);
  if (!chosen) throw new Error(`not offered: ${label}`);
  return text.slice(0, chosen.offset) + chosen.text + text.slice(chosen.end);
}

const HEAD = 'version: 1\nlevels:\n  - id: outcome\n    functions:\n      - id: outcome\n';
const STEPS = `${HEAD}  - id: steps\n    functions:\n`;

describe('completion', () => {
  it('offers the top keys that are not there yet', () => {
    expect(labels('¦')).toEqual(['version', 'discount', 'levels']);
    expect(labels('version: 1\n¦')).toEqual(['discount', 'levels']);
    expect(labels('version: 1\ndis¦')).toEqual(['discount', 'levels']);
    expect(accept('version: 1\ndis¦', 'discount')).toBe('version: 1\ndiscount: ');
    expect(accept('version: 1\ndis¦: 1\n', 'discount')).toBe('version: 1\ndiscount: 1\n');
  });

  it('offers level keys, gate keys and entry keys', () => {
    expect(labels(`${HEAD}    ¦`)).toEqual(['gate', 'maskNegative']);
    expect(labels(`${HEAD}  - ¦`)).toEqual(['id', 'functions', 'gate', 'maskNegative']);
    expect(labels(`${HEAD}    gate:\n      ¦`)).toEqual(['threshold', 'op']);
    expect(labels(`${HEAD}    gate: { threshold: 0, ¦ }\n`)).toEqual(['op']);
    expect(labels(`${STEPS}      - id: novelty\n        ¦`)).toEqual(['weight', 'label', 'options']);
    expect(labels(`${STEPS}      - module: ./x.mjs\n        ¦`)).toEqual(['weight', 'label']);
    expect(labels(`${STEPS}      - id: novelty\n        options: { ¦ }`)).toEqual(['beta']);
    expect(labels(`${STEPS}      - id: outcome\n        options:\n          fails: 0\n          ¦`)).toEqual([
      'no_submit',
      'empty_patch',
      'passes',
    ]);
  });

  it('offers functions where one is named', () => {
    const all = [
      'outcome',
      'completion',
      'modification',
      'action_format',
      'scaffold_use',
      'execution_status',
      'novelty',
      'no_change_turn',
      'tests_turned_green',
    ];
    expect(labels(`${STEPS}      - id: ¦`)).toEqual(all);
    expect(labels(`${STEPS}      - id: nov¦el\n        weight: 1\n`)).toEqual(all);
    expect(accept(`${STEPS}      - id: nov¦el\n        weight: 1\n`, 'novelty')).toBe(`${STEPS}      - id: novelty\n        weight: 1\n`);
    expect(labels(`${STEPS}      - { id: ¦ }`)).toEqual(all);
    expect(labels(`${STEPS}      ¦`)).toEqual(all);
    const chosen = complete(`${STEPS}      - id: ¦`).find((one) => one.label === 'novelty')!;
    expect(chosen).toMatchObject({
      kind: 'function',
      detail: 'each turn: (0, 1]',
      documentation: 'Pays a turn 1, 1/2, 1/3 … when the same action gives the same observation again.',
    });
  });

  it('offers values', () => {
    expect(labels(`${HEAD}    gate: { threshold: 0, op: ¦ }`)).toEqual(['>=', '>']);
    expect(accept(`${HEAD}    gate: { threshold: 0, op: ¦ }`, '>')).toBe(`${HEAD}    gate: { threshold: 0, op: ">" }`);
    expect(accept(`${HEAD}    gate: { threshold: 0, op: "¦" }`, '>=')).toBe(`${HEAD}    gate: { threshold: 0, op: ">=" }`);
    expect(labels(`${HEAD}    gate: { threshold: ¦ }`)).toEqual(['0', '1', '-.inf', '.inf']);
    expect(labels(`${HEAD}    maskNegative: ¦`)).toEqual(['true', 'false']);
    expect(labels('version: ¦')).toEqual(['1']);
    expect(labels(`${STEPS}      - module: ¦`)).toEqual(['./my_reward.mjs']);
    expect(labels(`${STEPS}      - id: novelty\n        options: ¦`)).toEqual(['{ beta: 1 }']);
    expect(labels(`${STEPS}      - id: novelty\n        options: { beta: ¦ }`)).toEqual(['1']);
    expect(complete(`${HEAD}    ga¦`).find((one) => one.label === 'gate')!.snippet).toBe('gate: { threshold: ${1:0}, op: "${2|>=,>|}" }');
  });

  it('is silent in comments and where anything may stand', () => {
    expect(labels(`${HEAD}  # ¦`)).toEqual([]);
    expect(labels('version: 1 # ¦')).toEqual([]);
    expect(labels(`${STEPS}      - id: novelty\n        label: ¦`)).toEqual([]);
  });

  it('builds a configuration without problems from its own offers', () => {
    let text = '';
    const choose = (label: string, after = ''): void => void (text = accept(`${text}¦`, label) + after);
    choose('version', '\n');
    choose('levels', '\n  - ');
    choose('id', 'outcome\n    ');
    choose('functions', '\n      ');
    choose('outcome', '\n    ');
    choose('gate', '\n  - ');
    choose('id', 'steps\n    ');
    choose('functions', '\n      - ');
    choose('id');
    choose('novelty', '\n        ');
    choose('options', '\n');
    expect(parseConfig(text).problems).toEqual([]);
  });
});

describe('hover', () => {
  const hover = (marked: string): string | null => hoverConfig(...cursor(marked))?.plain ?? null;
  it('explains keys and functions', () => {
    expect(hover('ver¦sion: 1\n')).toContain('Version of this format');
    expect(hover(`${HEAD}    ga¦te: { threshold: 0 }\n`)).toContain('before every level below');
    expect(hover(`${HEAD}    gate: { thres¦hold: 0 }\n`)).toContain('a number, .inf or -.inf');
    expect(hover(`${HEAD}    gate: { threshold: ¦0 }\n`)).toContain('a number, .inf or -.inf');
    const novelty = hover(`${STEPS}      - id: nov¦elty\n`);
    expect(novelty).toContain('1 / N^β');
    expect(novelty).toContain('- beta (1):');
    expect(hover(`${STEPS}      - id: novelty\n        options: { be¦ta: 2 }\n`)).toContain('never discounts');
    expect(hover(`${HEAD}  - id: ste¦ps\n`)).toContain('Name of the level');
  });
  it('gives the range that it speaks of', () => {
    const [text, offset] = cursor(`${HEAD}    maskN¦egative: true\n`);
    const found = hoverConfig(text, offset)!;
    expect(text.slice(found.offset, found.end)).toBe('maskNegative');
  });
  it('is silent elsewhere', () => {
    expect(hover('¦')).toBeNull();
    expect(hover('nonsense¦: 1\n')).toBeNull();
    expect(hover(`# com¦ment\n${HEAD}`)).toBeNull();
    expect(hover(`${STEPS}      - id: no_such¦\n`)).toContain('A reward function of Turnpike');
  });
});

describe('anywhere in the example', () => {
  const text = exampleYaml();
  it('answers without throwing, within the text, at every offset and after any cut', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: text.length }), fc.integer({ min: 0, max: 40 }), (offset, cut) => {
        const damaged = text.slice(0, offset) + text.slice(offset + cut);
        for (const one of completeConfig(damaged, offset)) {
          expect(one.offset).toBeGreaterThanOrEqual(0);
          expect(one.offset).toBeLessThanOrEqual(offset);
          expect(one.end).toBeGreaterThanOrEqual(offset);
          expect(one.end).toBeLessThanOrEqual(damaged.length);
        }
        const found = hoverConfig(damaged, offset);
        if (found) expect(found.end).toBeLessThanOrEqual(damaged.length);
        configProblems(damaged);
      }),
      { numRuns: 150 },
    );
  });
});
