import { view } from '../model/store';
import { TextBlock } from '../text/TextBlock';
import { WholeText } from './WholeText';

export function ProblemStatement() {
  if (!view.value?.head.hasProblemStatement) return <p class="quiet">This file does not hold the problem statement.</p>;
  return (
    <WholeText what="problemStatement" name="the problem statement" none="">
      {(piece) => <TextBlock text={piece.text} label="Problem statement" />}
    </WholeText>
  );
}
