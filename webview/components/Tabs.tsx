import type { ComponentChildren } from 'preact';
import { TABS, tab, view, type Tab } from '../model/store';
import { openTab } from '../model/navigate';
import { Configuration } from './Configuration';
import { ProblemStatement } from './ProblemStatement';
import { Seen } from './Seen';
import { Submission } from './Submission';
import { TableTwin } from './TableTwin';
import { Turns } from './Turns';

const NAMES: Record<Tab, string> = {
  turns: 'Turns',
  problem: 'Problem statement',
  submission: 'Submission',
  seen: 'What the model saw',
  configuration: 'Run configuration',
  table: 'Table',
};

const PANELS: Record<Tab, () => ComponentChildren> = {
  turns: () => <Turns />,
  problem: () => <ProblemStatement />,
  submission: () => <Submission />,
  seen: () => <Seen />,
  configuration: () => <Configuration />,
  table: () => <TableTwin />,
};

export function Tabs() {
  const current = tab.value;
  const onKeyDown = (event: KeyboardEvent): void => {
    const at = TABS.indexOf(current);
    const next =
      event.key === 'ArrowRight'
        ? at + 1
        : event.key === 'ArrowLeft'
          ? at - 1
          : event.key === 'Home'
            ? 0
            : event.key === 'End'
              ? TABS.length - 1
              : null;
    if (next === null) return;
    event.preventDefault();
    const name = TABS[(next + TABS.length) % TABS.length];
    if (!name) return;
    openTab(name);
    requestAnimationFrame(() => document.getElementById(`tab-${name}`)?.focus());
  };
  return (
    <section class="tabs">
      <div class="tab-list" role="tablist" aria-label="Views of the episode" onKeyDown={onKeyDown}>
        {TABS.map((name) => (
          <button
            key={name}
            id={`tab-${name}`}
            type="button"
            role="tab"
            aria-selected={name === current}
            aria-controls="tab-panel"
            tabIndex={name === current ? 0 : -1}
            onClick={() => openTab(name)}
          >
            {NAMES[name]}
          </button>
        ))}
      </div>
      <div id="tab-panel" class={`panel panel-${current}`} role="tabpanel" aria-labelledby={`tab-${current}`}>
        {view.value && PANELS[current]()}
      </div>
    </section>
  );
}
