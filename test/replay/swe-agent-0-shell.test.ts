import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { replay, toolFolders, type Recording, type TurnFacts } from '../../server/replay/index';
import { connectToTestEngine, testImage } from './support';

/** What is asked, and what SWE-agent 0.7 would have shown. */
const SCRIPT: readonly (readonly [action: string, shown: string | RegExp])[] = [
  ['open notes.txt', '[File: /some__repo/notes.txt (3 lines total)]\n1:one\n2:two\n3:three'],
  ['sleep 60', '\nEXECUTION TIMED OUT BECAUSE THE COMMAND WAS RUNNING FOR MORE THAN 25.0 SECONDS.'],
  ['echo "$CURRENT_FILE"', '/some__repo/notes.txt'],
  ['echo partly; sleep 60', 'partly\nEXECUTION TIMED OUT BECAUSE THE COMMAND WAS RUNNING FOR MORE THAN 25.0 SECONDS.'],
  ['if then', /^\/bin\/bash: line 1: syntax error near unexpected token `then'/],
  // The here-document of the syntax check ends where the agent's own does, and the rest of it runs.
  ['cat <<EOF > made.txt\nx\nEOF', /EOF: command not found$/],
  ["cat <<'END' > made.txt\nx y\nEND", ''],
  ['cat made.txt\nls -F', 'x y\nmade.txt\nnotes.txt'],
  ['scroll_down', /1:one\n2:two\n3:three$/],
  ['scroll_down', /3:three$/],
  ['scroll_up', /WARNING: Scrolling many times in a row is very inefficient\./],
  ['echo "$LAST_ACTION"', 'scroll_up'],
  ['sleep 300 & echo started', 'started'],
  ['while :; do :; done', /EXECUTION TIMED OUT/],
  ['exit 3', /COMMAND FAILED TO EXECUTE\. RESTARTING PROCESS\.$/],
  ['pwd; open notes.txt 2', '/some__repo\n[File: /some__repo/notes.txt (3 lines total)]\n1:one\n2:two\n3:three'],
  ['exec sleep 60', /EXECUTION TIMED OUT/],
  ['kill -9 $$', /COMMAND FAILED TO EXECUTE\. RESTARTING PROCESS\.$/],
  ["printf '\\036T%032d 0 /\\036' 7; echo", /T0{31}7 0 \//],
  ['eval() { :; }; printf() { builtin echo caught; }; echo still', 'still'],
  ['unset -f eval printf; open notes.txt > /dev/null', ''],
  ['edit 2:2\nTWO\nend_of_edit', /2:TWO\n3:three\nFile updated\./],
  ['echo more >> notes.txt\nsubmit', ''],
];

const recording: Recording = {
  hash: '0'.repeat(64),
  format: 'swe-agent',
  version: '0.7',
  instance: 'some__repo-1',
  configuration: null,
  problemStatement: null,
  submission: null,
  exitStatus: null,
  turns: SCRIPT.map(([action], index) => ({
    index,
    executed: true,
    commands: [{ action, observation: null, clipped: false, exitCode: null, timedOut: false }],
    state: null,
  })),
};

describe('the shell of SWE-agent 0.x', () => {
  const clone = mkdtempSync(join(tmpdir(), 'some-repo-'));
  let turns: readonly TurnFacts[] = [];
  const git = (...args: string[]): void => {
    execFileSync('git', ['-C', clone, '-c', 'user.name=a', '-c', 'user.email=a@b.c', ...args]);
  };

  beforeAll(async () => {
    writeFileSync(join(clone, 'notes.txt'), 'one\ntwo\nthree\n');
    git('init', '-q');
    git('add', '-A');
    git('commit', '-q', '-m', 'base');
    const facts = await replay(await connectToTestEngine(), {
      recording,
      options: {
        image: testImage('python'),
        repository: { directory: clone, commit: 'HEAD' },
        limits: { actionMs: 1500 },
        until: null,
        runtime: null,
        tests: null,
      },
      tools: toolFolders(),
    });
    turns = facts.turns;
  }, 240_000);

  afterAll(() => {
    rmSync(clone, { recursive: true, force: true });
  });

  it.each(SCRIPT.map(([action, shown], index) => ({ index, action, shown })))('$index: $action', ({ index, shown }) => {
    const { observation } = turns[index]!;
    if (typeof shown === 'string') expect(observation).toBe(shown);
    else expect(observation).toMatch(shown);
  });

  it('knows what took too long', () => {
    expect(turns.filter(({ timedOut }) => timedOut).map(({ index }) => SCRIPT[index]![0])).toEqual([
      'sleep 60',
      'echo partly; sleep 60',
      'while :; do :; done',
      'exec sleep 60',
    ]);
  });
});
