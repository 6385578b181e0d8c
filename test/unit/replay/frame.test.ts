import { spawnSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bashFrame, FrameReader, scriptFrame, type Ended, type Frame } from '../../../server/replay/shell/frame';

/** What a real bash prints for a frame. */
function inBash({ script, mark }: Frame, shell = 'bash', limit = 1_000_000): Ended | null {
  const { stdout } = spawnSync(shell, [], { input: script, env: { PATH: process.env['PATH'], HOME: '/root' }, cwd: '/' });
  return new FrameReader(mark, limit).push(stdout);
}

const ran = (command: string): { readonly text: string; readonly code: number; readonly cwd: string } | null => {
  const ended = inBash(bashFrame(command, 'nothing'));
  return ended === null ? null : { text: ended.printed.text, code: ended.exitCode, cwd: ended.cwd };
};

describe('a framed command', () => {
  it.each([
    ['quotes and dollars', `echo 'a "b" $HOME' "\\$x" \\\\`, 'a "b" $HOME $x \\\n'],
    ['a here-document', "cat <<'EOF'\nit's `x` $y\n\ttab\nEOF", "it's `x` $y\n\ttab\n"],
    ['no line end at the end', 'printf abc', 'abc'],
    ['several lines', 'a=1\nb=2\necho $((a + b))', '3\n'],
    ['characters that a terminal acts on', "printf '%s' 'a\u0003b\u0004c\td' | od -An -c | tr -d ' \\n'", 'a003b004c\\td'],
    ['UTF-8', 'echo naïve 日本 🙂', 'naïve 日本 🙂\n'],
    ['a comment at the end', 'echo x # comment', 'x\n'],
    ['both streams', 'echo out; echo err >&2', 'out\nerr\n'],
  ])('holds %s', (_name, command, text) => {
    expect(ran(command)).toEqual({ text, code: 0, cwd: '/' });
  });

  it('says the exit code and the directory', () => {
    expect(ran('cd /tmp; false')).toEqual({ text: '', code: 1, cwd: '/tmp' });
    expect(ran('(exit 42)')?.code).toBe(42);
    expect(ran("mkdir -p '/tmp/turnpike frame/new\nline' && cd '/tmp/turnpike frame/new\nline'")?.cwd).toBe(
      '/tmp/turnpike frame/new\nline',
    );
  });

  it('survives a syntax error, and reads nothing from the script', () => {
    expect(ran('if then')).toMatchObject({ code: 2 });
    expect(ran('cat')).toMatchObject({ text: '', code: 0 });
  });

  it('lists what is exported', () => {
    expect(inBash(bashFrame('export TURNPIKE_X="a b"', 'nothing'))?.exported).toContain('TURNPIKE_X="a b"');
  });

  it('never ends where the shell does', () => {
    expect(ran('exit 3')).toBeNull();
  });

  it('is not ended by an old mark', () => {
    const old = bashFrame('true', 'nothing').mark;
    expect(ran(`printf '\\036${old} 0 /\\036'; echo after`)?.text).toContain('after');
  });

  it('carries any text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (text) => {
        const plain = text.replaceAll('\0', '').toWellFormed();
        const quoted = `'${plain.replaceAll("'", String.raw`'\''`)}'`;
        expect(ran(`printf %s ${quoted}`)?.text).toBe(plain);
      }),
      { numRuns: 40 },
    );
  });
});

describe('our own scripts', () => {
  it('run in any POSIX shell', () => {
    expect(inBash(scriptFrame('cd /tmp && echo "$PWD"; false'), 'sh')).toMatchObject({
      exitCode: 1,
      cwd: '/tmp',
      printed: { text: '/tmp\n' },
    });
  });
});

describe('the reader', () => {
  const mark = 'T0123';
  const whole = Buffer.from(`some output\n\u001e${mark} 7 /work dir\u001eexport A="1"\n\u001e${mark}\u001erest`);

  it('finds the end wherever the chunks are cut', () => {
    for (let cut = 1; cut < whole.length - 4; cut++) {
      const reader = new FrameReader(mark, 100);
      const ended = reader.push(whole.subarray(0, cut)) ?? reader.push(whole.subarray(cut));
      expect(ended).toMatchObject({
        exitCode: 7,
        cwd: '/work dir',
        exported: 'export A="1"\n',
        printed: { text: 'some output\n', truncated: false },
      });
    }
  });

  it('finds it byte by byte', () => {
    const reader = new FrameReader(mark, 100);
    const results = [...whole].map((byte) => reader.push(Buffer.from([byte])));
    expect(results.filter((ended) => ended !== null)[0]).toMatchObject({ exitCode: 7 });
  });

  it('keeps no more than its limit, and counts the rest', () => {
    expect(new FrameReader(mark, 4).push(whole)?.printed).toEqual({ text: 'some', bytes: 12, truncated: true });
  });

  it('gives what came when the end never does', () => {
    const reader = new FrameReader(mark, 100);
    expect(reader.push(Buffer.from('half of it'))).toBeNull();
    expect(reader.abandon()).toEqual({ text: 'half of it', bytes: 10, truncated: false });
  });
});
