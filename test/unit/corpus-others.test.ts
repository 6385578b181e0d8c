import { describe, expect, it } from 'vitest';
import { bytesOf, readBytes, rows } from './episode/corpus-files';

/** What the sentence must name, by the MANIFEST's format. */
const NAMES: Readonly<Record<string, RegExp>> = {
  'claude-code': /^Claude Code /,
  codex: /^Codex /,
  inspect: /^Inspect /,
  intercode: /^InterCode /,
  moatless: /^Moatless /,
  openhands: /^OpenHands (V0|\()/,
  'openhands-sdk': /^OpenHands SDK /,
  'otel-genai': /^OpenTelemetry /,
  'openai-messages': /^chat messages /,
};

/** Files that are no file of their format, with what they are instead (formats.md §0 leaves them over too). */
const EXCEPTIONS: Readonly<Record<string, { readonly recognised: string | null; readonly reason: string }>> = {
  'gen-ai-input-messages.json': { recognised: null, reason: 'a JSON Schema of the message attributes' },
  'gen-ai-output-messages.json': { recognised: null, reason: 'a JSON Schema of the message attributes' },
  'gen-ai-system-instructions.json': { recognised: null, reason: 'a JSON Schema of the message attributes' },
  'v6-spans__capture-results.json': { recognised: null, reason: "a test's summary of captured spans, without a span" },
  'v6-spans__spans-by-operation.json': { recognised: null, reason: 'lists of spans as members of an object of operations' },
  'swe_bench__examples__example_model_output.json__6d1f10.json': {
    recognised: 'SWE-bench (predictions)',
    reason: 'predictions, no trajectory',
  },
  'swe_bench__examples__example_model_output.json__f2395c.json': {
    recognised: 'SWE-bench (predictions)',
    reason: 'predictions, no trajectory',
  },
  'swe_bench__examples__example_model_output.json__787b6f.json': {
    recognised: 'SWE-bench (predictions)',
    reason: 'predictions, no trajectory',
  },
};

const files = rows(...Object.keys(NAMES)).map((row) => [row.file.slice(row.file.lastIndexOf('/') + 1), row] as const);

describe('files of formats that are not yet readable', () => {
  it('are all there', () => {
    expect(files.length).toBeGreaterThan(120);
    expect(Object.keys(EXCEPTIONS).filter((name) => !files.some(([file]) => file === name))).toEqual([]);
  });

  it.each(files)('%s is named, not shown', (name, row) => {
    const result = readBytes(bytesOf(row));
    if (!('notEpisode' in result)) throw new Error(`opened as ${result.episode.format}`);
    const exception = EXCEPTIONS[name];
    if (exception !== undefined) expect(result.notEpisode.recognised).toBe(exception.recognised);
    else expect(result.notEpisode.recognised).toMatch(NAMES[row.format]!);
    expect(result.notEpisode.problems).toHaveLength(1);
    expect(result.notEpisode.problems[0]?.message).toMatch(/\.$/);
  });

  it.each(
    rows(
      'swe-bench-log',
      'swe-bench-submission',
      'swe-agent-aux',
      'mini-swe-agent-aux',
      'harbor-trial-aux',
      'labelled',
      'swe-bench-dataset',
    ).map((row) => [row.file, row] as const),
  )('%s is no episode', (_name, row) => {
    expect(readBytes(bytesOf(row))).toHaveProperty('notEpisode');
  });
});
