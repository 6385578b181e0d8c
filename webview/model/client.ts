/** The conversation with the editor: opening, re-opening, following other surfaces, keeping the reader's place. */
import { batch, effect } from '@preact/signals';
import { methods, type PageCommand, type ToPage } from '../../server/protocol/index';
import { act, post, saveState, savedState } from '../host';
import { Cancelled, answer, call } from '../rpc';
import { focusFind } from './find';
import { announce, firstFinding, nextEdit, nextError, openTab, select, step, submission } from './navigate';
import {
  FILTERS,
  TABS,
  attempt,
  failure,
  filter,
  folded,
  helpOpen,
  reading,
  sample,
  show,
  stale,
  tab,
  thresholds,
  turn,
  uri,
  view,
  zoom,
  type Filter,
  type Tab,
} from './store';
import { baseName } from './format';
import { dropLive, replayFacts, replaying, takeProgress } from './replay';
import { replayed } from './replay-words';

let opening: AbortController | null = null;
/** Loading is said only when it takes this long. */
const PATIENCE_MS = 300;

/** The newest opening, ended or not. */
let latest: Promise<void> = Promise.resolve();

/** Opens the file (again). What is shown stays until the new state is here. */
export function open(which: number | null): Promise<void> {
  return (latest = read(which));
}

async function read(which: number | null): Promise<void> {
  const file = uri.peek();
  if (file === null) return;
  opening?.abort();
  const controller = new AbortController();
  opening = controller;
  const timer = setTimeout(() => (reading.value = `Reading ${baseName(decodeURIComponent(file))}`), PATIENCE_MS);
  try {
    const result = await call(methods.open, which === null ? { uri: file } : { uri: file, attempt: which }, controller.signal);
    if (opening !== controller) return;
    if ('failure' in result) {
      if (view.peek()) stale.value = result.failure.sentences.join(' ');
      else failure.value = result.failure;
    } else show(result.view);
  } catch (error) {
    if (error instanceof Cancelled) return;
    const sentence = error instanceof Error ? error.message : String(error);
    if (view.peek()) stale.value = sentence;
    else failure.value = { recognised: null, sentences: [sentence] };
  } finally {
    clearTimeout(timer);
    if (opening === controller) {
      opening = null;
      reading.value = null;
    }
  }
}

export function switchAttempt(which: number): void {
  if (which === attempt.peek()) return;
  batch(() => {
    attempt.value = which;
    turn.value = 0;
    zoom.value = null;
  });
  void open(which);
}

function hello(message: Extract<ToPage, { t: 'hello' }>): void {
  const saved = savedState();
  const mine = saved?.uri === message.uri ? saved : null;
  batch(() => {
    uri.value = message.uri;
    sample.value = message.sample;
    turn.value = message.turn ?? mine?.turn ?? 0;
    attempt.value = message.attempt ?? mine?.attempt ?? null;
    if (mine) {
      if (TABS.includes(mine.tab as Tab)) tab.value = mine.tab as Tab;
      thresholds.value = { ...mine.thresholds };
      folded.value = mine.folded === true;
      filter.value = mine.filter.filter((name): name is Filter => FILTERS.includes(name as Filter));
    }
  });
  void open(attempt.peek());
}

const COMMANDS: Record<PageCommand, () => void> = {
  next: () => step(1),
  previous: () => step(-1),
  find: focusFind,
  firstFinding,
  nextError,
  nextEdit,
  submission,
  seen: () => openTab('seen'),
  help: () => (helpOpen.value = true),
};

async function follow(which: number, index: number): Promise<void> {
  if (which !== attempt.peek() && view.peek()) {
    attempt.value = which;
    await open(which);
  }
  select(index, false);
}

/** Where a replay is; when it ends its facts are asked for, and what it said while it ran goes. */
async function replayMoved({ progress, earlier }: Extract<ToPage, { t: 'replaying' }>): Promise<void> {
  const began = progress !== null && progress.phase !== 'ended' && replaying.peek() === null;
  const ended = takeProgress(progress, earlier);
  if (began) announce('Replay started.');
  if (!ended) return;
  void open(attempt.peek());
  // A change that is told meanwhile opens again: what is shown then is what counts.
  for (let seen: Promise<void> | null = null; seen !== latest;) await (seen = latest);
  dropLive();
  const facts = replayFacts.peek();
  announce(facts ? replayed(facts) : 'The replay ended.');
}

export function start(): void {
  window.addEventListener('message', (event: MessageEvent<ToPage>) => {
    const message = event.data;
    if (typeof message !== 'object' || message === null || answer(message)) return;
    switch (message.t) {
      case 'hello':
        hello(message);
        break;
      case 'changed':
        if (message.stale !== null) {
          stale.value = message.stale;
          announce(message.stale);
        } else if (message.revision > (view.peek()?.revision ?? -1)) void open(attempt.peek());
        break;
      case 'replaying':
        void replayMoved(message);
        break;
      case 'select':
        void follow(message.attempt, message.turn);
        break;
      case 'command':
        COMMANDS[message.command]?.();
        break;
      case 'result':
      case 'error':
        break;
    }
  });
  effect(() => {
    const state = {
      uri: uri.value,
      attempt: attempt.value,
      turn: turn.value,
      tab: tab.value,
      thresholds: thresholds.value,
      filter: filter.value,
      folded: folded.value,
    };
    if (state.uri !== null && state.attempt !== null) saveState({ ...state, uri: state.uri, attempt: state.attempt });
  });
  effect(() => {
    const tried = thresholds.value;
    if (uri.value !== null) act({ kind: 'tried', thresholds: tried });
  });
  post({ t: 'ready' });
}
