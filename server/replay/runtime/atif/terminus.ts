import type { RecordedCommand } from '../../types';
import { noShell, textArgument, type Dialect } from './dialect';
import { outputsOn } from './screen';

/** Names of keys as tmux takes them. */
const KEY = /^(?:[CMS]-\S|Enter|Escape|Tab|Space|BSpace|Up|Down|Left|Right|Home|End|PageUp|PageDown|F\d{1,2})+$/;

/**
 * Terminus: keystrokes for one bash in tmux, and one picture of the screen for all keystrokes of a turn. Lines that are typed
 * and entered are commands; other keys are for programs of a terminal, which a replay does not have.
 */
export const terminus: Dialect = {
  id: 'terminus',
  claims: (agent) => /^terminus/.test(agent),
  keeps: 'shell',
  interpreter: [],
  trims: true,
  actionMs: 180_000,
  limitOf: () => null,
  read(call, shown) {
    const keys = textArgument(call, 'keystrokes');
    if (keys === null) return noShell('terminus', call);
    if (keys.trim() === '' && !keys.includes('\n'))
      return { obstacle: { reason: 'It types nothing and waits.', changesState: false }, observation: shown };
    // eslint-disable-next-line no-control-regex -- control characters are keys
    if (KEY.test(keys.trim()) || /[\u0000-\u0008\u000b-\u001f]/.test(keys))
      return {
        obstacle: { reason: 'It presses keys of a terminal program; a replay has a shell.', changesState: true },
        observation: shown,
      };
    if (!keys.endsWith('\n'))
      return { obstacle: { reason: 'It types a line and does not enter it.', changesState: true }, observation: shown };
    return { action: keys.replace(/\n+$/, ''), observation: shown };
  },
  readTurn(commands: readonly RecordedCommand[]): RecordedCommand[] {
    const screen = commands.findLast(({ observation }) => observation !== null)?.observation ?? null;
    const ran = commands.filter(({ obstacle }) => obstacle === undefined).map(({ action }) => action);
    const outputs = screen === null ? [] : outputsOn(screen, ran);
    let at = 0;
    return commands.map((command) => ({ ...command, observation: command.obstacle === undefined ? (outputs[at++] ?? null) : null }));
  },
};
