import { useState } from 'preact/hooks';
import { methods, type SeenMessage } from '../../server/protocol/index';
import { act } from '../host';
import { useAnswer } from '../model/detail';
import { count, plural } from '../model/format';
import { turn, view } from '../model/store';
import { TextBlock } from '../text/TextBlock';

const LIMIT = 4000;
const FIRST = 60;

function Message({ message, number, onShowAll }: { readonly message: SeenMessage; readonly number: number; readonly onShowAll: () => void }) {
  const { role, text, wholeLength, demonstration, clipped, span } = message;
  const notes = [demonstration ? 'demonstration' : null, clipped ? 'clipped by the history processor' : null].filter((note) => note !== null);
  return (
    <section class={`message${demonstration ? ' demonstration' : ''}${clipped ? ' clipped' : ''}`}>
      <h3>
        <span class="num quiet">{number}</span> {role}
        {notes.map((note) => (
          <span key={note} class="badge">
            {note}
          </span>
        ))}{' '}
        <span class="quiet">{plural(wholeLength ?? text.length, 'character')}</span>{' '}
        <button type="button" class="link" onClick={() => act({ kind: 'openRaw', span })}>
          bytes {count(span.start)} to {count(span.end)}
        </button>
      </h3>
      {text === '' ? <p class="quiet">Empty.</p> : <TextBlock text={text} ansi wholeLength={wholeLength} onShowAll={onShowAll} label={`Message ${number}, ${role}`} />}
    </section>
  );
}

/** The exact input of the model at the current turn. */
export function Seen() {
  const current = view.value;
  const index = turn.value;
  const [whole, setWhole] = useState<{ index: number; limit: number }>({ index, limit: LIMIT });
  const [allOf, setAllOf] = useState(-1);
  const limit = whole.index === index ? whole.limit : LIMIT;
  const { value, error, slow, retry } = useAnswer(methods.seen, current && current.turnCount > 0 ? { uri: current.uri, attempt: current.attempt, index, limit } : null);
  if (!current) return null;
  if (current.turnCount === 0) return <p class="quiet">This episode has no turns yet.</p>;
  if (error !== null) {
    return (
      <p class="notice" role="alert">
        What the model saw at turn {index + 1} could not be read: {error}{' '}
        <button type="button" class="link" onClick={retry}>
          Ask again
        </button>
      </p>
    );
  }
  if (!value) return slow ? <p role="status">Reading what the model saw at turn {index + 1} …</p> : null;
  // The newest messages are what a reader looks for; those before them are one click away.
  const from = allOf === index ? 0 : Math.max(0, value.messages.length - FIRST);
  const source = { query: 'the recorded model input', history: 'the recorded history', none: 'nothing recorded' }[value.source];
  return (
    <div class="whole scroller" tabIndex={0} role="region" aria-label={`What the model saw at turn ${index + 1}`}>
      <h2>
        Turn {index + 1}: {plural(value.messages.length, 'message')} <span class="quiet">from {source}</span>
      </h2>
      {value.note !== null && <p class="notice">{value.note}</p>}
      {from > 0 && (
        <p>
          <button type="button" class="link" onClick={() => setAllOf(index)}>
            Show the first {plural(from, 'message')} too
          </button>
        </p>
      )}
      {value.messages.slice(from).map((message, i) => (
        <Message key={from + i} message={message} number={from + i + 1} onShowAll={() => setWhole({ index, limit: Math.max(...value.messages.map((m) => m.wholeLength ?? 0), LIMIT) })} />
      ))}
    </div>
  );
}
