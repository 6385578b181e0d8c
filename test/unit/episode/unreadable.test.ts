import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readBytes, readText } from './corpus-files';

const recognised = (file: unknown): string | null => {
  const result = readText(typeof file === 'string' ? file : JSON.stringify(file));
  if ('episode' in result) throw new Error(`opened as ${result.episode.format}`);
  return result.notEpisode.recognised;
};

describe('formats that are not yet readable', () => {
  it.each([
    ['Moatless (search tree)', { metadata: {}, nodes: [{ node_id: 1 }] }],
    ['Moatless (search tree)', { metadata: {}, root: { node_id: 1 } }],
    ['Moatless (transitions)', { transitions: [], initial_message: '' }],
    ['Inspect (.json log)', { version: 2, status: 'success', eval: { task: 't', model: 'm' } }],
    ['OpenTelemetry (OTLP/JSON traces)', { resourceSpans: [] }],
    ['terminal-bench (trial result)', { is_resolved: true, parser_results: {}, trial_name: 't' }],
    ['Harbor (trial result; its trajectory is agent/trajectory.json)', { trial_name: 't', agent_info: {} }],
    ['Who&When (annotated failure log)', { mistake_step: '3', history: [{ role: 'user', content: 'x' }] }],
    ['InterCode (episodes)', { 0: { turn_history: {} }, 1: { turn_history: {} } }],
    ['OpenHands SDK (events)', [{ kind: 'SystemPromptEvent', source: 'agent' }]],
    ['OpenHands V0 (events)', [{ id: 0, source: 'user', action: 'message' }]],
    [
      'OpenHands V0 (action and observation pairs)',
      [
        [
          { source: 'agent', action: 'run' },
          { source: 'agent', observation: 'run' },
        ],
      ],
    ],
    ['chat messages', [{ role: 'user', content: 'hello' }]],
    ['AutoCodeRover (tool-call layers)', [[{ func_name: 'search', arguments: {}, call_ok: true }]]],
    ['OpenHands (evaluation output)', { instance_id: 'a', test_result: {}, history: [] }],
    ['OpenHands (resolver output)', { issue: {}, git_patch: '', history: [] }],
    ['Claude Code (session)', { type: 'user', sessionId: 's', uuid: 'u' }],
    ['Claude Code (session)', { type: 'summary', leafUuid: 'l', sessionId: 's' }],
    ['Codex (session)', { timestamp: 't', type: 'session_meta', payload: {} }],
    ['Codex (session, old layout)', '{"id": "s", "instructions": null}\n{"record_type": "state"}\n'],
    ['chat messages (fine-tuning)', '{"messages": []}\n{"messages": []}\n'],
    ['SWE-bench (predictions)', { instance_id: 'a', model_patch: '' }],
    ['SWE-bench (predictions)', { a: { model_patch: '' }, b: { model_patch: '' } }],
    ['SWE-bench (test report)', { a: { patch_successfully_applied: true, resolved: false } }],
    ['SWE-bench (task instances)', { instance_id: 'a', problem_statement: '', base_commit: '' }],
    ['ATIF (unknown major version)', { schema_version: 'ATIF-v2.0', steps: [] }],
  ])('%s', (name, file) => {
    expect(recognised(file)).toBe(name);
  });

  it.each([
    ['_journal/start.json', 'Inspect (.eval log)'],
    ['header.json', 'Inspect (.eval log)'],
    ['word/document.xml', 'ZIP (archive)'],
  ])('a ZIP that begins with %s', (entry, name) => {
    const header = Buffer.alloc(30);
    header.write('PK\x03\x04', 'latin1');
    header.writeUInt16LE(entry.length, 26);
    expect(readBytes(Buffer.concat([header, Buffer.from(entry)]))).toMatchObject({
      notEpisode: { recognised: name, problems: [{ severity: 'error' }] },
    });
  });

  it('anything else is named by nobody, and nothing throws', () => {
    expect(recognised({ some: 'thing' })).toBeNull();
    expect(recognised({ __proto__: null, constructor: 1 })).toBeNull();
    expect(readBytes(Buffer.from('PK\x03\x04'))).toMatchObject({ notEpisode: { recognised: 'ZIP (archive)' } });
    fc.assert(
      fc.property(fc.json({ maxDepth: 4 }), (json) => {
        const result = readText(json);
        expect('episode' in result ? '' : result.notEpisode.problems[0]?.message).toMatch(/\.$|^$/);
      }),
      { numRuns: 300 },
    );
  });
});
