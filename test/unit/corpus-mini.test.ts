import { describe, expect, it } from 'vitest';
import { bytesOf, readBytes, rolloutOf, rows, texts } from './episode/corpus-files';

/** mini-swe-agent's messages as `JSON.parse` gives them. */
interface Message {
  readonly role: string;
  readonly content: string;
  readonly reasoning_content?: string;
  readonly extra?: {
    readonly actions?: readonly { readonly command: string }[];
    readonly returncode?: number;
    readonly exit_status?: string;
    readonly cost?: number;
  };
}

const all = rows('mini-swe-agent');

/** The fence as mini-swe-agent itself matches it. */
const FENCE = /```(?:bash|mswea_bash_command)\s*\n(.*?)\n```/gs;
const PRINTED = /^<returncode>(-?\d+)<\/returncode>\n<output>\n([^]*?)\n?<\/output>\s*$/;

describe('mini-swe-agent files of the corpus', () => {
  it('are all there', () => {
    expect(all).toHaveLength(28);
  });

  it.each(all.map((row) => [row.file.slice(row.file.lastIndexOf('/') + 1), row] as const))(
    '%s opens as its MANIFEST row says',
    (_name, row) => {
      const bytes = bytesOf(row);
      const result = readBytes(bytes);
      const rollout = rolloutOf(result);
      const parsed = JSON.parse(bytes.toString('utf8')) as
        Message[] | { messages: Message[]; info: Record<string, unknown>; instance_id?: string; trajectory_format: string };
      const messages = Array.isArray(parsed) ? parsed : parsed.messages;
      const info = Array.isArray(parsed) ? null : parsed.info;
      if (!('episode' in result)) throw new Error('unreachable');

      expect(rollout.turns).toHaveLength(Number(row.turns));
      expect(rollout.exitStatus ?? '').toBe(row.outcome.replace(/ \?$/, ''));
      expect(result.episode.finished).toBe(rollout.exitStatus !== null);
      expect(result.episode.instance).toBe(Array.isArray(parsed) ? null : (parsed.instance_id ?? null));
      expect(result.episode.version).toBe(Array.isArray(parsed) ? 'v0' : parsed.trajectory_format);
      expect(result.episode.versionInferred).toBe(Array.isArray(parsed));
      if (info !== null) {
        const stats = info['model_stats'] as { instance_cost: number; api_calls: number };
        const config = info['config'] as { model: { model_name: string } };
        expect([rollout.cost, rollout.apiCalls, rollout.model]).toEqual([stats.instance_cost, stats.api_calls, config.model.model_name]);
        const submitted = rollout.exitStatus === 'Submitted';
        expect(rollout.submission === null ? null : texts(bytes, [rollout.submission])[0]).toBe(submitted ? info['submission'] : null);
        expect(rollout.submissionKind).toBe(submitted ? 'diff' : null);
        expect(JSON.parse(texts(bytes, [rollout.configuration!])[0]!)).toEqual(config);
      }
      expect(messages[1]?.content).toContain(texts(bytes, [rollout.problemStatement!])[0]);

      let index = 0;
      for (const [at, message] of messages.entries()) {
        if (message.role !== 'assistant') continue;
        const turn = rollout.turns[index]!;
        expect(turn.index).toBe(index++);
        expect(JSON.parse(bytes.toString('utf8', turn.span.start, turn.span.end))).toEqual(message);

        const listed = message.extra?.actions?.map(({ command }) => command);
        const blocks = [...message.content.matchAll(FENCE)];
        const fenced = blocks.length === 1 ? [blocks[0]![1]!.trim()] : [];
        const commands = listed ?? fenced;
        expect(texts(bytes, turn.action)).toEqual(commands);
        expect(turn.actionText).toBe(commands.join('\n'));
        expect(turn.lengths.action).toBe(commands.join('\n').length);

        const around =
          listed === undefined && fenced.length === 1 ? message.content.split(blocks[0]![0]).map((part) => part.trim()) : [message.content];
        expect(texts(bytes, turn.thought)).toEqual([message.reasoning_content ?? '', ...around].filter((text) => text !== ''));

        const next = messages[at + 1];
        const printed = PRINTED.exec(next?.content ?? '');
        expect(texts(bytes, turn.observation)).toEqual([printed?.[2] ?? next?.content ?? ''].filter((text) => text !== ''));
        expect(turn.observationHash === null).toBe(next === undefined);
        expect(turn.executed).toBe(commands.length === 1 && next !== undefined);
        expect(turn.kind).toBe(commands.length === 1 ? 'action' : 'unparsable');
        const code = /^<returncode>(-?\d+)/.exec(next?.content ?? '')?.[1];
        expect(turn.returnCode).toBe(
          commands.length !== 1 ? null : (next?.extra?.returncode ?? (code === undefined ? null : Number(code))),
        );
        expect(turn.synthetic).toBe(false);
        if (message.extra?.cost !== undefined) expect(turn.cost).toBe(message.extra.cost);
        expect(turn.timedOut).toBe(
          next?.content.startsWith('<exception>') === true || next?.content.startsWith('The last command') === true,
        );
      }
      expect(index).toBe(rollout.turns.length);
      const submits = rollout.turns.filter((turn) => turn.submits && turn.executed);
      if (rollout.exitStatus === 'Submitted') expect(submits.at(-1)?.index).toBe(rollout.turns.length - 1);
    },
  );
});
