import { useEffect, useRef } from 'preact/hooks';
import { KEYS } from '../model/keys';
import { helpOpen } from '../model/store';

const CHART: readonly (readonly [string, string])[] = [
  ['← →', 'turn by turn, on the chart'],
  ['+ −', 'zoom the chart at the current turn'],
  ['0', 'show all turns'],
  ['Page Up, Page Down', 'on a threshold: next or previous flip point'],
  ['Enter, Shift+Enter', 'in the find box: next or previous hit'],
  ['Escape', 'leave the find box, close this sheet'],
];

const NAMES: Record<string, string> = { ArrowDown: '↓', ArrowUp: '↑' };

export function HelpSheet() {
  const dialog = useRef<HTMLDialogElement>(null);
  const isOpen = helpOpen.value;
  useEffect(() => {
    const element = dialog.current;
    if (!element) return;
    if (isOpen && !element.open) element.showModal();
    if (!isOpen && element.open) element.close();
  }, [isOpen]);
  return (
    <dialog ref={dialog} class="help" aria-labelledby="help-title" onClose={() => (helpOpen.value = false)}>
      <h2 id="help-title">Keys</h2>
      <table class="plain">
        <tbody>
          {KEYS.map(({ keys, what }) => (
            <tr key={what}>
              <th scope="row">
                {keys.map((key) => (
                  <kbd key={key}>{NAMES[key] ?? key}</kbd>
                ))}
              </th>
              <td>{what}</td>
            </tr>
          ))}
          {CHART.map(([key, what]) => (
            <tr key={what}>
              <th scope="row">
                <kbd>{key}</kbd>
              </th>
              <td>{what}</td>
            </tr>
          ))}
        </tbody>
      </table>
      <p>In the chart: click selects a turn, drag shows a range, the wheel zooms, double click shows all.</p>
      <button type="button" class="button" onClick={() => (helpOpen.value = false)}>
        Close
      </button>
    </dialog>
  );
}
