import { useMemo } from 'preact/hooks';
import { view } from '../model/store';
import { plural } from '../model/format';
import { diffFiles, type DiffFile } from '../text/diff';
import { TextBlock } from '../text/TextBlock';
import { visible } from '../text/runs';
import { WholeText } from './WholeText';

const OPEN_LINES = 800;

function FileDiff({ file, open }: { readonly file: DiffFile; readonly open: boolean }) {
  return (
    <details class="diff-file" open={open}>
      <summary>
        <code>{visible(file.name)}</code> <span class="num diff-count-added">+{file.added}</span>{' '}
        <span class="num diff-count-removed">−{file.removed}</span>
      </summary>
      <pre class="text diff" dir="ltr">
        <div class="diff-lines">
          {file.lines.map((line, i) => (
            <span key={i} class={line.kind ?? undefined}>
              {visible(line.text)}
              {'\n'}
            </span>
          ))}
        </div>
      </pre>
    </details>
  );
}

function Patch({ text }: { readonly text: string }) {
  const files = useMemo(() => diffFiles(text), [text]);
  if (!files) return <TextBlock text={text} label="Submission" />;
  const added = files.reduce((n, file) => n + file.added, 0);
  const removed = files.reduce((n, file) => n + file.removed, 0);
  let lines = 0;
  return (
    <>
      <p>
        {plural(files.length, 'file')}, <span class="num">+{added}</span> <span class="num">−{removed}</span> lines
      </p>
      {files.map((file, i) => {
        lines += file.lines.length;
        return <FileDiff key={i} file={file} open={lines <= OPEN_LINES || i === 0} />;
      })}
    </>
  );
}

export function Submission() {
  const kind = view.value?.head.submissionKind ?? null;
  if (kind === null) return <p class="quiet">This file records no submission.</p>;
  if (kind === 'empty') return <p class="quiet">The agent submitted an empty patch.</p>;
  return (
    <WholeText what="submission" name="the submission" none="">
      {(piece) => (kind === 'diff' ? <Patch text={piece.text} /> : <TextBlock text={piece.text} label="Submission" />)}
    </WholeText>
  );
}
