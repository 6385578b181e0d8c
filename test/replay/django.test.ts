import { join } from 'node:path';
import { expect, it } from 'vitest';
import { compare, REAL, replay, toolFolders } from '../../server/replay/index';
import { django } from './django';
import { CORPUS, classes, connectToTestEngine, recordingOfFile, testImage } from './support';

const FILE = join(CORPUS, 'mini-swe-agent/mit__gruckion-gemini3/django__django-16255.traj.json');

/** Turns (counted from 0) that may come out otherwise than recorded, each with its reason and with what else must hold. */
const EXPLAINED: Readonly<Record<number, { readonly reason: string; readonly but: RegExp }>> = {
  14: {
    reason: "Django's test runner copies its database once for each processor; the recorded machine had 8 of them",
    but: /^(?:Cloning|Destroying) test database for alias 'default'\.\.\.$|(?<=with up to )\d+ processes$/,
  },
};

it('replays django-16255 on Django 4.1.3 as recorded, but for what is explained', async () => {
  const recording = await recordingOfFile(FILE);
  const facts = await replay(await connectToTestEngine(), {
    recording,
    options: {
      image: testImage('django'),
      repository: { directory: django(), commit: 'main' },
      limits: {},
      until: null,
      runtime: null,
      tests: null,
    },
    tools: toolFolders(),
  });
  console.info('django-16255:', classes(facts));
  expect(facts.turns).toHaveLength(17);
  const diverged = facts.turns.filter(({ divergence }) => divergence !== null && REAL.has(divergence.class));
  for (const { index, divergence, observation, exitCode } of diverged) {
    const explained = EXPLAINED[index];
    expect(explained, `turn ${index}: ${JSON.stringify(divergence)}`).toBeDefined();
    const without = (text: string): string =>
      text
        .split('\n')
        .map((line) => line.replace(explained!.but, ''))
        .filter((line) => line !== '')
        .join('\n');
    const command = recording.turns[index]!.commands[0]!;
    const rest = compare(
      { ...command, observation: without(command.observation ?? '') },
      { observation: without(observation ?? ''), exitCode, timedOut: false, truncated: false },
    );
    expect(rest.class, explained!.reason).toBe('noise');
    expect(rest.noise).toEqual(['durations']);
  }
  if (diverged.length > 0) expect(facts.causes[0]?.sentence).toMatch(/a process per processor: the recorded machine had 8 of them/);
  expect(facts.submission).toBe('equal');
  // The repository's only changed file, and what came and went beside it.
  expect(facts.turns.flatMap(({ changedFiles }) => changedFiles.map(({ path }) => path)).filter((path) => path.includes('/'))).toEqual([
    'django/contrib/sitemaps/__init__.py',
  ]);
});
