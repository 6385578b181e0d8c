import type { CDPSession, Frame } from 'playwright-core';
import type { Host } from '../host/index';

export interface Wheel {
  /** Painted frames that were looked at. */
  readonly frames: number;
  /** Those with a band of a row's height without text. */
  readonly blank: number;
  readonly scrolled: number;
}

/**
 * Turns the wheel over the turn list as fast as a hand can and looks at the pictures that the browser painted meanwhile:
 * scrolling runs beside the main thread, so what the page's own script sees is not what a person sees.
 */
export async function blankFrames(host: Host, frame: Frame, cdp: CDPSession): Promise<Wheel> {
  const list = frame.locator('[data-testid=turn-list]');
  await list.evaluate((element) => (element.scrollTop = 0));
  const box = await list.boundingBox();
  if (!box) throw new Error('the turn list is not visible');
  const rowHeight = await frame
    .locator('[role=option]')
    .first()
    .evaluate((element) => element.getBoundingClientRect().height);
  const pictures: string[] = [];
  cdp.on('Page.screencastFrame', ({ data, sessionId }) => {
    pictures.push(data);
    void cdp.send('Page.screencastFrameAck', { sessionId });
  });
  await host.page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
  await cdp.send('Page.startScreencast', { format: 'png', everyNthFrame: 1 });
  for (let turn = 0; turn < 120; turn++) await host.page.mouse.wheel(0, 1000);
  await host.page.waitForTimeout(300);
  await cdp.send('Page.stopScreencast');
  const scrolled = Math.round((await list.evaluate((element) => element.scrollTop)) / rowHeight);

  const viewport = host.page.viewportSize() ?? { width: 1400, height: 900 };
  const visible = { x: box.x, y: box.y, width: box.width, height: Math.min(box.height, viewport.height - box.y) };
  const judge = await host.context.newPage();
  let blank = 0;
  try {
    for (const picture of pictures) {
      const empty = await judge.evaluate(
        async ({ png, area, row, width }) => {
          const image = await createImageBitmap(await (await fetch(`data:image/png;base64,${png}`)).blob());
          const scale = image.width / width;
          const [x, y, w, h] = [area.x, area.y, area.width - 14, area.height].map((n) => Math.round(n * scale)) as [
            number,
            number,
            number,
            number,
          ];
          const canvas = new OffscreenCanvas(w, h);
          const context = canvas.getContext('2d');
          if (!context) throw new Error('no canvas');
          context.drawImage(image, x, y, w, h, 0, 0, w, h);
          const { data } = context.getImageData(0, 0, w, h);
          // lines of pixels that hold anything but one colour
          const inked = Array.from({ length: h }, (_, line) => {
            const first = line * w * 4;
            for (let at = first + 4; at < first + w * 4; at += 4) {
              const difference =
                Math.abs((data[at] ?? 0) - (data[first] ?? 0)) +
                Math.abs((data[at + 1] ?? 0) - (data[first + 1] ?? 0)) +
                Math.abs((data[at + 2] ?? 0) - (data[first + 2] ?? 0));
              if (difference > 60) return true;
            }
            return false;
          });
          let gap = 0;
          let widest = 0;
          for (const line of inked) {
            gap = line ? 0 : gap + 1;
            widest = Math.max(widest, gap);
          }
          return widest >= row * scale;
        },
        { png: picture, area: visible, row: rowHeight, width: viewport.width },
      );
      if (empty) blank++;
    }
  } finally {
    await judge.close();
  }
  return { frames: pictures.length, blank, scrolled };
}
