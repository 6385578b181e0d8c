import { batch, useComputed } from '@preact/signals';
import { useMemo, useRef } from 'preact/hooks';
import { flipPoints, type FlipPoints } from '../../server/reward/arithmetic';
import type { Gate } from '../../server/reward/types';
import { act } from '../host';
import { flips, gateReason } from '../model/gate';
import { level, plural } from '../model/format';
import { announce } from '../model/navigate';
import { accumulation, flipAhead, thresholds, view } from '../model/store';

const clampFinite = (value: number): number => Math.max(-Number.MAX_VALUE, Math.min(Number.MAX_VALUE, value));

/** Sets a level's threshold; null goes back to the configuration's. Says which gates flipped. */
export function setThreshold(id: string, value: number | null): void {
  if (value !== null && Number.isNaN(value)) return;
  const before = accumulation.peek();
  batch(() => {
    const rest = Object.fromEntries(Object.entries(thresholds.peek()).filter(([key]) => key !== id));
    thresholds.value = value === null ? rest : { ...rest, [id]: clampFinite(value) };
  });
  const after = accumulation.peek();
  const said = before && after ? flips(before, after) : null;
  if (said) announce(said);
}

/** A range that holds the configured threshold, the present one, and every flip point with room on both sides. */
function rangeOf(points: readonly number[], configured: number, present: number): readonly [number, number] {
  const all = [...points, ...[configured, present].filter((n) => Math.abs(n) < 1e9), -1, 1];
  const low = Math.min(...all);
  const high = Math.max(...all);
  const room = Math.max(0.25, (high - low) * 0.1);
  return [low - room, high + room];
}

const tidy = (value: number): number => Number(value.toFixed(2));

function Slider({ flip, gate, present }: { readonly flip: FlipPoints; readonly gate: Gate; readonly present: number }) {
  const input = useRef<HTMLInputElement>(null);
  const result = useComputed(() => accumulation.value?.levels[flip.level] ?? null).value;
  const [low, high] = rangeOf(flip.points, gate.threshold, gate.threshold);
  const shown = Math.max(low, Math.min(high, present));
  const place = (value: number): string => `${((Math.max(low, Math.min(high, value)) - low) / (high - low)) * 100}%`;
  const snapped = (value: number): number => {
    const width = input.current?.clientWidth ?? 400;
    const near = [...flip.points, gate.threshold].find((point) => (Math.abs(point - value) / (high - low)) * width <= 4);
    return near ?? tidy(value);
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    const small = event.shiftKey ? 0.1 : 0.01;
    let next: number | undefined;
    if (event.key === 'ArrowRight' || event.key === 'ArrowUp') next = tidy(present + small);
    else if (event.key === 'ArrowLeft' || event.key === 'ArrowDown') next = tidy(present - small);
    else if (event.key === 'PageUp') next = flip.points.find((point) => point > present) ?? high;
    else if (event.key === 'PageDown') next = flip.points.findLast((point) => point < present) ?? low;
    else if (event.key === 'Home') next = low;
    else if (event.key === 'End') next = high;
    if (next === undefined) return;
    event.preventDefault();
    setThreshold(flip.id, next);
  };
  const changed = present !== gate.threshold;
  const state = result?.gate?.state ?? 'none';
  return (
    <div class="slider" data-level={flip.id} data-state={state}>
      <label for={`threshold-${flip.level}`}>
        Δ <span class="slider-level">{flip.id}</span> <span class="quiet">{flip.op === '>=' ? 'open when ≥' : 'open when >'}</span>
      </label>
      <div class="track">
        <input
          ref={input}
          id={`threshold-${flip.level}`}
          data-testid={`threshold-${flip.id}`}
          type="range"
          min={low}
          max={high}
          step="any"
          value={shown}
          aria-valuetext={`${level(present)}, gate ${state}${flip.points.length > 0 ? `; flips at ${flip.points.map(level).join(', ')}` : ''}`}
          onInput={(event) =>
            setThreshold(flip.id, event.isTrusted ? snapped(event.currentTarget.valueAsNumber) : event.currentTarget.valueAsNumber)
          }
          onKeyDown={onKeyDown}
        />
        <div class="flips" aria-hidden="true">
          {flip.points.map((point) => (
            <i key={point} class="flip-tick" style={{ left: place(point) }} title={`The gate flips at ${point}`} />
          ))}
          <i class="configured-tick" style={{ left: place(gate.threshold) }} title={`Configured: ${gate.threshold}`} />
        </div>
      </div>
      <input
        class="threshold-box"
        data-testid={`threshold-value-${flip.id}`}
        type="text"
        inputMode="decimal"
        size={6}
        aria-label={`Threshold of ${flip.id}`}
        value={level(present)}
        onChange={(event) => {
          const typed = event.currentTarget.value.trim().replace('−', '-').replace('∞', 'Infinity');
          const value = typed === '' ? Number.NaN : Number(typed);
          if (Number.isNaN(value)) event.currentTarget.value = level(present);
          else setThreshold(flip.id, value);
        }}
      />
      <span class="slider-flips">
        {flip.points.length > 0 ? (
          <>
            flips at{' '}
            {flip.points.map((point) => (
              <button
                key={point}
                type="button"
                class="link num"
                title={`Set the threshold to ${point}`}
                onClick={() => setThreshold(flip.id, point)}
              >
                {level(point)}
              </button>
            ))}
          </>
        ) : (
          <span class="quiet">no flip points yet</span>
        )}
      </span>
      <span class="gate-says">
        <span class={`gate-word gate-word-${state}`} title={result ? gateReason(result) : ''}>
          {result ? `${state}: ${gateReason(result)}` : ''}
        </span>
        <FlipAhead id={flip.id} />
      </span>
      <button type="button" class="link reset" disabled={!changed} onClick={() => setThreshold(flip.id, null)}>
        {changed ? `reset to ${level(gate.threshold)}` : 'as configured'}
      </button>
      <button
        type="button"
        class="link apply"
        disabled={!changed}
        title="Writes this threshold into the reward configuration"
        onClick={() => act({ kind: 'applyThresholds' })}
      >
        write to file
      </button>
    </div>
  );
}

/** While nothing is masked: from where on something would be, with the way there. */
function FlipAhead({ id }: { readonly id: string }) {
  const ahead = flipAhead.value;
  if (ahead?.level !== id) return null;
  const { point, op, threshold, masked } = ahead;
  return (
    <span class="flip-ahead quiet">
      <button type="button" class="link num" title={`Set the threshold to ${level(threshold)}`} onClick={() => setThreshold(id, threshold)}>
        {op === '>' ? `from ${level(point)} on` : `above ${level(point)}`}
      </button>
      , {plural(masked, 'turn')} would be masked
    </span>
  );
}

/** The reader's threshold of a level. Names of levels are the user's, so `__proto__` is a name like any other. */
const tried = (id: string): number | undefined => (Object.hasOwn(thresholds.value, id) ? thresholds.value[id] : undefined);

/** One slider per gated level. Moving it asks nobody: the arithmetic is here. */
export function GateSliders() {
  const current = view.value;
  const scores = current?.scores;
  const points = useMemo(() => (scores ? flipPoints(scores) : []), [scores]);
  if (!current) return null;
  if (points.length === 0) return <p class="notice">No level of this reward configuration has a gate: every reward is paid (D-RA).</p>;
  return (
    <section class="sliders" aria-label="Gate thresholds">
      {points.map((flip) => {
        const gate = current.scores.levels[flip.level]?.gate;
        return gate ? <Slider key={flip.id} flip={flip} gate={gate} present={tried(flip.id) ?? gate.threshold} /> : null;
      })}
    </section>
  );
}
