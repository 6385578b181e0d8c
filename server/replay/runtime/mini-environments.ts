/**
 * The environments of mini-swe-agent, by the name of their class (`environment_type`): which shell a command is handed to, and
 * how its bytes became text. Read off `minisweagent/environments` at 1.15.0, 1.17.5 and 2.4.6.
 */
import type { Undecodable } from '../shell/decode';
import type { Recording } from '../types';
import { listAt, stringAt } from './values';

export interface MiniEnvironment {
  /** The command comes after it, as one argument. */
  readonly interpreter: readonly string[];
  readonly undecodable: Undecodable;
  /** Python's text mode makes one line end of CR and of CRLF. A command that ran out of time is read as bytes. */
  readonly universalNewlines: boolean;
  /** There was no image: what the episode found is known from its outputs only. */
  readonly ownMachine: boolean;
}

const DOCKER: MiniEnvironment = {
  interpreter: ['bash', '-lc'],
  undecodable: 'replace',
  universalNewlines: true,
  ownMachine: false,
};
const REX: MiniEnvironment = { interpreter: ['/bin/sh', '-c'], undecodable: 'backslashes', universalNewlines: false, ownMachine: false };
const ENVIRONMENTS: Readonly<Record<string, MiniEnvironment>> = {
  DockerEnvironment: DOCKER,
  SingularityEnvironment: { ...DOCKER, interpreter: ['bash', '-c'] },
  ContreeEnvironment: { ...DOCKER, interpreter: ['bash', '-c'] },
  BubblewrapEnvironment: { ...DOCKER, interpreter: ['bash', '-c'], ownMachine: true },
  LocalEnvironment: { ...DOCKER, interpreter: ['/bin/sh', '-c'], ownMachine: true },
  SwerexDockerEnvironment: REX,
  SwerexModalEnvironment: REX,
};

/** A file that names no environment, or one of the user's own, is taken for Docker's, as SWE-bench runs are. */
export function environmentOf({ configuration }: Recording): MiniEnvironment {
  const name = stringAt(configuration, 'environment_type')?.split('.').at(-1) ?? '';
  const environment = Object.hasOwn(ENVIRONMENTS, name) ? ENVIRONMENTS[name]! : DOCKER;
  const interpreter = listAt(configuration, 'environment', 'interpreter');
  return interpreter.length > 0 ? { ...environment, interpreter } : environment;
}
