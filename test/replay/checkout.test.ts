import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { preflight, REAL, replay, toolFolders, type Recording, type ReplayFacts } from '../../server/replay/index';
import { CORPUS, classes, connectToTestEngine, marshmallow, recordingOfFile, testImage } from './support';

/** A folder in the layout of a checkout of SWE-agent, with tools of our own. */
function checkout(files: Readonly<Record<string, string>>): string {
  const root = mkdtempSync(join(tmpdir(), 'turnpike-checkout-'));
  for (const [name, text] of Object.entries(files)) {
    const path = join(root, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
    if (name.includes('/bin/')) chmodSync(path, 0o755);
  }
  return root;
}

const BUNDLE = {
  'sweagent/__init__.py': '__version__ = "1.1.0"\n',
  'tools/registry/install.sh': 'export REGISTRY_HERE=1\n',
  'tools/registry/bin/.keep': '',
  'tools/hello/bin/hello': '#!/bin/sh\necho "hello from the checkout $1 $REGISTRY_HERE $GREETING"\n',
  'tools/hello/install.sh': 'export GREETING=twice\npip install nothing-of-that-name\n',
  'tools/hello/config.yaml': 'tools: {}\n',
};

const recording = (version: string, ...actions: readonly string[]): Recording => ({
  hash: '0'.repeat(64),
  format: 'swe-agent',
  version,
  instance: null,
  configuration: {
    agent: { tools: { bundles: [{ path: '/home/me/SWE-agent/tools/registry' }, { path: '/home/me/SWE-agent/tools/hello' }] } },
  },
  problemStatement: null,
  submission: null,
  exitStatus: null,
  turns: actions.map((action, index) => ({
    index,
    executed: true,
    commands: [{ action, observation: null, clipped: false, exitCode: null, timedOut: false }],
    state: { working_dir: '/tmp' },
  })),
});

const OPTIONS = { repository: null, limits: {}, until: null, runtime: null, tests: null };
const run = async (what: Recording, root: string): Promise<ReplayFacts> =>
  replay(await connectToTestEngine(), { recording: what, options: { ...OPTIONS, image: testImage('python') }, tools: toolFolders(root) });

describe('a checkout of SWE-agent', () => {
  it('has its own tools run, and says what they would install', async () => {
    const root = checkout(BUNDLE);
    const what = recording('1.1.0', 'hello you');
    const facts = await run(what, root);
    expect(facts.turns[0]?.observation).toBe('hello from the checkout you 1 twice\n');
    expect(facts.problems).toContain(
      'The bundle "hello" runs `pip install nothing-of-that-name`, and a replay has no network: what the image lacks of it is missing.',
    );
    const before = await preflight(null, what, { ...OPTIONS, image: null }, toolFolders(root));
    expect(before.tools).toEqual([
      { name: 'registry', known: true },
      { name: 'hello', known: true },
    ]);
    expect((await preflight(null, what, { ...OPTIONS, image: null }, toolFolders())).tools[1]).toEqual({ name: 'hello', known: false });
  });

  it('of another version is said in a sentence', async () => {
    const facts = await run(recording('1.0.1', 'hello you'), checkout(BUNDLE));
    expect(facts.problems).toContain(
      'The episode was made with SWE-agent 1.0.1, the checkout is 1.1.0: its tools may print something else.',
    );
  });

  it('that is none, or of the other generation, ends in a sentence', async () => {
    await expect(run(recording('1.1.0', 'ls'), '/nowhere')).rejects.toThrow(
      '/nowhere is no checkout of SWE-agent: it holds neither tools nor config/commands.',
    );
    await expect(run(recording('0.7', 'ls'), checkout(BUNDLE))).rejects.toThrow(
      'The SWE-agent checkout, version 1.1.0, has no config/commands, which an episode of SWE-agent 0.7 needs: check out that version.',
    );
  });

  it('before 1.0 needs what its commands call', async () => {
    const root = checkout({
      'sweagent/__init__.py': '__version__ = "0.7.0"\n',
      'config/commands/defaults.sh': 'open() { echo "opened $1"; }\n',
    });
    await expect(run(recording('0.7', 'open x'), root)).rejects.toThrow("SWE-agent's own 0.x commands need jq and flake8");
    const before = await preflight(null, recording('0.7', 'open x'), { ...OPTIONS, image: null }, toolFolders(root));
    expect(before.tools.find(({ name }) => name === 'defaults.sh')).toEqual({ name: 'defaults.sh', known: true });
    expect(before.problems.join('\n')).toContain('The command file "search.sh" is not known');
  });
});

const FLAKE8 = String.raw`printf '#!/bin/sh\nexec python3 -m flake8 "$@"\n' > /usr/local/bin/flake8 && chmod +x /usr/local/bin/flake8`;

/** A real checkout at v1.0.1: the nearest release to the tools of the three episodes with function calls in the corpus. */
const REAL_CHECKOUT = process.env['TURNPIKE_SWE_AGENT'];
const FOLDER = join(CORPUS, 'swe-agent/mit__SWE-agent');
const FILES = existsSync(FOLDER) ? readdirSync(FOLDER).filter((name) => name.startsWith('demo__mm1867-function_calling')) : [];

/**
 * Turns that come out otherwise: `pip install -e .[dev]` without a network (2), and an answer of `edit` whose wording changed
 * between the months before 1.0, when these episodes were made, and the release.
 */
const EXPLAINED: Readonly<Record<string, readonly number[]>> = { replace__install: [6, 7], from_source: [2, 10] };

// Nothing of SWE-agent is shipped: this part is there for whoever has a checkout.
if (REAL_CHECKOUT !== undefined)
  describe('SWE-agent’s own tools, at TURNPIKE_SWE_AGENT', () => {
    it.each(FILES)('give what %s recorded', async (file) => {
      const recorded = await recordingOfFile(join(FOLDER, file));
      const { env, ...rest } = recorded.configuration as { readonly env: object };
      const facts = await replay(await connectToTestEngine(), {
        // Debian's package of flake8 without its program, which the bundles' `pip install` brought.
        recording: { ...recorded, configuration: { ...rest, env: { ...env, post_startup_commands: [FLAKE8] } } },
        options: { ...OPTIONS, image: testImage('installed'), repository: { directory: marshmallow(), commit: 'mm1867' } },
        tools: toolFolders(REAL_CHECKOUT),
      });
      console.info(file, classes(facts));
      const diverged = facts.turns.filter(({ divergence }) => divergence !== null && REAL.has(divergence.class));
      expect(diverged.map(({ index }) => index)).toEqual(Object.entries(EXPLAINED).find(([part]) => file.includes(part))?.[1] ?? []);
    });
  });
