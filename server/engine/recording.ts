/** An opened episode as the replay stage wants it: every text whole, every value parsed. */
import type { Passage, Turn, TurnCommand } from '../episode/index';
import type { RecordedCommand, RecordedTurn, Recording } from '../replay/index';
import { contentOf } from './content';
import type { Opened } from './types';

/** @param only the one turn that is wanted, from 0; absent: all */
export async function recordingOf(opened: Opened, rollout: number, only?: number): Promise<Recording> {
  // The engine's client is a megabyte that whoever only looks at an episode does not need.
  const { interpreted } = await import('../replay/index');
  const { rollout: run } = opened.rollouts[rollout] ?? opened.rollouts[opened.episode.best]!;
  const text = async (passage: Passage | null): Promise<string | null> =>
    passage === null ? null : (await opened.text(passage, Infinity)).text;
  const turns: RecordedTurn[] = [];
  for (const turn of run.turns.filter(({ index }) => only === undefined || index === only))
    turns.push({
      index: turn.index,
      executed: turn.executed,
      commands: await commandsOf(opened, turn),
      state: stateOf(await text(turn.state ?? null)),
    });
  return interpreted({
    hash: (await contentOf(opened.path)).hash,
    format: opened.episode.format,
    version: opened.episode.version,
    instance: opened.side.instance ?? opened.episode.instance,
    configuration: parsed(await text(run.configuration)),
    systemPrompt: await text(run.systemPrompt ?? null),
    problemStatement: await text(run.problemStatement),
    submission: await text(run.submission),
    exitStatus: run.exitStatus,
    turns,
  });
}

function stateOf(text: string | null): RecordedTurn['state'] {
  const state = parsed(text);
  return typeof state === 'object' && state !== null && !Array.isArray(state) ? (state as Record<string, unknown>) : null;
}

async function commandsOf(opened: Opened, turn: Turn): Promise<RecordedCommand[]> {
  const texts = async (passages: readonly Passage[]): Promise<string[]> =>
    Promise.all(passages.map(async (passage) => (await opened.text(passage, Infinity)).text));
  if (turn.commands !== undefined) {
    // A turn that was not carried out is shown, and not replayed.
    const shown = turn.executed ? turn.commands.filter(({ executed }) => executed) : turn.commands;
    return Promise.all(shown.map((command) => commandOf(command, texts)));
  }
  const [actions, observations] = [await texts(turn.action), await texts(turn.observation)];
  return actions.map((action, at) => ({
    action,
    observation: at > 0 || turn.observationHash === null ? null : observations.join(''),
    clipped: false,
    exitCode: at > 0 ? null : turn.returnCode,
    timedOut: turn.timedOut,
  }));
}

async function commandOf(
  { action, call, output, outputEnd, returnCode, timedOut }: TurnCommand,
  texts: (passages: readonly Passage[]) => Promise<string[]>,
): Promise<RecordedCommand> {
  const [end] = outputEnd === null ? [] : await texts([outputEnd]);
  return {
    action: (await texts(action)).join('\n'),
    observation: output === null ? null : (await texts(output)).join('\n'),
    clipped: outputEnd !== null,
    ...(end !== undefined && { end }),
    exitCode: returnCode,
    timedOut,
    ...(call !== null && {
      call: { tool: call.tool, arguments: call.arguments === null ? null : parsed((await texts([call.arguments]))[0] ?? null) },
    }),
  };
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
