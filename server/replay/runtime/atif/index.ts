/** ATIF: what an agent ran in a shell is run again; its other tools are named, turn by turn. */
import type { RecordedCommand, Recording } from '../../types';
import type { Plan, Runtime, Session, Stage } from '../runtime';
import { listAt } from '../values';
import type { Kept } from './dialect';
import { FreshShell } from './fresh-shell';
import { agentOf, dialectOf } from './interpret';
import { KeptShell } from './kept-shell';

/** Where Harbor's tasks have their files. */
const HARBOR = '/app';

export const atif: Runtime = {
  id: 'atif',
  claims: ({ format }) => format === 'atif',
  plan(recording: Recording): Plan {
    const dialect = dialectOf(recording);
    const agent = agentOf(recording);
    const commands = commandsOf(recording);
    const place = placeOf(recording, commands);
    return {
      image: null,
      cwd: place.cwd,
      env: {},
      actionMs: dialect.actionMs,
      tools: [],
      // Commands that can't be run again are named by their obstacle.
      obstacles: [],
      problems: [
        `${dialect.id === 'other' ? `How ${agent} keeps its shell is not known: each command is run` : `As ${agent} did, each command is run`} ${KEPT[dialect.keeps]}.`,
        ...(place.recorded ? [] : [`The file does not say where the commands were run; ${place.cwd} is taken${place.because}.`]),
        ...skippedIn(recording),
        ...unansweredIn(recording),
      ],
    };
  },
  async open(stage): Promise<Session> {
    const dialect = dialectOf(stage.recording);
    return dialect.keeps === 'shell'
      ? KeptShell.open(stage, dialect)
      : FreshShell.open(stage, dialect, interpreterOf(stage, dialect.interpreter));
  },
};

const KEPT: Readonly<Record<Kept, string>> = {
  nothing: 'in a shell of its own',
  directory: 'in a shell of its own, which starts where the last one ended',
  environment: 'in a shell of its own, which starts where the last one ended and with what it exported',
  shell: 'in one shell on a terminal',
};

const commandsOf = ({ turns }: Recording): RecordedCommand[] =>
  turns.filter(({ executed }) => executed).flatMap(({ commands }) => commands.filter(({ obstacle }) => obstacle === undefined));

/** The folder that the file names, else the one that most commands go to first, else Harbor's. */
function placeOf({ configuration }: Recording, commands: readonly RecordedCommand[]): { cwd: string; recorded: boolean; because: string } {
  const recorded = listAt(configuration, 'extra', 'cwds').find((cwd) => /^\/[^\n\0]*$/.test(cwd));
  if (recorded !== undefined) return { cwd: recorded, recorded: true, because: '' };
  const counts = new Map<string, number>();
  for (const { action } of commands) {
    const folder = /^\s*cd\s+(\/[\w./-]*)\s*(?:&&|;|\n)/.exec(action)?.[1];
    if (folder !== undefined) counts.set(folder, (counts.get(folder) ?? 0) + 1);
  }
  const [most] = [...counts].sort(([, a], [, b]) => b - a);
  return most === undefined
    ? { cwd: HARBOR, recorded: false, because: ', as in tasks of Harbor' }
    : { cwd: most[0], recorded: false, because: ', where most commands go' };
}

function skippedIn({ turns }: Recording): string[] {
  const skipped = turns.filter(({ executed, commands }) => executed && commands.some(({ obstacle }) => obstacle !== undefined));
  if (skipped.length === 0) return [];
  const first = skipped.find(({ commands }) => commands.some(({ obstacle }) => obstacle?.changesState === true));
  const count = skipped.length === 1 ? 'One turn calls' : `${skipped.length.toLocaleString('en')} turns call`;
  return [
    `${count} what is no shell command: skipped, and named turn by turn.${
      first === undefined ? '' : ` From turn ${(first.index + 1).toLocaleString('en')} on the state may be another than the recorded one.`
    }`,
  ];
}

function unansweredIn({ turns }: Recording): string[] {
  const count = turns.filter(({ executed, commands }) => !executed && commands.some(({ call }) => call !== undefined)).length;
  if (count === 0) return [];
  return [
    `${count === 1 ? 'One turn has' : `${count.toLocaleString('en')} turns have`} a call whose result is not in the file: whether it ran is not known, and it is not replayed.`,
  ];
}

/** The shell names itself in its messages: where one is recorded, that shell is taken. */
function interpreterOf({ recording }: Stage, usual: readonly string[]): readonly string[] {
  const [shell, ...flags] = usual;
  const base = shell?.split('/').at(-1);
  for (const { observation } of commandsOf(recording)) {
    const named = /^(\/(?:usr\/)?bin\/(ba)?sh): (?:(?:line )?\d+|eval): /m.exec(observation ?? '')?.[1];
    if (named !== undefined) return base === 'bash' && !named.endsWith('bash') ? usual : [named, ...flags];
  }
  return usual;
}
