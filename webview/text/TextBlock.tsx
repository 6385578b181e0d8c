import { useMemo } from 'preact/hooks';
import { count } from '../model/format';
import { ansiRuns, hasEscapes } from './ansi';
import { highlight, type Language } from './highlight';
import { Runs, type Run } from './runs';

/** Characters in one block of lines; blocks out of sight are not laid out. */
const CHUNK = 16_000;
/** Characters that the server gives of one text at most. */
export const TEXT_AT_MOST = 5_000_000;

/** Cuts runs into chunks at line ends, so that the browser lays out only what is near the window. */
export function chunks(runs: readonly Run[]): readonly (readonly Run[])[] {
  const out: Run[][] = [];
  let current: Run[] = [];
  let size = 0;
  const flush = (): void => {
    if (current.length > 0) out.push(current);
    current = [];
    size = 0;
  };
  for (const run of runs) {
    let { text } = run;
    while (size + text.length > CHUNK) {
      const cut = text.indexOf('\n', Math.max(0, CHUNK - size));
      if (cut < 0 || cut + 1 >= text.length) break;
      // The block's own end is the line break.
      current.push({ ...run, text: text.slice(0, cut) });
      flush();
      text = text.slice(cut + 1);
    }
    current.push(text === run.text ? run : { ...run, text });
    size += text.length;
  }
  flush();
  return out;
}

export interface TextBlockProps {
  readonly text: string;
  readonly language?: Language;
  readonly ansi?: boolean;
  /** Length of the whole text where `text` is its beginning only. */
  readonly wholeLength?: number | null;
  readonly onShowAll?: () => void;
  readonly label: string;
}

/** Text from the episode, exactly: never markup. */
export function TextBlock({ text, language = 'text', ansi = false, wholeLength = null, onShowAll, label }: TextBlockProps) {
  const blocks = useMemo(() => chunks(ansi && hasEscapes(text) ? ansiRuns(text) : highlight(text, language)), [text, language, ansi]);
  return (
    <div class="text-block">
      <pre class="text" aria-label={label} dir="ltr">
        {blocks.length === 1 ? (
          <Runs runs={blocks[0] ?? []} />
        ) : (
          blocks.map((block, i) => (
            <div key={i} class="chunk">
              <Runs runs={block} />
            </div>
          ))
        )}
      </pre>
      {wholeLength !== null && wholeLength > text.length && (
        <p class="cut">
          First {count(text.length)} characters.{' '}
          {onShowAll && text.length < TEXT_AT_MOST ? (
            <button type="button" class="link" onClick={onShowAll}>
              {wholeLength <= TEXT_AT_MOST
                ? `Show all ${count(wholeLength)} characters`
                : `Show the first ${count(TEXT_AT_MOST)} of ${count(wholeLength)} characters`}
            </button>
          ) : (
            `The file's bytes hold the rest of ${count(wholeLength)}.`
          )}
        </p>
      )}
    </div>
  );
}
