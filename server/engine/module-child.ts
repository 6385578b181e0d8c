/**
 * The process in which one own reward module runs. It gets the module's source, not its path: what runs is what was
 * allowed, byte for byte, and nothing beside it is loaded unseen.
 */
import { Worker } from 'node:worker_threads';
import type { FromChild, ModuleEpisode, ModuleTurn, ToChild } from './module-messages';

type ScoreFunction = (turn: ModuleTurn | undefined, episode: ModuleEpisode & { readonly turns: readonly ModuleTurn[] }) => unknown;

const turns: ModuleTurn[] = [];
let episode: ModuleEpisode | null = null;
let score: ScoreFunction | null = null;

/** Resolves when the message is on its way, so that a hang in the next call can't take it along. */
const say = (message: FromChild): Promise<void> =>
  new Promise((resolve) => {
    if (process.send === undefined || !process.connected) process.exit();
    process.send(message, () => resolve());
  });

function words(error: unknown): string {
  let text: string;
  try {
    text = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  } catch {
    text = 'something that has no text';
  }
  // The module came as a data: URL; its whole text in a sentence helps nobody.
  return text.replaceAll(/data:text\/javascript;base64,[\w+/=]*/g, 'the module').slice(0, 500);
}

function kindOf(value: unknown): string {
  if (Array.isArray(value)) return 'a list';
  if (value === '') return 'an empty text';
  return {
    string: 'a text',
    boolean: 'true or false',
    object: 'an object',
    function: 'a function',
    symbol: 'a symbol',
    bigint: 'a bigint',
    undefined: '',
    number: '',
  }[typeof value];
}

/** A thread of its own: a module that never returns would keep this process alive for ever, were the server gone. */
function dieLater(ms: number): void {
  const code = 'setTimeout(() => process.kill(process.pid, "SIGKILL"), require("node:worker_threads").workerData)';
  new Worker(code, { eval: true, workerData: ms }).unref();
}

async function load(source: string): Promise<void> {
  const module = (await import(`data:text/javascript;base64,${Buffer.from(source, 'utf8').toString('base64')}`)) as {
    default?: unknown;
    scope?: unknown;
  };
  if (typeof module.default !== 'function') return say({ t: 'broke', message: 'it has no `export default function score(turn, episode)`' });
  const scope = module.scope ?? 'turn';
  if (scope !== 'turn' && scope !== 'episode')
    return say({ t: 'broke', message: 'its `export const scope` should be "turn" or "episode"' });
  score = module.default as ScoreFunction;
  return say({ t: 'loaded', scope });
}

async function run(positions: readonly number[]): Promise<void> {
  if (score === null || episode === null) return;
  const whole = { ...episode, turns };
  for (const position of positions) {
    let answer: FromChild;
    try {
      const value = await score(turns[position], whole);
      if (value === null || value === undefined) answer = { t: 'score', position, number: null };
      else if (typeof value === 'number') answer = { t: 'score', position, number: Object.is(value, -0) ? '0' : String(value) };
      else answer = { t: 'score', position, wrong: kindOf(value) };
    } catch (error) {
      answer = { t: 'score', position, threw: words(error) };
    }
    await say(answer);
  }
  await say({ t: 'done' });
}

const broke = (error: unknown): void => void say({ t: 'broke', message: words(error) }).then(() => process.exit(1));
process.on('uncaughtException', broke);
process.on('unhandledRejection', broke);
process.on('disconnect', () => process.exit());
process.on('message', (message: ToChild) => {
  switch (message.t) {
    case 'load':
      dieLater(message.killAfterMs);
      load(message.source).catch(broke);
      return;
    case 'episode':
      episode = message.episode;
      return;
    case 'turn':
      turns.push(message.turn);
      return;
    case 'run':
      run(message.positions).catch(broke);
  }
});
void say({ t: 'ready' });
