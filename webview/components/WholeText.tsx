import type { ComponentChildren } from 'preact';
import { methods, type Piece } from '../../server/protocol/index';
import { act } from '../host';
import { useAnswer } from '../model/detail';
import { count } from '../model/format';
import { view } from '../model/store';

interface Props {
  readonly what: 'problemStatement' | 'submission' | 'configuration';
  /** As it stands in a sentence: `the submission`. */
  readonly name: string;
  /** Why there is none. */
  readonly none: string;
  readonly children: (piece: Piece) => ComponentChildren;
}

/** A whole text of the file, read when its tab is looked at. */
export function WholeText({ what, name, none, children }: Props) {
  const current = view.value;
  const { value, error, slow, retry } = useAnswer(methods.text, current ? { uri: current.uri, attempt: current.attempt, what } : null);
  const loaded = value !== null;
  if (error !== null) {
    return (
      <p class="notice" role="alert">
        {name} could not be read: {error}{' '}
        <button type="button" class="link" onClick={retry}>
          Ask again
        </button>
      </p>
    );
  }
  if (!loaded) return slow ? <p role="status">Reading {name} …</p> : <p class="quiet">{none}</p>;
  return (
    <div class="whole scroller" tabIndex={0} role="region" aria-label={name}>
      <p class="tools">
        <button type="button" class="link" onClick={() => act({ kind: 'openRaw', span: value.span })}>
          Bytes {count(value.span.start)} to {count(value.span.end)}
        </button>
        <button type="button" class="link" onClick={() => act({ kind: 'copy', text: value.text })}>
          Copy as text
        </button>
      </p>
      {children(value)}
      {value.wholeLength !== null && (
        <p class="quiet">
          First {count(value.text.length)} of {count(value.wholeLength)} characters. The bytes above hold the rest.
        </p>
      )}
    </div>
  );
}
