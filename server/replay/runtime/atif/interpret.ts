/** A recording whose commands are tool calls becomes one of shell commands, in the words of its agent's dialect. */
import type { RecordedCommand, RecordedTurn, Recording } from '../../types';
import { stringAt } from '../values';
import type { Dialect } from './dialect';
import { dialects } from './registry';

/** Absent `agent.name`: the agent is none that is known. */
export const agentOf = ({ configuration }: Recording): string => stringAt(configuration, 'name')?.toLowerCase() ?? 'the agent';

export const dialectOf = (recording: Recording): Dialect => dialects.find((dialect) => dialect.claims(agentOf(recording)))!;

/** What can't be run again has its `obstacle`; all else is shell text. */
export function interpreted(recording: Recording): Recording {
  if (recording.format !== 'atif') return recording;
  const dialect = dialectOf(recording);
  return { ...recording, turns: recording.turns.map((turn) => turnOf(turn, dialect)) };
}

function turnOf(turn: RecordedTurn, dialect: Dialect): RecordedTurn {
  const commands = turn.commands.map((command) => commandOf(command, dialect));
  return { ...turn, commands: dialect.readTurn?.(commands) ?? commands };
}

function commandOf(command: RecordedCommand, dialect: Dialect): RecordedCommand {
  if (command.call === undefined || command.obstacle !== undefined) return command;
  const given = command.call.arguments;
  const named = typeof given === 'object' && given !== null && !Array.isArray(given) ? (given as Readonly<Record<string, unknown>>) : {};
  const call = { tool: command.call.tool, arguments: named };
  const { action, ...reading } = { action: command.action, ...dialect.read(call, command.observation) };
  const trimmed = dialect.trims && typeof reading.observation === 'string' ? { observation: reading.observation.trim() } : {};
  return { ...command, ...reading, ...trimmed, action };
}
