import { useComputed } from '@preact/signals';
import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import { factsAt, fates, hover, series, turn, view, zoom } from '../model/store';
import { select } from '../model/navigate';
import { hasTests, markAt, replayLane } from '../model/replay';
import { MARK_WORD } from '../model/replay-words';
import { turnSentence } from '../model/turn-facts';
import { useWidth } from '../model/use';
import { Axes } from './Axes';
import { CanvasMarks } from './CanvasMarks';
import { Fold } from './Fold';
import { frameOf, heightsOf, LEFT, RIGHT, xOf, type Frame } from './geometry';
import { Lanes } from './Lanes';
import { Legend } from './Legend';
import { rememberedPicture } from './marks';
import { wirePointer, zoomedAround } from './pointer';
import { chartSize } from './size';
import { SvgMarks } from './SvgMarks';
import { Tooltip } from './Tooltip';

/** More marks than this are painted on a canvas: a threshold move that renews 1,350 SVG nodes took longer than a frame. */
const SVG_LIMIT = 600;

function Cursor({ frame }: { readonly frame: Frame }) {
  const bar = (t: number, name: string) => {
    if (t < frame.from || t >= frame.to) return null;
    const w = Math.max(3, frame.step);
    return <rect class={name} x={xOf(frame, t + 0.5) - w / 2} y={0} width={w} height={frame.heights.chart} />;
  };
  const at = hover.value;
  return (
    <>
      {bar(turn.value, 'cursor-selected')}
      {at !== null && at !== turn.value && bar(at, 'cursor-hover')}
    </>
  );
}

export function Chart() {
  const host = useRef<HTMLDivElement>(null);
  const width = useWidth(host);
  const [drag, setDrag] = useState<readonly [number, number] | null>(null);
  const current = view.value;
  const acc = fates.value;
  const total = current?.turnCount ?? 0;
  const size = chartSize.value;
  const heights = heightsOf(size, replayLane.value === null ? 'none' : hasTests.value ? 'tests' : 'replay');
  const isFolded = size === 'folded';
  const [from, to] = (isFolded ? null : zoom.value) ?? [0, total];
  const frame = useMemo(
    () => (total > 0 && width > LEFT + RIGHT ? frameOf(from, Math.min(to, total), width, heights) : null),
    [from, to, total, width, heights],
  );
  const picture = acc && frame && !isFolded ? rememberedPicture(series.value, acc, frame) : null;
  const latest = useRef(frame);
  latest.current = frame;

  useEffect(() => {
    const element = host.current;
    if (!element || total === 0) return;
    return wirePointer(element, {
      frame: () => latest.current ?? frameOf(0, 1, LEFT + RIGHT + 1),
      total: () => total,
      onHover: (t) => (hover.value = t),
      onSelect: (t) => select(t),
      onDrag: setDrag,
      onZoom: (range) => {
        // A folded chart shows every turn: it has no room to say that it doesn't.
        if (chartSize.peek() !== 'folded') zoom.value = range && range[1] - range[0] < total ? range : null;
      },
    });
  }, [total]);

  const text = useComputed(() => {
    const facts = factsAt(turn.value);
    const mark = markAt(turn.value);
    const replay = mark === null ? '' : `; replay: ${MARK_WORD[mark]}`;
    return facts ? `Turn ${turn.value + 1} of ${view.value?.turnCount ?? 0}: ${turnSentence(facts)}${replay}` : '';
  });

  if (!current || !acc || total === 0) return null;

  const onKeyDown = (event: KeyboardEvent): void => {
    const page = Math.max(1, Math.round((to - from) / 10));
    const steps: Record<string, number> = {
      ArrowLeft: -1,
      ArrowDown: -1,
      ArrowRight: 1,
      ArrowUp: 1,
      PageUp: -page,
      PageDown: page,
      Home: -total,
      End: total,
    };
    const step = Object.hasOwn(steps, event.key) ? steps[event.key] : undefined;
    if (step !== undefined) select(turn.value + step);
    else if (event.key === '+' || event.key === '=') zoom.value = zoomedAround(turn.value + 0.5, from, to, 0.5, total);
    else if (event.key === '-') zoom.value = zoomedAround(turn.value + 0.5, from, to, 2, total);
    else if (event.key === '0' || (event.key === 'Escape' && zoom.value)) zoom.value = null;
    else return;
    event.preventDefault();
    event.stopPropagation();
  };

  const mode = picture && picture.marks.length > SVG_LIMIT ? 'canvas' : 'svg';
  return (
    <section class={`chart chart-${size}`} aria-label="Reward by turn">
      <div class="chart-head">
        <Fold />
        {!isFolded && <Legend perBin={frame?.perBin ?? 1} shown={to - from} />}
      </div>
      <div
        id="reward-chart"
        class="plot"
        style={{ height: `${heights.chart}px` }}
        ref={host}
        tabIndex={0}
        role="slider"
        aria-label="Turn in the reward chart"
        aria-valuemin={1}
        aria-valuemax={total}
        aria-valuenow={turn.value + 1}
        aria-valuetext={text}
        aria-orientation="horizontal"
        data-testid="chart"
        data-renderer={mode}
        data-from={from}
        data-to={Math.min(to, total)}
        onKeyDown={onKeyDown}
      >
        {frame && (
          <>
            <svg class="under" width={width} height={heights.chart} aria-hidden="true">
              <Cursor frame={frame} />
              {picture && <Axes picture={picture} />}
            </svg>
            {picture && (mode === 'svg' ? <SvgMarks picture={picture} /> : <CanvasMarks picture={picture} />)}
            <svg class="over" width={width} height={heights.chart} aria-hidden="true">
              <Lanes frame={frame} />
              {drag && !isFolded && (
                <rect class="drag" x={xOf(frame, drag[0])} y={0} width={(drag[1] - drag[0]) * frame.step} height={heights.chart} />
              )}
            </svg>
            <Tooltip frame={frame} bins={picture?.bins ?? []} />
          </>
        )}
      </div>
    </section>
  );
}
