import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { findEndpoint, NoEngine, type Recording } from '../../../server/replay/index';
import { clientOf } from '../../../server/replay/docker/connect';
import { sshArguments } from '../../../server/replay/docker/ssh';
import { createOptions, DEFAULT_LIMITS } from '../../../server/replay/docker/container';
import { candidates } from '../../../server/replay/docker/image';
import { guarded } from '../../../server/replay/runtime/guard';
import { changedFiles } from '../../../server/replay/tree';

const home = mkdtempSync(join(tmpdir(), 'turnpike-home-'));

describe('the engine', () => {
  it('is the one that DOCKER_HOST names', () => {
    expect(findEndpoint({ DOCKER_HOST: 'tcp://10.0.0.1:2375' }, home)).toEqual({
      host: 'tcp://10.0.0.1:2375',
      source: 'DOCKER_HOST',
      tls: null,
    });
  });

  it('is reached over TLS with the keys beside it', () => {
    const keys = mkdtempSync(join(tmpdir(), 'turnpike-keys-'));
    for (const name of ['ca', 'cert', 'key']) writeFileSync(join(keys, `${name}.pem`), name);
    const endpoint = findEndpoint({ DOCKER_HOST: 'tcp://far:2376', DOCKER_TLS_VERIFY: '1', DOCKER_CERT_PATH: keys }, home);
    expect(endpoint.tls?.key?.toString()).toBe('key');
    expect(clientOf(endpoint).modem).toMatchObject({ protocol: 'https', host: 'far', port: 2376 });
  });

  it('is that of the current context', () => {
    const folder = join(home, '.docker/contexts/meta', createHash('sha256').update('far').digest('hex'));
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'meta.json'), JSON.stringify({ Name: 'far', Endpoints: { docker: { Host: 'ssh://me@far:2222' } } }));
    writeFileSync(join(home, '.docker/config.json'), JSON.stringify({ currentContext: 'far' }));
    const endpoint = findEndpoint({}, home);
    expect(endpoint).toMatchObject({ host: 'ssh://me@far:2222', source: 'Docker context "far"' });
    expect(sshArguments(new URL(endpoint.host)).slice(-6)).toEqual(['me', '-p', '2222', '--', 'far', 'docker system dial-stdio']);
    expect(() => findEndpoint({ DOCKER_CONTEXT: 'gone' }, home)).toThrow(NoEngine);
    expect(() => findEndpoint({ DOCKER_CONTEXT: 'gone' }, home)).toThrow(/docker context use/);
  });

  it('refuses an address of no known kind with a sentence', () => {
    expect(() => clientOf({ host: 'ftp://x', source: 'DOCKER_HOST', tls: null })).toThrow(/no address of an engine/);
    expect(() => clientOf({ host: 'nonsense', source: 'DOCKER_HOST', tls: null })).toThrow(NoEngine);
  });
});

const recording = (instance: string | null): Recording => ({
  hash: '',
  format: 'swe-agent',
  version: '1.1.0',
  instance,
  configuration: null,
  problemStatement: null,
  submission: null,
  exitStatus: null,
  turns: [],
});

describe('the image', () => {
  const names = (instance: string | null, recorded: string | null, asked: string | null = null): string[] =>
    candidates(recording(instance), recorded, asked).map(({ name }) => name);

  it('is the one asked for, and no other', () => {
    expect(names('a__b-1', 'x', 'mine')).toEqual(['mine']);
  });

  it('is the recorded one, then SWE-bench’s', () => {
    expect(names('Marshmallow-code__marshmallow-1867', 'docker.io/me/x:1')).toEqual([
      'docker.io/me/x:1',
      'me/x:1',
      'swebench/sweb.eval.x86_64.marshmallow-code_1776_marshmallow-1867:latest',
      'sweb.eval.x86_64.marshmallow-code__marshmallow-1867:latest',
    ]);
  });

  it('has no name where the file tells none', () => {
    expect(names('my own task', null)).toEqual([]);
    expect(names(null, null)).toEqual([]);
  });
});

describe('the container', () => {
  it('has no network, few capabilities and no new privileges', () => {
    const { HostConfig, NetworkDisabled } = createOptions({ image: 'x', limits: DEFAULT_LIMITS, env: {}, runtime: null, owner: 'me' });
    expect(NetworkDisabled).toBe(true);
    expect(HostConfig).toMatchObject({
      NetworkMode: 'none',
      CapDrop: ['ALL'],
      SecurityOpt: expect.arrayContaining(['no-new-privileges']) as unknown,
      PidsLimit: DEFAULT_LIMITS.pids,
      Memory: DEFAULT_LIMITS.memoryBytes,
      MemorySwap: DEFAULT_LIMITS.memoryBytes,
    });
    expect(HostConfig).not.toHaveProperty('Binds');
    expect(HostConfig?.Privileged).toBeUndefined();
  });
});

describe('the guard of 1.x', () => {
  const endings = { edit: 'end_of_edit' };

  it('makes a here-document of a tool’s text', () => {
    expect(guarded('edit 1:2\nx\nend_of_edit', endings)).toBe("edit 1:2 << 'end_of_edit'\nx\nend_of_edit");
  });

  it('leaves alone what has one, what has no end, and other commands', () => {
    const done = "edit 1:2 << 'end_of_edit'\nx\nend_of_edit";
    expect(guarded(done, endings)).toBe(done);
    expect(guarded('edit 1:2\nx', endings)).toBe('edit 1:2\nx');
    expect(guarded('ls -la', endings)).toBe('ls -la');
  });

  it.each([
    ['cd src\nedit 1:3\nx\nend_of_edit', "cd src\n\n3 << 'end_of_edit'\nx\nend_of_edit"],
    ['edit 1:2\nx\nend_of_edit\nls', "edit 1:2 << 'end_of_edit'\nx\nend_of_edit\n\nls"],
    ['\nedit 1:2\nx\nend_of_edit', " << 'end_of_edit'\nedit 1:2\nx\nend_of_edit"],
    [
      'edit 1:1\na\nend_of_edit\nedit 2:2\nb\nend_of_edit',
      "edit 1:1 << 'end_of_edit'\na\nend_of_edit\n << 'end_of_edit'\nedit 2:2\nb\nend_of_edit",
    ],
  ])('keeps the original’s defect where a block begins further on: %j', (action, run) => {
    // Outputs of SWE-agent v1.1.0's own _guard_multiline_input.
    expect(guarded(action, endings)).toBe(run);
  });
});

describe('changed files', () => {
  it('are read with their states, whatever their names hold', () => {
    expect(changedFiles('A\0new file\0M\0a\nb.py\0D\0gone\0')).toEqual([
      { path: 'new file', status: 'added' },
      { path: 'a\nb.py', status: 'modified' },
      { path: 'gone', status: 'deleted' },
    ]);
    expect(changedFiles('')).toEqual([]);
  });
});
