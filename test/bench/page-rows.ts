import type { CDPSession, Frame } from 'playwright-core';
import { openHost, type Host } from '../host/index';
import { blankFrames } from './blank';
import { ms, percentile, type Row } from './table';

/** The frame of the inspector's page. */
async function pageFrame(host: Host): Promise<Frame> {
  for (const frame of host.page.frames()) {
    if (
      (await frame
        .locator('[data-testid=turn-list]')
        .count()
        .catch(() => 0)) > 0
    )
      return frame;
  }
  throw new Error('the inspector has no turn list');
}

interface Work {
  /** Processor time of the renderer's main thread: what other programs take meanwhile is not in it. */
  readonly cpu: number;
  readonly script: number;
  readonly style: number;
  readonly layout: number;
}

/** Milliseconds of the renderer's main thread so far. */
async function work(cdp: CDPSession): Promise<Work> {
  const { metrics } = await cdp.send('Performance.getMetrics');
  const of = (wanted: string): number => (metrics.find(({ name }) => name === wanted)?.value ?? Number.NaN) * 1000;
  return { cpu: of('ThreadTime'), script: of('ScriptDuration'), style: of('RecalcStyleDuration'), layout: of('LayoutDuration') };
}

/** What one of `count` steps took. */
const each = (from: Work, to: Work, count: number): Work => ({
  cpu: (to.cpu - from.cpu) / count,
  script: (to.script - from.script) / count,
  style: (to.style - from.style) / count,
  layout: (to.layout - from.layout) / count,
});
const parts = ({ script, style, layout }: Work): string => `script ${ms(script)}, style ${ms(style)}, layout ${ms(layout)} on the clock`;

interface Moves {
  /** Milliseconds from the input event until the frame that shows its effect is handed to the compositor. */
  readonly frames: number[];
  /** Milliseconds of the event itself. */
  readonly events: number[];
  /** Answers of the server that arrived meanwhile. */
  readonly answers: number;
  readonly states: number;
}

/** Moves the threshold across all its range, a move a frame, in the page. */
const moveThreshold = (frame: Frame, count: number): Promise<Moves> =>
  frame.evaluate(async (times) => {
    const slider = document.querySelector<HTMLInputElement>('input[type=range][data-testid^="threshold-"]');
    if (!slider) throw new Error('the page has no threshold slider');
    let answers = 0;
    const count = (event: MessageEvent<{ t?: string } | null>): void => {
      if (event.data?.t === 'result') answers++;
    };
    window.addEventListener('message', count);
    const frames: number[] = [];
    const events: number[] = [];
    const states = new Set<string>();
    const low = Number(slider.min);
    const high = Number(slider.max);
    for (let i = 0; i < times; i++) {
      await new Promise<void>((done) => {
        requestAnimationFrame(() => {
          const began = performance.now();
          slider.value = String(low + ((high - low) * ((i * 37) % times)) / times);
          slider.dispatchEvent(new Event('input', { bubbles: true }));
          events.push(performance.now() - began);
          // a message posted in a frame is handled after that frame's layout and paint
          const { port1, port2 } = new MessageChannel();
          port1.onmessage = () => {
            frames.push(performance.now() - began);
            states.add(document.querySelector('.slider')?.getAttribute('data-state') ?? '');
            setTimeout(done, 30);
          };
          port2.postMessage(0);
        });
      });
    }
    window.removeEventListener('message', count);
    return { frames, events, answers, states: states.size };
  }, count);

/** Scrolls the turn list from end to end in the page, a step a frame; what stands in each frame after its paint. */
const scrollByScript = (frame: Frame, count: number): Promise<{ frames: number[]; blank: number; sampled: number; waiting: number }> =>
  frame.evaluate(async (times) => {
    const list = document.querySelector('[data-testid=turn-list]');
    if (!list) throw new Error('the page has no turn list');
    const frames: number[] = [];
    let blank = 0;
    let sampled = 0;
    let waiting = 0;
    list.scrollTop = 0;
    const step = (list.scrollHeight - list.clientHeight) / times;
    for (let i = 1; i <= times; i++) {
      await new Promise<void>((done) => {
        // A scroll is told to the page at the start of the next frame, as a person's is: so not from inside a frame.
        setTimeout(() => {
          const began = performance.now();
          list.scrollTop = step * i;
          requestAnimationFrame(() => {
            const { port1, port2 } = new MessageChannel();
            port1.onmessage = () => {
              frames.push(performance.now() - began);
              const box = list.getBoundingClientRect();
              for (let y = box.top + 12; y < Math.min(box.bottom, window.innerHeight) - 12; y += 40) {
                sampled++;
                const line = document.elementFromPoint(box.left + 40, y)?.closest('[role=option]');
                if (!line?.textContent) blank++;
                else if (line.getAttribute('data-loaded') !== 'true') waiting++;
              }
              done();
            };
            port2.postMessage(0);
          });
        }, 0);
      });
    }
    return { frames, blank, sampled, waiting };
  }, count);

export async function gateAndScrollRows(file: string): Promise<Row[]> {
  const host = await openHost({ files: { 'long.traj': { from: file } }, open: 'long.traj' });
  try {
    await host.inspector().locator('[role=option][data-loaded=true]').first().waitFor({ timeout: 60_000 });
    const frame = await pageFrame(host);
    const cdp = await host.context.newCDPSession(host.page);
    await cdp.send('Performance.enable');

    await moveThreshold(frame, 20);
    const from = await work(cdp);
    const moves = await moveThreshold(frame, 120);
    const move = each(from, await work(cdp), moves.frames.length);
    const p95 = percentile(moves.frames, 95);
    await host.screenshot('bench-10000-gate');

    const scrollFrom = await work(cdp);
    const scrolled = await scrollByScript(frame, 600);
    const scroll = each(scrollFrom, await work(cdp), scrolled.frames.length);
    const wheel = await blankFrames(host, frame, cdp);
    await host.screenshot('bench-10000-scroll');

    return [
      {
        row: 'move the gate threshold over 10,000 turns',
        budget: '≤ 16 ms, in the webview, no request',
        met: p95 <= 16 && moves.answers === 0,
        measured: `p95 ${ms(p95)} from the input to the painted frame; main thread ${ms(move.cpu)} of processor time a move; ${moves.answers} requests`,
        notes: [
          `${moves.frames.length} moves over the whole range, ${moves.states} gate states seen: p50 ${ms(percentile(moves.frames, 50))}, max ${ms(Math.max(...moves.frames))}; the event alone p95 ${ms(percentile(moves.events, 95))}`,
          `${parts(move)}; software rendering (no GPU) in headless Chromium`,
        ],
        data: { moves, move },
      },
      {
        row: 'scroll 10,000 turns',
        budget: 'nothing blank in sampled frames; main-thread time per frame printed',
        met: scrolled.blank === 0 && wheel.blank === 0 && wheel.frames > 0,
        measured: `${scrolled.blank} of ${scrolled.sampled} sampled places blank in ${scrolled.frames.length} frames; by the wheel ${wheel.blank} of ${wheel.frames} painted frames with a blank row; main thread ${ms(scroll.cpu)} of processor time a frame`,
        notes: [
          `whole list in ${scrolled.frames.length} frames, ${Math.round(10_000 / scrolled.frames.length)} turns a frame: p50 ${ms(percentile(scrolled.frames, 50))}, p95 ${ms(percentile(scrolled.frames, 95))} from the scroll to the painted frame; ${parts(scroll)}`,
          `${scrolled.waiting} sampled places showed number and reward while their texts were still on the way`,
          `wheel: ${wheel.scrolled} turns passed; a frame counts as blank when a row's height of its picture has no text`,
        ],
        data: { scrolled, scroll, wheel },
      },
    ];
  } finally {
    await host.close();
  }
}
