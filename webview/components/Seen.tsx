import { useState } from 'preact/hooks';
import { methods, type SeenMessage } from '../../server/protocol/index';
import { act } from '../host';
import { useAnswer } from '../model/detail';
import { count, plural } from '../model/format';
import { turn, view } from '../model/store';
import { TEXT_AT_MOST, TextBlock } from '../text/TextBlock';

/** Characters of a message shown at first. */
const LIMIT = 4000;
/** Messages asked for at once. */
const WINDOW = 100;

interface Window {
  readonly index: number;
  readonly from?: number;
  readonly to?: number;
  readonly limit: number;
}

function useSeen(window: Window | null) {
  const current = view.value;
  return useAnswer(methods.seen, current && window ? { uri: current.uri, attempt: current.attempt, ...window } : null);
}

function Message({
  message,
  number,
  onShowAll,
}: {
  readonly message: SeenMessage;
  readonly number: number;
  readonly onShowAll: (length: number) => void;
}) {
  const { role, text, wholeLength, demonstration, clipped, span } = message;
  const notes = [demonstration ? 'demonstration' : null, clipped ? 'clipped by the history processor' : null].filter(
    (note) => note !== null,
  );
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
      {text === '' ? (
        <p class="quiet">Empty.</p>
      ) : (
        <TextBlock
          text={text}
          ansi
          wholeLength={wholeLength}
          onShowAll={() => onShowAll(Math.min(wholeLength ?? text.length, TEXT_AT_MOST))}
          label={`Message ${number}, ${role}`}
        />
      )}
    </section>
  );
}

function Messages({ messages, first }: { readonly messages: readonly SeenMessage[]; readonly first: number }) {
  const [whole, setWhole] = useState<{ readonly at: number; readonly limit: number } | null>(null);
  const index = turn.value;
  const { value } = useSeen(whole && { index, from: first + whole.at, to: first + whole.at + 1, limit: whole.limit });
  return (
    <>
      {messages.map((message, i) => (
        <Message
          key={first + i}
          message={whole?.at === i ? (value?.messages[0] ?? message) : message}
          number={first + i + 1}
          onShowAll={(limit) => setWhole({ at: i, limit })}
        />
      ))}
    </>
  );
}

/** Messages that were left out, asked for a window at a time. */
function Between({ from, to }: { readonly from: number; readonly to: number }) {
  const [wanted, setWanted] = useState(false);
  const end = Math.min(to, from + WINDOW);
  const { value, error } = useSeen(wanted ? { index: turn.value, from, to: end, limit: LIMIT } : null);
  if (from >= to) return null;
  if (value) {
    return (
      <>
        <Messages messages={value.messages} first={from} />
        <Between key={end} from={from + Math.max(1, value.messages.length)} to={to} />
      </>
    );
  }
  return (
    <p>
      {error !== null && `Messages ${from + 1} to ${end} could not be read: ${error} `}
      <button type="button" class="link" onClick={() => setWanted(true)}>
        Show messages {count(from + 1)} to {count(end)} of the {count(to - from)} between
      </button>
    </p>
  );
}

const SOURCES = { query: 'from the recorded model input', history: 'from the recorded history', none: 'nothing recorded' } as const;

/** The exact input of the model at the current turn. */
export function Seen() {
  const current = view.value;
  const index = turn.value;
  const { value, error, slow, retry } = useSeen(current && current.turnCount > 0 ? { index, limit: LIMIT } : null);
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
  const { messages, total, note } = value;
  const missing = Math.max(0, total - messages.length);
  // Of very many messages the server gives the first few and the last ones; the gap lies after the first.
  const head = missing > 0 ? Math.min(20, messages.length) : messages.length;
  return (
    <div class="whole scroller" tabIndex={0} role="region" aria-label={`What the model saw at turn ${index + 1}`}>
      <h2>
        Turn {index + 1}: {plural(total, 'message')} <span class="quiet">{SOURCES[value.source]}</span>
      </h2>
      {note !== null && <p class="notice">{note}</p>}
      <Messages key={`head ${index}`} messages={messages.slice(0, head)} first={0} />
      {missing > 0 && (
        <>
          <Between key={`between ${index}`} from={head} to={head + missing} />
          <Messages key={`tail ${index}`} messages={messages.slice(head)} first={head + missing} />
        </>
      )}
    </div>
  );
}
