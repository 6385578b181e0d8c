import { RANK_GRADE, accumulation, findingsByTurn, gradeRank, kinds, type KindSets } from '../model/store';
import { plural } from '../model/format';
import type { Finding, Grade } from '../model/types';
import { memo } from '../model/use';
import { KIND_WORD, gateRuns, kindRanks, laneMarks, visibleRuns, type LaneMark } from './lane-marks';
import { LANE_HEIGHT, LEFT, laneTop, sameFrame, type Frame } from './geometry';
import { ReplayLanes } from './ReplayLanes';

const MIDDLE = LANE_HEIGHT / 2;

/** ▲ weak, ◆ strong, ■ proved, drawn so that no font has to have them. */
export function gradePath(grade: Grade, x: number, y: number, r = 4.5): string {
  if (grade === 'weak') return `M${x} ${y - r}L${x + r} ${y + r * 0.8}H${x - r}Z`;
  if (grade === 'strong') return `M${x} ${y - r - 0.5}L${x + r} ${y}L${x} ${y + r + 0.5}L${x - r} ${y}Z`;
  const s = r * 0.85;
  return `M${x - s} ${y - s}H${x + s}V${y + s}H${x - s}Z`;
}

/** + edit, ↑ submit, × error. */
export function kindPath(rank: number, x: number, y: number): string {
  if (rank === 3) return `M${x - 3.2} ${y - 3.2}L${x + 3.2} ${y + 3.2}M${x + 3.2} ${y - 3.2}L${x - 3.2} ${y + 3.2}`;
  if (rank === 2) return `M${x} ${y + 4.5}V${y - 4}M${x - 3.2} ${y - 1}L${x} ${y - 4.5}L${x + 3.2} ${y - 1}`;
  return `M${x - 3.5} ${y}H${x + 3.5}M${x} ${y - 3.5}V${y + 3.5}`;
}

export const KIND_CLASS = ['', 'kind-edit', 'kind-submit', 'kind-error'] as const;

const describe = (mark: LaneMark, word: string): string =>
  mark.turns.length === 1
    ? `Turn ${(mark.turns[0] ?? 0) + 1}: ${word}`
    : `${plural(mark.turns.length, 'turn')} from ${(mark.turns[0] ?? 0) + 1}; worst: ${word}`;

function GateLane({ frame }: { readonly frame: Frame }) {
  const acc = accumulation.value;
  if (!acc) return null;
  const y = laneTop(frame, 'gate');
  return (
    <g>
      <defs>
        <pattern id="hatch-shut" class="ink-failed" width="5" height="5" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
          <rect width="2" height="5" fill="currentColor" />
        </pattern>
      </defs>
      {visibleRuns(gateRuns(acc, frame.from, frame.to), frame).map((run) => {
        const word = run.level ? (run.word === 'shut' ? `shut by ${run.level.id}` : run.word) : '';
        // A folded chart has no name beside the lane.
        const label = word !== '' && frame.heights.lanes.length === 1 ? `gate ${word}` : word;
        return (
          <g key={run.x} class={`gate gate-${run.word}`}>
            <title>{run.reason ?? 'No gate stands above these rewards.'}</title>
            <rect
              fill={run.word === 'shut' ? 'url(#hatch-shut)' : undefined}
              x={run.x + 0.5}
              y={y + 2.5}
              width={Math.max(1, run.w - 1)}
              height={LANE_HEIGHT - 5}
            />
            {run.w > label.length * 6.5 + 14 && label !== '' && (
              <>
                <rect class="gate-label-back" x={run.x + 6} y={y + 0.5} width={label.length * 5.9 + 8} height={LANE_HEIGHT - 1} />
                <text x={run.x + 10} y={y + MIDDLE + 3.5}>
                  {label}
                </text>
              </>
            )}
          </g>
        );
      })}
    </g>
  );
}

/** The lanes that no threshold moves: drawn again only when the window or the file changes. */
const SteadyLanes = memo(
  function SteadyLanes({
    frame,
    findings,
    sets,
  }: {
    readonly frame: Frame;
    readonly findings: ReadonlyMap<number, readonly Finding[]>;
    readonly sets: KindSets;
  }) {
    const findingY = laneTop(frame, 'findings') + MIDDLE;
    const kindY = laneTop(frame, 'kinds') + MIDDLE;
    const worst = [...findings].map(([t, list]) => [t, Math.max(...list.map((f) => gradeRank(f.grade)))] as const);
    return (
      <>
        {frame.heights.lanes.map((lane) => (
          <text key={lane} class="lane-name" x={LEFT - 6} y={laneTop(frame, lane) + MIDDLE + 3.5} text-anchor="end">
            {lane}
          </text>
        ))}
        {laneMarks(worst, frame).map((mark) => {
          const grade = RANK_GRADE[mark.rank] ?? 'weak';
          return (
            <path key={mark.x} class={`finding-mark grade-${grade}`} d={gradePath(grade, mark.x, findingY)}>
              <title>{describe(mark, `${grade} finding`)}</title>
            </path>
          );
        })}
        {laneMarks(kindRanks(sets), frame).map((mark) => (
          <path key={mark.x} class={`kind-mark ${KIND_CLASS[mark.rank as 0 | 1 | 2 | 3]}`} d={kindPath(mark.rank, mark.x, kindY)}>
            <title>{describe(mark, KIND_WORD[mark.rank as 0 | 1 | 2 | 3])}</title>
          </path>
        ))}
      </>
    );
  },
  (before, after) => before.findings === after.findings && before.sets === after.sets && sameFrame(before.frame, after.frame),
);

export function Lanes({ frame }: { readonly frame: Frame }) {
  return (
    <>
      {frame.heights.lanes.length > 1 && <SteadyLanes frame={frame} findings={findingsByTurn.value} sets={kinds.value} />}
      <ReplayLanes frame={frame} />
      <GateLane frame={frame} />
    </>
  );
}
