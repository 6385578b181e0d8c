/**
 * Commands that lenses, links and actions name. Those of the Turnpike extension are used where the client says that it
 * has them (`commands` in its initialization options); every other client gets the server's own, which show a message.
 */
import type { Command } from 'vscode-languageserver/node';

/** Commands that the Turnpike extension registers; each takes one argument. */
export const CLIENT_COMMANDS = {
  /** {@link TurnArgument} */
  explain: 'turnpike.explainTurn',
  /** {@link TurnArgument} */
  inspect: 'turnpike.openInspector',
  /** {@link TurnArgument} */
  readable: 'turnpike.openReadable',
  /** `{ uri, start, end }`, bytes of the file */
  raw: 'turnpike.openRaw',
  /** `{ rule }` */
  mute: 'turnpike.muteRule',
  /** `{ uri, attempt }` */
  replay: 'turnpike.replay',
  /** {@link TurnArgument}: recorded and replayed observation, side by side */
  diff: 'turnpike.diffObservation',
} as const;

/** Commands that the server itself carries out. */
export const SERVER_COMMANDS = { explain: 'turnpike.server.explain', mute: 'turnpike.server.mute' } as const;

/** Argument of the commands that lead to a turn. */
export interface TurnArgument {
  readonly uri: string;
  readonly attempt: number;
  readonly turn: number;
}

/** The commands a client has, by name. */
export class Commands {
  constructor(private readonly known: ReadonlySet<string>) {}

  has(name: keyof typeof CLIENT_COMMANDS): boolean {
    return this.known.has(CLIENT_COMMANDS[name]);
  }

  explain(title: string, argument: TurnArgument): Command {
    return { title, command: this.has('explain') ? CLIENT_COMMANDS.explain : SERVER_COMMANDS.explain, arguments: [argument] };
  }

  mute(title: string, rule: string): Command {
    return { title, command: this.has('mute') ? CLIENT_COMMANDS.mute : SERVER_COMMANDS.mute, arguments: [{ rule }] };
  }

  /** Null where the client can't replay. */
  replay(title: string, argument: Pick<TurnArgument, 'uri' | 'attempt'>): Command | null {
    return this.has('replay') ? { title, command: CLIENT_COMMANDS.replay, arguments: [argument] } : null;
  }

  /** What replaying a turn showed; in words where the client has no diff editor for it. */
  diff(title: string, argument: TurnArgument): Command {
    return this.has('diff') ? { title, command: CLIENT_COMMANDS.diff, arguments: [argument] } : this.explain(title, argument);
  }

  /** Null where the client has no inspector. */
  inspect(title: string, argument: TurnArgument): Command | null {
    return this.has('inspect') ? { title, command: CLIENT_COMMANDS.inspect, arguments: [argument] } : null;
  }

  /** A `command:` address, for links. */
  static address(command: string, argument: unknown): string {
    return `command:${command}?${encodeURIComponent(JSON.stringify([argument]))}`;
  }
}
