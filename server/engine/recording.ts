/** An opened episode as the replay stage wants it: every text whole, every value parsed. */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import type { Passage, Turn } from '../episode/index';
import type { RecordedCommand, RecordedTurn, Recording } from '../replay/index';
import type { Opened } from './types';

export async function recordingOf(opened: Opened, rollout: number): Promise<Recording> {
  const { rollout: run } = opened.rollouts[rollout] ?? opened.rollouts[opened.episode.best]!;
  const text = async (passage: Passage | null): Promise<string | null> =>
    passage === null ? null : (await opened.text(passage, Infinity)).text;
  const turns: RecordedTurn[] = [];
  for (const turn of run.turns)
    turns.push({ index: turn.index, executed: turn.executed, commands: await commandsOf(opened, turn), state: null });
  return {
    hash: await hashOf(opened.path),
    format: opened.episode.format,
    version: opened.episode.version,
    instance: opened.side.instance ?? opened.episode.instance,
    configuration: parsed(await text(run.configuration)),
    problemStatement: await text(run.problemStatement),
    submission: await text(run.submission),
    exitStatus: run.exitStatus,
    turns,
  };
}

async function commandsOf(opened: Opened, turn: Turn): Promise<RecordedCommand[]> {
  const texts = async (passages: readonly Passage[]): Promise<string[]> =>
    Promise.all(passages.map(async (passage) => (await opened.text(passage, Infinity)).text));
  const [actions, observations] = [await texts(turn.action), await texts(turn.observation)];
  const single = actions.length === 1;
  return actions.map((action, at) => ({
    action,
    observation: single ? (turn.observationHash === null ? null : observations.join('')) : (observations[at] ?? null),
    clipped: false,
    exitCode: single ? turn.returnCode : null,
    timedOut: turn.timedOut,
  }));
}

/** A configuration is JSON, or a JSON string that holds JSON; null where it is neither. */
function parsed(text: string | null): unknown {
  let value: unknown = text;
  for (let depth = 0; depth < 2 && typeof value === 'string'; depth++) {
    try {
      value = JSON.parse(value);
    } catch {
      return null;
    }
  }
  return value;
}

function hashOf(path: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const hash = createHash('sha256');
    createReadStream(path)
      .on('data', (chunk) => hash.update(chunk))
      .on('end', () => {
        resolve(hash.digest('hex'));
      })
      .on('error', reject);
  });
}
