/** What is found of an image and an engine without running anything. */
import { createHash } from 'node:crypto';
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { Readable } from 'node:stream';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { preflight, replay, toolFolders, type Connection, type Preflight, type Recording } from '../../server/replay/index';
import { connectToTestEngine, marshmallow, testImage } from './support';

const folder = mkdtempSync(join(tmpdir(), 'turnpike-preflight-'));
let connection: Connection;
const made: string[] = [];

beforeAll(async () => {
  connection = await connectToTestEngine();
});

afterAll(async () => {
  for (const name of made) await connection.docker.getImage(name).remove({ force: true });
  rmSync(folder, { recursive: true, force: true });
});

/** An image of the given files, for whichever machine: an engine keeps those too. */
async function image(name: string, files: Record<string, string>, config: Record<string, unknown>): Promise<string> {
  const work = mkdtempSync(join(folder, 'image-'));
  const layer = join(work, 'layer');
  for (const [path, text] of Object.entries({ 'etc/motd': '', ...files })) {
    mkdirSync(join(layer, path, '..'), { recursive: true });
    writeFileSync(join(layer, path), text);
  }
  execFileSync('tar', ['-C', layer, '-cf', join(work, 'layer.tar'), '.']);
  const digest = createHash('sha256')
    .update(readFileSync(join(work, 'layer.tar')))
    .digest('hex');
  const tag = `turnpike-test-preflight:${name}`;
  writeFileSync(
    join(work, 'config.json'),
    JSON.stringify({
      os: 'linux',
      architecture: 'amd64',
      config: {},
      rootfs: { type: 'layers', diff_ids: [`sha256:${digest}`] },
      ...config,
    }),
  );
  writeFileSync(join(work, 'manifest.json'), JSON.stringify([{ Config: 'config.json', RepoTags: [tag], Layers: ['layer.tar'] }]));
  const archive = execFileSync('tar', ['-C', work, '-cf', '-', 'manifest.json', 'config.json', 'layer.tar']);
  const loading = await connection.docker.loadImage(Readable.from([archive]), {});
  await new Promise((done) => loading.once('end', done).resume());
  made.push(tag);
  return tag;
}

const recording = (repo: Record<string, unknown>, version = '1.1.0'): Recording => ({
  hash: '',
  format: 'swe-agent',
  version,
  instance: null,
  configuration: { env: { repo } },
  problemStatement: null,
  submission: null,
  exitStatus: null,
  turns: [
    {
      index: 0,
      executed: true,
      commands: [{ action: 'pwd && git log --oneline | wc -l', observation: null, clipped: false, exitCode: null, timedOut: false }],
      state: null,
    },
    {
      index: 1,
      executed: true,
      commands: [{ action: 'rm -rf .git * && touch gone', observation: null, clipped: false, exitCode: null, timedOut: false }],
      state: null,
    },
  ],
});

const options = { repository: null, limits: {}, until: null, runtime: null, tests: null };
const look = (name: string, more = {}): Promise<Preflight> =>
  preflight(connection, recording({ repo_name: 'testbed' }), { ...options, image: name, ...more }, toolFolders());

describe('preflight', () => {
  it('finds shell, tools, interpreter with its version and the folder, and leaves no container', async () => {
    const before = await connection.docker.listContainers({ all: true });
    const { inside, problems } = await look(testImage('python'));
    expect(inside?.platform).toBe('linux/amd64');
    expect(inside?.programs).toContainEqual({ name: 'python3', path: '/usr/bin/python3', version: '3.11' });
    expect(inside?.programs.map(({ path }) => path)).not.toContain(null);
    expect(problems).toEqual(['The image has no /testbed, where the episode worked: put the repository there with --repo and --base.']);
    const after = await connection.docker.listContainers({ all: true, filters: { ancestor: [testImage('python')], status: ['created'] } });
    expect(after.filter(({ Id }) => before.every((known) => known.Id !== Id))).toEqual([]);
  });

  it('says what an image lacks', async () => {
    const { inside, problems } = await look(await image('bare', { 'testbed/a.py': '' }, {}));
    expect(inside?.paths).toEqual({ '/testbed': true, '/testbed/.git': false });
    expect(problems).toEqual([
      'The image has no sh: nothing can be replayed in it.',
      'The image has no bash, in which the recorded commands ran.',
      'The image has no python3, which the agent’s tools are written in: turns that call them will diverge.',
      'The image has no git: the repository’s state after each turn will not be known.',
      '/testbed in the image is no git repository: its state after each turn will not be known.',
    ]);
  });

  it('follows the image’s own PATH, and no other', async () => {
    const files = { 'opt/env/bin/python3': '', 'usr/bin/bash': '', 'bin/sh': '', 'x/git': '' };
    const { inside } = await look(
      await image('path', files, { config: { Env: ['PATH=/opt/env/bin:/bin:../x:/usr/bin'], Volumes: { '/data': {} } } }),
    );
    expect(Object.fromEntries(inside!.programs.map(({ name, path }) => [name, path]))).toEqual({
      sh: '/bin/sh',
      bash: '/usr/bin/bash',
      git: null,
      python3: '/opt/env/bin/python3',
    });
    expect(inside?.volumes).toEqual(['/data']);
  });

  it('tells an image for another processor or system, a runtime that is not there, and a disk that is too small', async () => {
    const foreign = await look(await image('arm', {}, { architecture: 'arm64' }));
    expect(foreign.problems[0]).toMatch(/^The image is for arm64 and the engine runs on amd64: it needs emulation/);
    const wanting = await look(testImage('python'), { runtime: 'runsc', limits: { diskBytes: 2 ** 60 } });
    expect(wanting.problems.join('\n')).toContain('no runtime "runsc"');
    expect(wanting.problems.join('\n')).toMatch(/disk has [\d.]+ GiB left/);
  });
});

/** Every path with its kind, times and content: whatever a run could change. */
function fingerprint(root: string): string {
  const hash = createHash('sha256');
  for (const entry of readdirSync(root, { recursive: true, withFileTypes: true }).sort((a, b) =>
    join(a.parentPath, a.name) < join(b.parentPath, b.name) ? -1 : 1,
  )) {
    const path = join(entry.parentPath, entry.name);
    hash.update(`${relative(root, path)} ${entry.isSymbolicLink() ? '' : `${statSync(path).mode} ${statSync(path).mtimeMs}`}\n`);
    if (entry.isSymbolicLink()) hash.update(readlinkSync(path));
    else if (entry.isFile()) hash.update(readFileSync(path));
  }
  return hash.digest('hex');
}

it('puts a clone where the episode had it, and leaves the clone as it is', async () => {
  const clone = join(folder, 'clone');
  execFileSync('git', ['clone', '-q', '-b', 'mm1867', marshmallow(), clone]);
  const commit = execFileSync('git', ['-C', marshmallow(), 'rev-parse', 'mm1867'], { encoding: 'utf8' }).trim();
  writeFileSync(join(clone, 'of-mine.txt'), 'not committed');
  const before = fingerprint(clone);
  const facts = await replay(connection, {
    recording: recording({ github_url: 'https://github.com/marshmallow-code/marshmallow' }),
    options: { ...options, image: testImage('python'), repository: { directory: clone, commit } },
    tools: toolFolders(),
  });
  expect(facts.cwd).toBe('/marshmallow-code__marshmallow');
  const [where, commits] = facts.turns[0]!.observation!.trim().split('\n');
  expect(where).toBe('/marshmallow-code__marshmallow');
  expect(Number(commits)).toBe(Number(execFileSync('git', ['-C', clone, 'rev-list', '--count', commit], { encoding: 'utf8' })));
  expect(fingerprint(clone)).toBe(before);
});
