/** Keys of the whole page. Each is listed in the help sheet. */
import { focusFind } from './find';
import { nextDivergence, nextEdit, nextError, nextFinding, openTab, previousFinding, step, submission, toggleChart } from './navigate';
import { helpOpen } from './store';

export interface Key {
  readonly keys: readonly string[];
  readonly what: string;
  readonly run: () => void;
}

export const KEYS: readonly Key[] = [
  { keys: ['j', 'ArrowDown'], what: 'next turn', run: () => step(1) },
  { keys: ['k', 'ArrowUp'], what: 'previous turn', run: () => step(-1) },
  { keys: [']'], what: 'next finding', run: nextFinding },
  { keys: ['['], what: 'previous finding', run: previousFinding },
  { keys: ['e'], what: 'next error', run: nextError },
  { keys: ['d'], what: 'next edit', run: nextEdit },
  { keys: ['r'], what: 'next divergence of the replay', run: nextDivergence },
  { keys: ['s'], what: 'submission', run: submission },
  { keys: ['/'], what: 'find', run: focusFind },
  { keys: ['g'], what: 'go to a turn by its number', run: () => focusId('goto-box') },
  { keys: ['t'], what: 'table of rewards', run: () => openTab('table') },
  { keys: ['l'], what: 'list of turns', run: () => (openTab('turns'), requestAnimationFrame(() => focusId('turn-list'))) },
  { keys: ['c'], what: 'fold the chart, or show it again', run: toggleChart },
  { keys: ['?'], what: 'this sheet', run: () => (helpOpen.value = !helpOpen.peek()) },
];

function focusId(id: string): void {
  const element = document.getElementById(id);
  element?.focus();
  if (element instanceof HTMLInputElement) element.select();
}

const typing = (target: EventTarget | null): boolean =>
  target instanceof HTMLInputElement
    ? !['checkbox', 'button', 'range'].includes(target.type)
    : target instanceof HTMLTextAreaElement || target instanceof HTMLSelectElement;

/** Widgets that use the arrow keys themselves. */
const hasArrows = (target: EventTarget | null): boolean =>
  target instanceof Element && target.closest('[role=tab],[role=slider],[role=dialog],.scroller') !== null;

export function onPageKey(event: KeyboardEvent): void {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
  if (event.key.startsWith('Arrow') && hasArrows(event.target)) return;
  const found = KEYS.find(({ keys }) => keys.includes(event.key));
  if (!found) return;
  event.preventDefault();
  found.run();
}
