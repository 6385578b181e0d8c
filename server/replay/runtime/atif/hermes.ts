import { numberAt, stringAt } from '../values';
import { aroundGap, background, noShell, textArgument, timeArgument, type Dialect } from './dialect';

const GAP = /\n\n\.\.\. \[OUTPUT TRUNCATED - [^\n]*\] \.\.\.\n\n/;
const LATE = /\n?\[Command timed out after [^\n]*\]$/;

/** Hermes Agent: `bash -c` per command, after what the last one exported and where it ended; answers are JSON. */
export const hermes: Dialect = {
  id: 'hermes',
  claims: (agent) => agent === 'hermes' || agent === 'hermes-agent',
  keeps: 'environment',
  interpreter: ['bash', '-c'],
  trims: true,
  actionMs: 180_000,
  limitOf: (call) => timeArgument(call, 'timeout', 1000),
  read(call, shown) {
    const command = textArgument(call, 'command');
    if (call.tool !== 'terminal' || command === null) return noShell('hermes', call);
    if (call.arguments['background'] === true) return background('hermes');
    const answer = jsonOf(shown);
    const output = answer === null ? null : (stringAt(answer, 'output') ?? '');
    if (output === null) return { action: command, observation: null };
    const late = LATE.test(output);
    return {
      action: command,
      ...aroundGap(output.replace(LATE, ''), GAP),
      exitCode: late ? null : numberAt(answer, 'exit_code'),
      timedOut: late,
    };
  },
};

function jsonOf(text: string | null): unknown {
  try {
    const value: unknown = JSON.parse(text ?? '');
    return typeof value === 'object' ? value : null;
  } catch {
    return null;
  }
}
