import { describe, expect, it } from 'vitest';
import { replay, toolFolders, type Recording } from '../../server/replay/index';
import { connectToTestEngine, testImage } from './support';

/** No UTF-8, a character that is cut, line ends of each kind, and a lone CR. */
const ACTION = String.raw`printf 'a\377\342\202b\303\251\r\nc\rd\n'`;

const recording = (format: string, version: string, environment: string | null): Recording => ({
  hash: '0'.repeat(64),
  format,
  version,
  instance: null,
  configuration: environment === null ? {} : { environment: { cwd: '/' }, environment_type: environment },
  problemStatement: null,
  submission: null,
  exitStatus: null,
  turns: [
    {
      index: 0,
      executed: true,
      commands: [{ action: ACTION, observation: null, clipped: false, exitCode: null, timedOut: false }],
      state: { working_dir: '/tmp' },
    },
  ],
});

/** What each scaffold's own decoding makes of it (formats.md §1.11, §1.13; `minisweagent/environments`). */
const CASES: readonly (readonly [string, Recording, string])[] = [
  ['mini-swe-agent in Docker', recording('mini-swe-agent', 'mini-swe-agent-1.1', 'x.DockerEnvironment'), 'a\ufffd\ufffdbé\nc\nd\n'],
  [
    'mini-swe-agent on SWE-ReX',
    recording('mini-swe-agent', 'mini-swe-agent-1.1', 'x.SwerexDockerEnvironment'),
    'a\\xff\\xe2\\x82bé\nc\rd\n',
  ],
  // A terminal puts a CR before each line end; SWE-ReX takes away that one.
  ['SWE-agent 1.x', recording('swe-agent', '1.1.0', null), 'a\\xff\\xe2\\x82bé\r\nc\rd\n'],
  ['SWE-agent 0.7', recording('swe-agent', '0.7', null), 'a\\xff\\xe2\\x82bé\nc\nd'],
];

describe('bytes that are no text', () => {
  it.each(CASES)('are shown as %s showed them', async (_, what, shown) => {
    const facts = await replay(await connectToTestEngine(), {
      recording: what,
      options: { image: testImage('python'), repository: null, limits: {}, until: null, runtime: null, tests: null },
      tools: toolFolders(),
    });
    expect(facts.turns[0]?.observation).toBe(shown);
    expect(facts.turns[0]?.exitCode).toBe(0);
  });
});
