/** A run as a shell script: it needs docker and nothing of Turnpike but its tools, and prints what was recorded. */
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, describe, expect, inject, it } from 'vitest';
import { compare, REAL, scriptOf, toolFolders, type Recording } from '../../server/replay/index';
import { CORPUS, connectToTestEngine, marshmallow, recordingOfFile, testImage } from './support';

const SWE_AGENT = join(CORPUS, 'swe-agent/mit__SWE-agent');
const EPISODES = [
  { name: 'SWE-agent 1.0', file: join(SWE_AGENT, 'demo__mm1867-function_calling__install-1__869aa18f.traj'), commit: 'mm1867', until: 5 },
  {
    name: 'SWE-agent 0.x',
    file: join(SWE_AGENT, 'demo__mm1867-default_sys-env_window100__t-0.20__p-0.95__c-2.00__install-1__6bf9ff77.traj'),
    commit: 'mm1867',
    until: 4,
  },
  {
    name: 'mini-swe-agent',
    file: join(CORPUS, 'mini-swe-agent/mit__mini-swe-agent/pr__deepseek_lite_dev__marshmallow-code__marshmallow-1343__91568b.traj.json'),
    commit: 'mm1343',
    until: 4,
  },
];

describe('a run as a shell script', () => {
  const folder = mkdtempSync(join(tmpdir(), 'turnpike-script-'));
  afterAll(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  const run = (script: string): Promise<{ readonly code: number; readonly out: string; readonly complaint: string }> => {
    const path = join(folder, 'run.sh');
    writeFileSync(path, script);
    const env = { ...process.env, DOCKER_HOST: inject('engine').host, TOOLS: resolve('server/replay/tools') };
    return new Promise((done) => {
      execFile('sh', [path], { env, maxBuffer: 1 << 26, timeout: 240_000 }, (error, out, complaint) => {
        done({ code: error === null ? 0 : Number(error.code), out, complaint });
      });
    });
  };

  it.each(EPISODES)('runs $name as it was recorded', async ({ name, file, commit, until }) => {
    const recording = await recordingOfFile(file);
    const image = testImage(name === 'mini-swe-agent' ? 'marshmallow' : 'installed');
    const options = { image, repository: { directory: marshmallow(), commit }, limits: {}, until, runtime: null, tests: null };
    const { code, out, complaint } = await run(await scriptOf(recording, options, toolFolders()));
    expect({ code, complaint }).toEqual({ code: 0, complaint: '' });
    const shown = out
      .replaceAll('\r\n', '\n')
      .split(/^── turn \d+ ──\n/m)
      .slice(1);
    expect(shown).toHaveLength(until + 1);
    for (const [index, text] of shown.entries()) {
      const command = recording.turns[index]!.commands[0]!;
      const observation = text.replace(/\n?── exit code \d+\n/, '').replace(/\n$/, '');
      const { class: kind, first } = compare(
        { ...command, exitCode: null },
        { observation, exitCode: null, timedOut: false, truncated: false },
      );
      expect([index, REAL.has(kind) ? first : null]).toEqual([index, null]);
    }
    const { docker } = await connectToTestEngine();
    const left = await docker.listContainers({ all: true, filters: { ancestor: [image] } });
    expect(left.filter(({ Labels }) => Object.keys(Labels).length === 0)).toEqual([]);
  });

  it('holds hostile text: nothing of it ends a here-document or reaches a shell of the host', async () => {
    const action = `printf '%s\\n' "it's"\nEOF\n'EOF'\nprintf 'two \\\\ %s' '$(id)' "$HOME" \`echo back\``;
    const recording: Recording = {
      ...(await recordingOfFile(EPISODES[2]!.file)),
      instance: 'x\ntouch /tmp/owned; $(touch /tmp/owned)',
      turns: [
        {
          index: 0,
          executed: true,
          commands: [{ action, observation: null, clipped: false, exitCode: null, timedOut: false }],
          state: null,
        },
      ],
    };
    const options = { image: testImage('python'), repository: null, limits: {}, until: null, runtime: null, tests: null };
    const script = await scriptOf(recording, options, toolFolders());
    expect(script.split('\n').filter((line) => line.includes('touch'))).toEqual([expect.stringMatching(/^# /)]);
    const { out } = await run(script.replace(/-w '[^']*'/, '-w /root'));
    expect(out).toContain("it's\n");
    expect(out).toContain('two \\ $(id)');
  });
});
