import { useEffect, useRef, useState } from 'preact/hooks';
import { methods, type Piece, type TurnDetail } from '../../server/protocol/index';
import { act } from '../host';
import { announce } from '../model/navigate';
import { call } from '../rpc';
import { count, duration, money, reward, short } from '../model/format';
import { useAnswer } from '../model/detail';
import { useFindMarks } from '../model/find-marks';
import { factsAt, find, turn, uri, view } from '../model/store';
import { exactTitle, turnSentence } from '../model/turn-facts';
import type { Field } from '../model/types';
import { rowAt, rowsVersion } from '../model/rows';
import { TEXT_AT_MOST, TextBlock } from '../text/TextBlock';
import { guess, type Language } from '../text/highlight';
import { visible } from '../text/runs';
import { Arithmetic } from './Arithmetic';
import { Badges } from './Badges';
import { FindingList } from './FindingList';
import { ReplaySection } from './ReplaySection';

const LIMIT = 20_000;

function heading(index: number, detail: TurnDetail | null): string {
  const action = detail ? detail.fields.action.map((piece) => piece.text).join('\n') : (rowAt(index)?.action ?? '');
  const line = action.trimStart().split('\n', 1)[0] ?? '';
  return line.length > 120 ? `${line.slice(0, 120)}…` : line;
}

/** Copies a turn whole, also what is shown only as its beginning. */
async function copy(detail: TurnDetail, attempt: number, textOf: (detail: TurnDetail) => string): Promise<void> {
  const file = uri.peek();
  const cut = Object.values(detail.fields).some((pieces) => pieces.some((piece) => piece.wholeLength !== null));
  if (!cut || file === null) {
    act({ kind: 'copy', text: textOf(detail) });
    return;
  }
  try {
    act({ kind: 'copy', text: textOf(await call(methods.turn, { uri: file, attempt, index: detail.index, limit: TEXT_AT_MOST })) });
  } catch (error) {
    announce(`Turn ${detail.index + 1} could not be copied: ${error instanceof Error ? error.message : String(error)}`);
  }
}

const commandText = (detail: TurnDetail): string => detail.fields.action.map((piece) => piece.text).join('\n');

/** The turn as plain text, as the readable document shows it. */
function plainText(detail: TurnDetail): string {
  const part = (field: Field): string => detail.fields[field].map((piece) => piece.text).join('\n');
  return [
    `Turn ${detail.index + 1}`,
    `thought\n${part('thought')}`,
    `action\n${part('action')}`,
    `observation\n${part('observation')}`,
  ].join('\n\n');
}

function Tools({ detail, attempt }: { readonly detail: TurnDetail; readonly attempt: number }) {
  const { index, span, line } = detail;
  return (
    <div class="tools" role="group" aria-label={`Turn ${index + 1}: open and copy`}>
      <button type="button" class="link" onClick={() => act({ kind: 'openReadable', attempt, turn: index })}>
        Readable document
      </button>
      <button type="button" class="link" onClick={() => act({ kind: 'openRaw', span })}>
        Bytes {count(span.start)} to {count(span.end)}
        {line !== null && `, line ${count(line)}`}
      </button>
      <button type="button" class="link" onClick={() => void copy(detail, attempt, plainText)}>
        Copy as text
      </button>
      <button
        type="button"
        class="link"
        disabled={detail.fields.action.length === 0}
        onClick={() => void copy(detail, attempt, commandText)}
      >
        Copy command
      </button>
      <button type="button" class="link" onClick={() => act({ kind: 'copyLink', attempt, turn: index })}>
        Copy link
      </button>
    </div>
  );
}

interface FieldProps {
  readonly field: Field;
  readonly pieces: readonly Piece[];
  readonly language: Language;
  readonly onShowAll: (wholeLength: number) => void;
  readonly note?: string;
}

function FieldView({ field, pieces, language, onShowAll, note }: FieldProps) {
  return (
    <section class={`field field-${field}`}>
      <h3>
        {field}
        {note && <span class="quiet"> {note}</span>}
      </h3>
      {pieces.length === 0 && <p class="quiet">No {field} is recorded.</p>}
      {pieces.map((piece, i) => (
        <div key={i}>
          {piece.label !== null && <div class="piece-label">{visible(piece.label)}</div>}
          {piece.text === '' ? (
            <p class="quiet">Empty.</p>
          ) : (
            <TextBlock
              text={piece.text}
              label={piece.label ?? field}
              language={language === 'text' && field !== 'thought' ? guess(piece.text) : language}
              ansi={field === 'observation'}
              wholeLength={piece.wholeLength}
              onShowAll={() => onShowAll(piece.wholeLength ?? piece.text.length)}
            />
          )}
        </div>
      ))}
    </section>
  );
}

function facts(detail: TurnDetail): string {
  const { returnCode, seconds, cost, tokens } = detail;
  return [
    returnCode === null ? null : `exit ${returnCode}`,
    seconds === null ? null : duration(seconds),
    cost === null ? null : money(cost),
    tokens?.input == null ? null : `${short(tokens.input)} tokens in`,
    tokens?.output == null ? null : `${short(tokens.output)} tokens out`,
  ]
    .filter((part) => part !== null)
    .join(' · ');
}

function State({ state }: { readonly state: string }) {
  return (
    <details class="field">
      <summary>state</summary>
      <TextBlock text={state} language="json" label="state" />
    </details>
  );
}

/* These show the thresholds: apart, so that a move of one leaves the texts of the turn alone. */

function Sentence({ index }: { readonly index: number }) {
  const here = factsAt(index);
  return <span class="detail-reward">{here && turnSentence(here)}</span>;
}

function Reward({ index }: { readonly index: number }) {
  const here = factsAt(index);
  return here && <Arithmetic facts={here} />;
}

function ReturnToGo({ index }: { readonly index: number }) {
  const here = factsAt(index);
  if (!here) return null;
  const { returnToGo } = here;
  return (
    <span class="num" title={exactTitle(returnToGo)}>
      {returnToGo.state === 'scored' ? reward(returnToGo.value) : 'undecided'}
    </span>
  );
}

/** Everything about the current turn. Its arithmetic is there at once, its texts as soon as they are read. */
export function Detail() {
  const current = view.value;
  const index = turn.value;
  const [limit, setLimit] = useState({ index, limit: LIMIT });
  const asked = limit.index === index ? limit.limit : LIMIT;
  const top = useRef<HTMLDivElement>(null);
  void rowsVersion.value;
  const {
    value: detail,
    error,
    slow,
    retry,
  } = useAnswer(methods.turn, current ? { uri: current.uri, attempt: current.attempt, index, limit: asked } : null);
  useEffect(() => {
    if (top.current) top.current.scrollTop = 0;
  }, [index]);
  useFindMarks(top, find.value.query, detail);
  if (!current) return null;
  if (current.turnCount === 0) return <div class="detail empty">This episode has no turns yet.</div>;
  const showAll = (wholeLength: number): void => setLimit({ index, limit: Math.min(wholeLength, TEXT_AT_MOST) });
  return (
    <div
      class="detail scroller"
      ref={top}
      tabIndex={0}
      role="region"
      aria-label={`Turn ${index + 1}`}
      data-testid="detail"
      data-turn={index}
      data-loaded={detail !== null}
    >
      <h2>
        Turn {index + 1} <code>{visible(heading(index, detail))}</code>
        <Sentence index={index} />
      </h2>
      <Badges index={index} row={rowAt(index)} />
      <Reward index={index} />
      <p class="turn-facts">
        return to go <ReturnToGo index={index} />
        {detail && facts(detail) !== '' && ` · ${facts(detail)}`}
      </p>
      {detail && <Tools detail={detail} attempt={current.attempt} />}
      <FindingList turn={index} attempt={current.attempt} />
      {detail?.problem && <p class="notice">{detail.problem}</p>}
      <ReplaySection key={index} index={index} detail={detail} />
      {slow && (
        <p class="quiet" role="status">
          Reading turn {index + 1} …
        </p>
      )}
      {error !== null && (
        <p class="notice" role="alert">
          Turn {index + 1} could not be read: {error}{' '}
          <button type="button" class="link" onClick={retry}>
            Ask again
          </button>
        </p>
      )}
      {detail && (
        <>
          <FieldView field="thought" pieces={detail.fields.thought} language="text" onShowAll={showAll} />
          <FieldView
            field="action"
            pieces={detail.fields.action}
            language={detail.language}
            onShowAll={showAll}
            note={detail.executed ? '' : 'was not executed'}
          />
          <FieldView
            field="observation"
            pieces={detail.fields.observation}
            language="text"
            onShowAll={showAll}
            note={detail.returnCode === null ? '' : `exit ${detail.returnCode}`}
          />
          {detail.state !== null && <State state={detail.state} />}
        </>
      )}
    </div>
  );
}
