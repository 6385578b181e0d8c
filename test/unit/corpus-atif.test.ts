import { describe, expect, it } from 'vitest';
import { bytesOf, corpus, readBytes, rolloutOf, rows, texts } from './episode/corpus-files';
import { findSideFacts } from '../../server/engine/side-files';

interface Step {
  readonly source: string;
  readonly message: string;
  readonly timestamp?: string;
  readonly reasoning_content?: string;
  readonly llm_call_count?: number;
  readonly tool_calls?: readonly {
    readonly tool_call_id: string;
    readonly function_name: string;
    readonly arguments: Record<string, unknown>;
  }[];
  readonly observation?: { readonly results: readonly { readonly source_call_id?: string; readonly content: string }[] };
  readonly metrics?: { readonly prompt_tokens?: number; readonly completion_tokens?: number; readonly cost_usd?: number };
}

/** Rows that can't open as they say, with the bytes that prove it. */
const EXCEPTIONS = new Map([
  // Two whole trajectories as members of one object: the file itself has neither `schema_version` nor `steps`.
  [
    'atif/apache__phoenix-client/subagent_trajectories.json',
    { front: '{\n  "parent": {\n    "schema_version": "ATIF-v1.6"', recognised: 'ATIF (trajectories inside another object)' },
  ],
]);

const all = rows('atif');
const COMMAND_KEYS = ['command', 'code'];

describe('ATIF files of the corpus', () => {
  it('are all there', () => {
    expect(all).toHaveLength(18);
  });

  it.each([...EXCEPTIONS])('%s is no trajectory by itself', (file, { front, recognised }) => {
    const bytes = bytesOf(all.find((row) => row.file === file)!);
    expect(bytes.toString('utf8').replace(/\s+/g, '').startsWith(front.replace(/\s+/g, ''))).toBe(true);
    expect(readBytes(bytes)).toMatchObject({ notEpisode: { recognised } });
  });

  it.each(all.filter(({ file }) => !EXCEPTIONS.has(file)).map((row) => [row.file.split('/').slice(1).join('/'), row] as const))(
    '%s opens as its MANIFEST row says',
    async (_name, row) => {
      const bytes = bytesOf(row);
      const result = readBytes(bytes);
      const rollout = rolloutOf(result);
      if (!('episode' in result)) throw new Error('unreachable');
      const parsed = JSON.parse(bytes.toString('utf8')) as {
        schema_version: string;
        steps: Step[];
        agent: { model_name: string };
        final_metrics: { total_cost_usd?: number; total_prompt_tokens?: number };
      };

      expect(rollout.steps).toBe(Number(row.turns));
      expect(parsed.steps).toHaveLength(Number(row.turns));
      expect(result.episode.version).toBe(parsed.schema_version);
      expect(result.episode.finished).toBe(true);
      expect(rollout.exitStatus).toBeNull();
      expect(rollout.model).toBe(parsed.agent.model_name);
      expect(rollout.tokens?.input ?? null).toBe(parsed.final_metrics.total_prompt_tokens ?? null);
      expect(result.episode.problems).toEqual([]);
      const side = await findSideFacts(`${corpus}/${row.file}`, result.episode, { roots: [corpus], reportFile: null });
      expect(side.reward === null ? '' : `reward=${String(side.reward.value)}`).toBe(row.outcome);
      expect(side.problems).toEqual([]);

      const agents = parsed.steps.flatMap((step, at) => (step.source === 'agent' ? [{ step, next: parsed.steps[at + 1] }] : []));
      expect(rollout.turns).toHaveLength(agents.length);
      for (const [index, { step, next }] of agents.entries()) {
        const turn = rollout.turns[index]!;
        expect(turn.index).toBe(index);
        expect(JSON.parse(bytes.toString('utf8', turn.span.start, turn.span.end))).toEqual(step);
        expect(texts(bytes, turn.thought)).toEqual([step.reasoning_content ?? '', step.message].filter((text) => text !== ''));
        const calls = step.tool_calls ?? [];
        expect(turn.action.map(({ label }) => label)).toEqual(calls.map(({ function_name }) => function_name));
        for (const [at, text] of texts(bytes, turn.action).entries()) {
          const given = calls[at]!.arguments;
          const key = COMMAND_KEYS.find((name) => typeof given[name] === 'string');
          if (turn.action[at]!.encoding === 'string') expect(text).toBe(given[key!]);
          else {
            expect(JSON.parse(text)).toEqual(given);
            expect(key === undefined || given[key] === '').toBe(true);
          }
        }
        const results = step.observation?.results ?? [];
        expect(texts(bytes, turn.observation)).toEqual(results.map(({ content }) => content).filter((text) => text !== ''));
        const ids = calls.map(({ tool_call_id }) => tool_call_id);
        expect(turn.executed).toBe(
          calls.length > 0 && results.some(({ source_call_id }) => source_call_id === undefined || ids.includes(source_call_id)),
        );
        expect(turn.kind).toBe(calls.length > 0 ? 'action' : 'message');
        expect(turn.synthetic).toBe(step.llm_call_count === 0);
        expect(turn.tokens?.input ?? null).toBe(step.metrics?.prompt_tokens ?? null);
        expect(turn.cost).toBe(step.metrics?.cost_usd ?? null);
        if (step.timestamp !== undefined && next?.timestamp !== undefined) {
          const seconds = (Date.parse(next.timestamp) - Date.parse(step.timestamp)) / 1000;
          expect(turn.seconds).toBe(seconds >= 0 ? seconds : null);
        } else expect(turn.seconds).toBeNull();
      }
    },
  );
});
