import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { accumulate, defaultConfig, exampleYaml, parseConfig, rewardsJsonSchema, type ConfigProblem } from '../../../server/reward/index';
import { sweTable } from './tables';

const base = (steps: string, gate = 'gate: { threshold: 0 }'): string => `version: 1
levels:
  - id: outcome
    functions:
      - id: outcome
    ${gate}
  - id: steps
    functions:
      - ${steps}
`;
const problemsOf = (text: string): readonly ConfigProblem[] => parseConfig(text).problems;
const at = (text: string, problem: ConfigProblem | undefined): string => text.slice(problem?.offset, problem?.end);
const only = (text: string): ConfigProblem => {
  const { problems, config } = parseConfig(text);
  expect(problems.map((p) => p.message)).toHaveLength(1);
  expect(config === null).toBe(problems[0]!.severity === 'error');
  return problems[0]!;
};

describe('a good configuration', () => {
  it('is read with its defaults', () => {
    const { config, problems } = parseConfig(base('id: action_format'));
    expect(problems).toEqual([]);
    expect(config).toEqual({
      discount: 1,
      levels: [
        {
          id: 'outcome',
          functions: [{ name: 'outcome', label: 'Outcome', weight: 1, id: 'outcome', module: null, options: {} }],
          gate: { threshold: 0, op: '>=' },
          maskNegative: true,
        },
        {
          id: 'steps',
          functions: [{ name: 'action_format', label: 'Action format', weight: 1, id: 'action_format', module: null, options: {} }],
          gate: null,
          maskNegative: true,
        },
      ],
    });
  });

  it('keeps infinite thresholds over JSON', () => {
    for (const [written, state] of [
      ['.inf', 'shut'],
      ['-.inf', 'open'],
    ] as const) {
      const { config } = parseConfig(base('id: action_format', `gate: { threshold: ${written} }`));
      const gate = JSON.parse(JSON.stringify(config!.levels[0]!.gate)) as { threshold: number; op: '>=' };
      expect(accumulate(sweTable(['passes'], [0.1], gate)).levels[0]!.gate!.state).toBe(state);
    }
  });

  it('takes the same function twice under two labels, and a module', () => {
    const { config, problems } = parseConfig(
      base('{ id: novelty, label: once }\n      - { id: novelty, label: slow, options: { beta: 0.5 } }\n      - module: ./my_reward.mjs'),
    );
    expect(problems).toEqual([]);
    expect(config!.levels[1]!.functions.map((one) => [one.name, one.label])).toEqual([
      ['once', 'once'],
      ['slow', 'slow'],
      ['./my_reward.mjs', 'my_reward.mjs'],
    ]);
  });

  it('is what the example and the default are', () => {
    const { config, problems } = parseConfig(exampleYaml());
    expect(problems).toEqual([]);
    const steps = config!.levels[1]!.functions;
    expect(steps.slice(0, 3)).toEqual(defaultConfig().levels[1]!.functions);
    expect(steps.slice(3).map((one) => one.name)).toEqual(['novelty', 'small steps']);
  });
});

describe('problems name the place and the way out', () => {
  const cases: [string, string, RegExp, string, ConfigProblem['severity']?][] = [
    ['an unknown function', base('id: acton_format'), /no reward function "acton_format"\. Did you mean "action_format"\?/, 'acton_format'],
    ['a function nobody could mean', base('id: zzzzzz'), /no reward function "zzzzzz"\. Known: outcome, completion/, 'zzzzzz'],
    ['a function as bare text', base('action_format'), /Write `- id: action_format`/, 'action_format'],
    ['id and module', base('{ id: novelty, module: ./x.mjs }'), /not both/, 'module'],
    ['neither id nor module', base('{ weight: 2 }'), /needs an `id`/, 'weight'],
    ['a module outside', base('module: http://example.org/x.mjs'), /path relative to this file/, 'http://example.org/x.mjs'],
    ['an absolute module', base('module: /x.mjs'), /path relative to this file/, '/x.mjs'],
    ['an infinite weight', base('{ id: novelty, weight: .inf }'), /`weight` should be a finite number, not infinity/, '.inf'],
    ['a NaN weight', base('{ id: novelty, weight: .nan }'), /`weight` should be a finite number, not NaN/, '.nan'],
    ['a weight as text', base('{ id: novelty, weight: lots }'), /`weight` should be a number, not "lots"/, 'lots'],
    ['a huge weight', base('{ id: novelty, weight: 1e300 }'), /at most 1000000/, '1e300'],
    ['a NaN threshold', base('id: novelty', 'gate: { threshold: .nan }'), /`threshold` is not a number \(NaN\).*\.inf/, '.nan'],
    ['no threshold', base('id: novelty', 'gate: { op: ">" }'), /needs a `threshold`/, 'op'],
    ['a wrong operator', base('id: novelty', 'gate: { threshold: 0, op: "<" }'), /`op` should be ">=" or ">", not "<"/, '"<"'],
    [
      'an unknown gate key',
      base('id: novelty', 'gate: { treshold: 0, threshold: 0 }'),
      /Unknown key "treshold"\. Did you mean "threshold"\?/,
      'treshold',
    ],
    ['an unknown option', base('{ id: novelty, options: { bta: 1 } }'), /Unknown key "bta"\. Did you mean "beta"\?/, 'bta'],
    ['an option out of range', base('{ id: novelty, options: { beta: -1 } }'), /`beta` should be at least 0, not -1/, '-1'],
    [
      'an unknown level key',
      base('id: novelty').replace('  - id: steps', '  - id: steps\n    mask_negative: false'),
      /Unknown key "mask_negative"\. Did you mean "maskNegative"\?/,
      'mask_negative',
    ],
    ['an unknown top key', `gamma: 1\n${base('id: novelty')}`, /Unknown key "gamma"/, 'gamma'],
    ['two levels of one name', base('id: novelty').replace('id: steps', 'id: outcome'), /Two levels are called "outcome"/, 'outcome'],
    ['one function twice', base('id: novelty\n      - id: novelty'), /"novelty" is used twice\. Give this one a `label`/, 'novelty'],
    ['one label twice', base('{ id: novelty, label: a }\n      - { id: completion, label: a }'), /"a" is used twice/, 'a'],
    ['no version', base('id: novelty').replace('version: 1\n', ''), /`version` is missing\. Add `version: 1`/, 'levels'],
    ['another version', base('id: novelty').replace('version: 1', 'version: 2'), /`version` should be 1, not 2/, '2'],
    ['no levels', 'version: 1\n', /`levels` is missing.*rewards example/, 'version'],
    ['empty levels', 'version: 1\nlevels: []\n', /`levels` should name at least one/, '[]'],
    ['a discount beyond 1', `discount: 1.5\n${base('id: novelty')}`, /`discount` should be at most 1, not 1\.5/, '1.5'],
    ['a bad level name', base('id: novelty').replace('id: steps', 'id: "1 2"'), /`id` should be a letter/, '"1 2"'],
    [
      'a gate on the last level',
      `${base('id: novelty')}    gate: { threshold: 0 }\n`,
      /no effect: no level stands below/,
      'gate',
      'warning',
    ],
    [
      'no outcome on top',
      'version: 1\nlevels:\n  - id: steps\n    functions: [{ id: novelty }]\n',
      /scores turns only/,
      'steps',
      'warning',
    ],
    ['a list', '- 1\n', /The configuration should be keys with values, not a list/, '- 1\n'],
    ['the same key twice', 'version: 1\nversion: 1\n', /YAML: Map keys must be unique/, 'v'],
    ['a broken line', 'version: 1\nlevels: [\n', /YAML: /, ''],
    [
      'a bracket too many, and not what follows from it',
      `${base('id: action_format', 'gate: { threshold: 0 } ]')}`,
      /YAML: Unexpected .*\]/,
      ']',
    ],
  ];
  it.each(cases.map((one) => ({ name: one[0], one })))('$name', ({ one: [, text, message, where, severity = 'error'] }) => {
    const problem = only(text);
    expect(problem.message).toMatch(message);
    expect(problem.severity).toBe(severity);
    if (where) expect(at(text, problem)).toBe(where);
    const before = text.slice(0, problem.offset).split('\n');
    expect([problem.line, problem.column]).toEqual([before.length, before.at(-1)!.length + 1]);
  });

  it('reports all of them at once, in the order of the file', () => {
    const text = base('{ id: nvelty, weight: 1 }\n      - { id: completion, weight: x }', 'gate: { threshold: x }');
    expect(problemsOf(text).map((p) => at(text, p))).toEqual(['x', 'nvelty', 'x']);
  });

  it('counts UTF-16 and survives CRLF and a BOM', () => {
    const text = `\uFEFF# 🚏 Tor\r\n${base('{ label: "🚏🚏", id: nope }').replaceAll('\n', '\r\n')}`;
    const problem = only(text);
    expect(at(text, problem)).toBe('nope');
  });

  it('takes hostile keys as unknown keys', () => {
    expect(
      problemsOf('version: 1\n__proto__: { levels: [] }\n')
        .map((p) => p.message)
        .join(),
    ).toMatch(/`levels` is missing/);
    expect(problemsOf(base('{ id: __proto__ }'))[0]!.message).toMatch(/no reward function "__proto__"/);
    expect(problemsOf(base('{ id: novelty, label: __proto__ }'))[0]!.message).toMatch(/label/);
  });

  it('refuses alias bombs, empty and huge files', () => {
    const bomb = `a: &a [x,x,x,x,x,x,x,x,x,x]\n${'bcdefgh'
      .split('')
      .map((key, i) => `${key}: &${key} [${Array.from({ length: 10 }, () => `*${'abcdefg'[i]}`).join(',')}]`)
      .join('\n')}\n`;
    expect(only(bomb).message).toMatch(/aliases expand/);
    expect(only('').message).toMatch(/empty.*rewards example/);
    expect(only('# only a comment\n').message).toMatch(/empty/);
    expect(only(' '.repeat(1_000_001)).message).toMatch(/1,000,001 characters/);
  });

  it('never throws, whatever the text', () => {
    const pieces = fc.constantFrom(
      'version: 1\n',
      'levels:\n',
      '  - id: outcome\n',
      '    functions:\n',
      '      - id: outcome\n',
      '    gate: { threshold: 0 }\n',
      '- ',
      '  ',
      ':',
      '{',
      '}',
      '[',
      '&a ',
      '*a ',
      '? ',
      '!!x ',
      '|\n',
      '"',
      '\t',
      '<<: ',
      '---\n',
      '\u0000',
      'gate: 3\n',
      '# c\n',
    );
    fc.assert(
      fc.property(
        fc.oneof(
          fc.array(pieces, { maxLength: 14 }).map((list) => list.join('')),
          fc.string({ unit: 'binary', maxLength: 60 }),
        ),
        (text) => {
          const { problems, config } = parseConfig(text);
          expect(config === null).toBe(problems.some((p) => p.severity === 'error'));
          for (const p of problems) {
            expect(p.offset).toBeGreaterThanOrEqual(0);
            expect(p.end).toBeLessThanOrEqual(text.length);
            expect(p.message).toMatch(/[.?]$/);
          }
        },
      ),
      { numRuns: 400 },
    );
  });
});

describe('JSON Schema', () => {
  it('names every function, its options and their descriptions', () => {
    const schema = JSON.stringify(rewardsJsonSchema());
    for (const id of ['outcome', 'completion', 'modification', 'action_format', 'scaffold_use', 'execution_status', 'novelty'])
      expect(schema).toContain(`"const":"${id}"`);
    expect(schema).toContain('"no_submit":{');
    expect(rewardsJsonSchema()).toMatchObject({
      $schema: 'https://json-schema.org/draft/2020-12/schema',
      required: ['version', 'levels'],
      additionalProperties: false,
    });
    const threshold = /"threshold":\{[^}]*\}/.exec(schema)![0];
    expect(threshold).toContain('"type":"number"');
  });
});
