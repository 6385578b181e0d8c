import { plural } from '../model/format';
import { replayFacts, replayLane, type ReplayLane, type TestTurn } from '../model/replay';
import { MARK_WORD, turned, turnedWords } from '../model/replay-words';
import { memo } from '../model/use';
import { LANE_HEIGHT, laneTop, sameFrame, type Frame } from './geometry';
import { laneMarks, type LaneMark } from './lane-marks';
import { MARK_ORDER, TEST_CLASS, markRank, replayPath, testPath, testRank } from './replay-marks';

const MIDDLE = LANE_HEIGHT / 2;
/** Width of a figure of the lanes' text. */
const FIGURE = 6;

const placeOf = ({ turns }: LaneMark): string =>
  turns.length === 1 ? `Turn ${(turns[0] ?? 0) + 1}` : `${plural(turns.length, 'turn')} from ${(turns[0] ?? 0) + 1}`;

function describe(mark: LaneMark, { marks }: ReplayLane): string {
  const counts = MARK_ORDER.map((one) => [one, mark.turns.filter((t) => marks[t] === one).length] as const).filter(([, n]) => n > 0);
  const words = mark.turns.length === 1 ? counts.map(([one]) => MARK_WORD[one]) : counts.map(([one, n]) => `${n} ${MARK_WORD[one]}`);
  return `${placeOf(mark)}: ${words.join(', ')}`;
}

function* ranks<T>(values: readonly T[], frame: Frame, rankOf: (value: T) => number): Iterable<readonly [number, number]> {
  for (let t = frame.from; t < Math.min(frame.to, values.length); t++) yield [t, rankOf(values[t] as T)];
}

function Tests({ frame, tests }: { readonly frame: Frame; readonly tests: readonly (TestTurn | null)[] }) {
  const y = laneTop(frame, 'tests') + MIDDLE;
  return (
    <>
      {laneMarks(ranks(tests, frame, testRank), frame).map((mark) => {
        const total = mark.turns.reduce((sum, t) => ({ green: sum.green + (tests[t]?.green ?? 0), red: sum.red + (tests[t]?.red ?? 0) }), {
          green: 0,
          red: 0,
        });
        const title = `${placeOf(mark)}: ${turnedWords(total)}`;
        const text = turned(total);
        const [green, red] = [turned({ ...total, red: 0 }), turned({ ...total, green: 0 })];
        return mark.turns.length === 1 && text.length * FIGURE < frame.step ? (
          <text key={mark.x} class="tests-turned" x={mark.x} y={y + 3.5} text-anchor="middle">
            <title>{title}</title>
            {green !== '' && <tspan class="tests-green">{green}</tspan>}
            {green !== '' && red !== '' && ' '}
            {red !== '' && <tspan class="tests-red">{red}</tspan>}
          </text>
        ) : (
          <path key={mark.x} class={`tests-mark ${TEST_CLASS[mark.rank as 1 | 2 | 3]}`} d={testPath(mark.rank, mark.x, y)}>
            <title>{title}</title>
          </path>
        );
      })}
    </>
  );
}

interface LanesProps {
  readonly frame: Frame;
  readonly lane: ReplayLane;
  readonly tests: readonly (TestTurn | null)[] | null;
}

/** No threshold moves these: drawn again only when the window or the replay changes. */
const Drawn = memo(
  function Drawn({ frame, lane, tests }: LanesProps) {
    const y = laneTop(frame, 'replay') + MIDDLE;
    return (
      <g class="replay-lane" data-testid="replay-lane">
        {laneMarks(ranks(lane.marks, frame, markRank), frame).map((mark) => {
          const sign = MARK_ORDER[mark.rank - 1] ?? 'unrecorded';
          return (
            <path key={mark.x} class={`replay-mark replay-${sign}`} data-turn={mark.turns[0]} d={replayPath(sign, mark.x, y)}>
              <title>{describe(mark, lane)}</title>
            </path>
          );
        })}
        {tests && frame.heights.lanes.includes('tests') && <Tests frame={frame} tests={tests} />}
      </g>
    );
  },
  (before, after) => before.lane === after.lane && before.tests === after.tests && sameFrame(before.frame, after.frame),
);

/** What the replay said of each turn, filling in while one runs, and the tests that turned. */
export function ReplayLanes({ frame }: { readonly frame: Frame }) {
  const lane = replayLane.value;
  if (!lane || !frame.heights.lanes.includes('replay')) return null;
  return <Drawn frame={frame} lane={lane} tests={replayFacts.value?.tests ?? null} />;
}
