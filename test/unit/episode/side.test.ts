import fc from 'fast-check';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import {
  exitStatusesTime,
  parseExitStatuses,
  parsePredictions,
  parseReport,
  parseRewardJson,
  parseRewardText,
  parseTrialResult,
  verdictOn,
} from '../../../server/episode/index';
import { corpus, rows } from './corpus-files';

const text = (file: string): string => readFileSync(`${corpus}/${file}`, 'utf8');

describe('predictions', () => {
  it('reads an object by id, an array, lines, and one alone', () => {
    const one = { instance_id: 'a__b-1', model_name_or_path: 'm', model_patch: 'diff' };
    const expected = { instance: 'a__b-1', model: 'm', patch: 'diff' };
    expect(parsePredictions(JSON.stringify(one)).facts?.get('a__b-1')).toEqual(expected);
    expect(parsePredictions(JSON.stringify([one])).facts?.get('a__b-1')).toEqual(expected);
    expect(parsePredictions(JSON.stringify({ 'a__b-1': { model_name_or_path: 'm', model_patch: 'diff' } })).facts?.get('a__b-1')).toEqual(
      expected,
    );
    expect(parsePredictions(`\uFEFF${JSON.stringify(one)}\r\n\r\n${JSON.stringify({ ...one, instance_id: 'c' })}\n`).facts?.size).toBe(2);
  });

  it('takes null for the empty patch, and the last of a repeated id', () => {
    expect(
      parsePredictions('{"instance_id": "a", "model_patch": null}\n{"instance_id": "a", "model_patch": "x"}\n').facts?.get('a')?.patch,
    ).toBe('x');
    expect(parsePredictions('{"instance_id": "a", "model_patch": null}').facts?.get('a')).toEqual({
      instance: 'a',
      model: null,
      patch: '',
    });
  });

  it('keeps a prototype key a plain key', () => {
    const { facts } = parsePredictions('{"__proto__": {"model_patch": "x"}, "constructor": {"model_patch": "y"}}');
    expect([...(facts?.keys() ?? [])].sort()).toEqual(['__proto__', 'constructor']);
    expect(facts?.get('toString')).toBeUndefined();
  });

  it('says what is wrong, with the line', () => {
    expect(parsePredictions('').complaint).toBe('it is empty');
    expect(parsePredictions('{"a": {\n"model_patch": oops').complaint).toMatch(/^it is no valid JSON \(/);
    expect(parsePredictions('{"instance_id": "a", "model_patch": ""}\n{"instance_id":').complaint).toBe('line 2 is no valid JSON');
    expect(parsePredictions('{"some": "thing"}')).toEqual({ facts: null, complaint: null });
  });

  it('reads all of the corpus', () => {
    const files = rows('swe-agent-aux', 'mini-swe-agent-aux').filter(({ file }) => /preds|\.pred$/.test(file));
    expect(files.length).toBe(18);
    for (const { file } of files) expect(parsePredictions(text(file)).facts?.size, file).toBeGreaterThan(0);
  });
});

describe('test reports', () => {
  it('reads a verdict by id, alone, and from the lists of a run', () => {
    const inner = {
      patch_is_None: false,
      patch_exists: true,
      patch_successfully_applied: true,
      resolved: true,
      tests_status: { FAIL_TO_PASS: { success: ['a'], failure: ['b'] } },
    };
    const lists = { failToPass: ['a', 'b'], passToPass: [] };
    const verdict = { resolved: true, patchIsNone: false, failToPass: { passed: 1, total: 2 }, passToPass: null, lists };
    expect(verdictOn(parseReport(JSON.stringify({ x: inner })).facts!, ['y', 'x'])).toEqual(verdict);
    expect(verdictOn(parseReport(JSON.stringify({ x: inner })).facts!, ['y'])).toBeNull();
    expect(verdictOn(parseReport(JSON.stringify(inner)).facts!, [])).toEqual(verdict);
    const run = parseReport('{"resolved_ids": ["a"], "completed_ids": ["a", "b", "c"], "error_ids": ["c"]}').facts!;
    expect(['a', 'b', 'c', 'd'].map((id) => verdictOn(run, [id])?.resolved)).toEqual([true, false, undefined, undefined]);
  });

  it('takes an infrastructure failure for no verdict, and other JSON for no report', () => {
    expect(parseReport('{"x": {"patch_is_None": false, "resolved": false, "infra_failure": true}}')).toEqual({
      facts: null,
      complaint: null,
    });
    expect(parseReport('{"resolved": "yes"}')).toEqual({ facts: null, complaint: null });
    expect(parseReport('[1, 2]')).toEqual({ facts: null, complaint: null });
    expect(parseReport('{').complaint).toMatch(/no valid JSON/);
  });

  it('reads every report of the corpus', () => {
    const files = rows('swe-bench-log', 'swe-bench-submission', 'mini-swe-agent-aux').filter(({ file }) => /report\.json/.test(file));
    expect(files.length).toBeGreaterThan(80);
    for (const { file } of files) {
      const { facts, complaint } = parseReport(text(file));
      expect(complaint, file).toBeNull();
      // A validation report lists test names; it is no verdict on a submission.
      if (file.includes('run_validation')) expect(facts).toBeNull();
      else expect(facts!.single ?? [...facts!.verdicts.values()][0], file).toBeDefined();
    }
    expect(parseReport(text('swe-bench/mit__experiments-20240620_sweagent_claude3.5sonnet/results/results.json')).facts?.kind).toBe('run');
  });
});

describe('exit statuses', () => {
  it('reads all of the corpus', () => {
    const files = rows('swe-agent-aux', 'mini-swe-agent-aux').filter(({ file }) => /exit_statuses/.test(file));
    expect(files.length).toBe(19);
    for (const { file } of files) expect(parseExitStatuses(text(file)).facts?.size, file).toBeGreaterThan(0);
    expect(
      parseExitStatuses(text('swe-agent/mit__SE-Agent/run-files/Demo_Structure__iteration_1__run_batch_exit_statuses.yaml')).facts?.get(
        'sphinx-doc__sphinx-8551',
      ),
    ).toBe('submitted (exit_format)');
  });

  it('says what is wrong, and passes over other YAML', () => {
    expect(parseExitStatuses('instances_by_exit_status: [').complaint).toMatch(/^it is no valid YAML/);
    expect(parseExitStatuses('a: 1')).toEqual({ facts: null, complaint: null });
    const alias = (n: number): string =>
      `a${String(n)}: &a${String(n)} [${Array(9)
        .fill(n === 0 ? 'x' : `*a${String(n - 1)}`)
        .join(', ')}]`;
    const bomb = Array.from({ length: 12 }, (_, n) => alias(n)).join('\n');
    expect(parseExitStatuses(`${bomb}\ninstances_by_exit_status: {}`).complaint).toMatch(/^it is no valid YAML/);
  });

  it('tells the time from a name', () => {
    expect(exitStatusesTime('exit_statuses_1763506501.7698028.yaml')).toBe(1763506501.7698028);
    expect(exitStatusesTime('run_batch_exit_statuses.yaml')).toBeNull();
  });
});

describe('Harbor files', () => {
  it.each([
    ['1\n', 1],
    ['0', 0],
    ['\uFEFF 0.5 ', 0.5],
    ['1e-1', 0.1],
  ])('%j is the reward %d', (file, value) => {
    expect(parseRewardText(file).facts).toBe(value);
  });

  it.each(['', 'NaN', 'one', '1 2', '0x10', '1e999'])('%j is no reward', (file) => {
    expect(parseRewardText(file).facts).toBeNull();
    expect(parseRewardText(file).complaint).not.toBeNull();
  });

  it('reads a reward as a number, by its name, or alone', () => {
    expect([
      ...['1', '{"reward": 0.5, "other": 1}', '{"score": 1}', '{"a": 1, "b": 0}', '"1"'].map((file) => parseRewardJson(file).facts),
    ]).toEqual([1, 0.5, 1, null, null]);
  });

  it('reads every trial result of the corpus', () => {
    const files = rows('harbor-trial-aux').filter(({ file }) => file.endsWith('/result.json'));
    expect(files).toHaveLength(14);
    for (const { file } of files)
      expect(parseTrialResult(text(file)).facts, file).toMatchObject({ model: 'kimi-k2.5', task: file.split('/')[2]!.split('__')[0] });
    expect(parseTrialResult(text('atif/mit__CodeTracer-kimi/query-optimize__xcBWV57/result.json')).facts).toMatchObject({
      reward: null,
      exception: 'VerifierTimeoutError',
    });
  });
});

describe('all parsers', () => {
  it('answer anything with facts, silence or a clause', () => {
    const parsers = [parsePredictions, parseReport, parseExitStatuses, parseRewardText, parseRewardJson, parseTrialResult];
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.json(),
          fc.json().map((json) => `{"x": ${json}, "resolved_ids": ${json}}`),
        ),
        (file) => {
          for (const parse of parsers) {
            const { facts, complaint } = parse(file);
            expect(facts === null || complaint === null).toBe(true);
          }
        },
      ),
      { numRuns: 300 },
    );
  });
});
