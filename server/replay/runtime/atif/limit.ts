import type { RecordedCommand } from '../../types';
import type { Dialect } from './dialect';

/** The agent's limit for this command, in milliseconds: the call's own, else the usual one. */
export function limitOf({ call }: RecordedCommand, dialect: Dialect): number {
  const given = call?.arguments;
  if (call === undefined || typeof given !== 'object' || given === null) return dialect.actionMs;
  return dialect.limitOf({ tool: call.tool, arguments: given as Readonly<Record<string, unknown>> }) ?? dialect.actionMs;
}
