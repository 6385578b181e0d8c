import { describe, expect, test } from 'vitest';
import { type ChannelHost, PageChannel } from '../../../extension/channel';
import { methods, type PageAction, type ToPage } from '../../../server/protocol/index';

function setUp(request: ChannelHost['request'] = () => Promise.resolve('answer')) {
  const posted: ToPage[] = [];
  const asked: { method: string; params: unknown; signal: AbortSignal }[] = [];
  const acts: PageAction[] = [];
  const channel = new PageChannel(
    { post: (m) => posted.push(m) },
    {
      request: (method, params, signal) => {
        asked.push({ method, params, signal });
        return request(method, params, signal);
      },
      act: (a) => acts.push(a),
      hello: () => ({ t: 'hello', uri: 'file:///a.traj', attempt: null, turn: 3, sample: false }),
    },
  );
  return { channel, posted, asked, acts };
}
const settle = () => new Promise((r) => setImmediate(r));
const ROWS = methods.rows.method;

describe('the page channel', () => {
  test('keeps messages until the page is ready, the newest of each kind, after hello', () => {
    const { channel, posted } = setUp();
    channel.post({ t: 'changed', revision: 1, stale: null });
    channel.post({ t: 'select', attempt: 0, turn: 5 });
    channel.post({ t: 'changed', revision: 2, stale: null });
    expect(posted).toEqual([]);
    channel.receive({ t: 'ready' });
    expect(posted.map((m) => m.t)).toEqual(['hello', 'select', 'changed']);
    expect(posted[2]).toEqual({ t: 'changed', revision: 2, stale: null });
  });

  test('forwards the requests of the protocol and no other', async () => {
    const { channel, posted, asked } = setUp();
    channel.receive({ t: 'ready' });
    channel.receive({ t: 'request', id: 1, method: ROWS, params: { from: 0, to: 2 } });
    for (const method of [methods.allowModule.method, methods.settings.method, 'shutdown', 'workspace/executeCommand'])
      channel.receive({ t: 'request', id: 2, method, params: {} });
    await settle();
    expect(asked.map((a) => a.method)).toEqual([ROWS]);
    expect(posted.filter((m) => m.t === 'error')).toHaveLength(4);
    expect(posted).toContainEqual({ t: 'result', id: 1, result: 'answer' });
  });

  test('cancels what the page gives up', async () => {
    const { channel, asked, posted } = setUp(
      (_m, _p, signal) => new Promise((_, reject) => signal.addEventListener('abort', () => reject(new Error('aborted')))),
    );
    channel.receive({ t: 'ready' });
    channel.receive({ t: 'request', id: 7, method: ROWS, params: {} });
    channel.receive({ t: 'cancel', id: 7 });
    await settle();
    expect(asked[0]?.signal.aborted).toBe(true);
    expect(posted.at(-1)).toEqual({ t: 'error', id: 7, message: 'Cancelled.' });
  });

  test('a reloaded page gets a new hello and no answer of the old one', async () => {
    let answer: (v: unknown) => void = () => undefined;
    const { channel, posted, asked } = setUp(() => new Promise((r) => (answer = r)));
    channel.receive({ t: 'ready' });
    channel.receive({ t: 'request', id: 1, method: ROWS, params: {} });
    channel.receive({ t: 'ready' });
    answer('late');
    await settle();
    expect(asked[0]?.signal.aborted).toBe(true);
    expect(posted.map((m) => m.t)).toEqual(['hello', 'hello']);
  });

  test('an error of the server arrives as a sentence', async () => {
    const { channel, posted } = setUp(() => Promise.reject(new Error('The file is gone.')));
    channel.receive({ t: 'ready' });
    channel.receive({ t: 'request', id: 1, method: ROWS, params: {} });
    await settle();
    expect(posted.at(-1)).toEqual({ t: 'error', id: 1, message: 'The file is gone.' });
  });

  test.each([
    null,
    undefined,
    3,
    'x',
    [],
    {},
    { t: 'request' },
    { t: 'request', id: 'a', method: 3 },
    { t: 'do' },
    { t: 'do', action: null },
    { t: 'do', action: {} },
  ])('ignores %j', async (message) => {
    const { channel, posted, asked, acts } = setUp();
    channel.receive(message);
    await settle();
    expect([posted, asked, acts]).toEqual([[], [], []]);
  });

  test('says nothing after it is disposed', async () => {
    const { channel, posted } = setUp();
    channel.receive({ t: 'ready' });
    channel.receive({ t: 'request', id: 1, method: ROWS, params: {} });
    channel.dispose();
    await settle();
    channel.post({ t: 'changed', revision: 1, stale: null });
    expect(posted.map((m) => m.t)).toEqual(['hello']);
  });
});
