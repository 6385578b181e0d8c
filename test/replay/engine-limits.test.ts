/** What an episode may use, and what is said when it wants more. */
import { expect, it } from 'vitest';
import {
  CannotReplay,
  replay,
  toolFolders,
  type Limits,
  type Recording,
  type ReplayFacts,
  type TurnFacts,
} from '../../server/replay/index';
import { connectToTestEngine, testImage, recordingOfActions } from './support';

export const commandsOf = (actions: readonly string[]): Recording =>
  recordingOfActions({ format: 'mini-swe-agent', version: '2.0', configuration: { environment: { cwd: '/tmp', timeout: 60 } } }, actions);

const run = async (actions: readonly string[], limits: Partial<Limits>, runtime: string | null = null): Promise<ReplayFacts> =>
  replay(await connectToTestEngine(), {
    recording: commandsOf(actions),
    options: { image: testImage('python'), repository: null, limits, until: null, runtime, tests: null },
    tools: toolFolders(),
  });

const problems = ({ turns }: ReplayFacts): TurnFacts['problem'][] => turns.map(({ problem }) => problem);

const FILL = 'i=0; while :; do head -c 8M /dev/zero > /tmp/f$i; i=$((i+1)); done';

it('stops at the limit of disk, in the turn that goes over it', async () => {
  const facts = await run(['head -c 30M /dev/zero > /tmp/a', FILL, 'echo later'], { diskBytes: 200 * 2 ** 20 });
  expect(facts.turns.map(({ executed }) => executed)).toEqual([true, true, false]);
  const [first, second, third] = problems(facts);
  expect(first).toBeNull();
  expect(second).toMatch(/The episode wrote [\d.]+ [GM]iB, more than its limit of 200 MiB: the replay stops here\.$/);
  expect(third).toBe('The replay reached its limit of disk before this turn.');
  expect(facts.turns[1]!.durationMs).toBeLessThan(30_000);
});

it('does not count what was there before the first turn, nor what a turn removed', async () => {
  const facts = await run(['head -c 150M /dev/zero > /tmp/a; rm /tmp/a', 'head -c 150M /dev/zero > /tmp/b; rm /tmp/b'], {
    diskBytes: 200 * 2 ** 20,
  });
  expect(problems(facts)).toEqual([null, null]);
});

it('tells each turn that ran out of memory, and only those', async () => {
  const hog = 'python3 -c "x = bytearray(400 * 2 ** 20)"';
  const facts = await run(['echo a', hog, 'echo b', `${hog}; true`, 'kill -9 $$', 'echo c'], { memoryBytes: 200 * 2 ** 20 });
  const told = 'The container reached its limit of 200 MiB of memory: a process was killed.';
  expect(problems(facts)).toEqual([null, told, null, told, null, null]);
  expect(facts.turns.map(({ exitCode }) => exitCode)).toEqual([0, 137, 0, 0, 137, 0]);
});

it('refuses a runtime that the engine does not have, with the way out', async () => {
  const error: unknown = await run(['true'], {}, 'runsc-of-nobody').catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(CannotReplay);
  expect((error as CannotReplay).message).toMatch(/runtime "runsc-of-nobody".*daemon\.json/);
});
