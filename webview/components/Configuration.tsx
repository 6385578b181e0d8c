import { act } from '../host';
import { level } from '../model/format';
import { view } from '../model/store';
import { TextBlock } from '../text/TextBlock';
import { WholeText } from './WholeText';

function Rewards() {
  const config = view.value?.config;
  if (!config) return null;
  return (
    <section class="rewards-config">
      <h2>
        Rewards{' '}
        <button type="button" class="link" onClick={() => act({ kind: 'openConfig' })}>
          {config.source === 'default' ? 'default configuration' : config.source}
        </button>
        {config.broken && ` · line ${config.broken.line} can’t be read; rewards of the last version that could be read`}
      </h2>
      {config.levels.map(({ id, gate, functions }) => (
        <table key={id} class="plain">
          <caption>
            {id}
            {gate ? ` · gate ${gate.op === '>=' ? '≥' : '>'} ${level(gate.threshold)}` : ' · no gate'}
          </caption>
          <thead>
            <tr>
              <th scope="col">function</th>
              <th scope="col" class="num">
                weight
              </th>
              <th scope="col">scope</th>
              <th scope="col">what it scores</th>
            </tr>
          </thead>
          <tbody>
            {functions.map((one) => (
              <tr key={one.label}>
                <th scope="row">{one.label}</th>
                <td class="num">{level(one.weight)}</td>
                <td>{one.scope}</td>
                <td>{one.summary}</td>
              </tr>
            ))}
          </tbody>
        </table>
      ))}
    </section>
  );
}

export function Configuration() {
  return (
    <>
      <Rewards />
      {view.value?.head.hasConfiguration ? (
        <WholeText what="configuration" name="the run configuration" none="">
          {(piece) => <TextBlock text={pretty(piece.text)} language="json" label="Run configuration" />}
        </WholeText>
      ) : (
        <p class="quiet">This file does not hold the run configuration.</p>
      )}
    </>
  );
}

/** JSON with line breaks, where it is JSON. */
function pretty(text: string): string {
  if (!/^\s*[[{]/.test(text) || text.length > 500_000) return text;
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}
