import { background, noShell, textArgument, timeArgument, type Dialect } from './dialect';

const EXIT = /(?:^|\n\n)\(Command exited with code (\d{1,3})\)$/;

/** OpenClaw: the user's shell per command, in the workspace or where the call says. */
export const openclaw: Dialect = {
  id: 'openclaw',
  claims: (agent) => agent === 'openclaw',
  keeps: 'nothing',
  interpreter: ['/bin/sh', '-c'],
  trims: true,
  actionMs: 1_800_000,
  limitOf: (call) => timeArgument(call, 'timeout', 1000),
  read(call, shown) {
    const command = textArgument(call, 'command');
    if (call.tool !== 'exec' || command === null) return noShell('openclaw', call);
    if (call.arguments['background'] === true || shown?.startsWith('Command still running (session') === true)
      return background('openclaw');
    const exit = shown === null ? null : EXIT.exec(shown);
    const text = shown === null || exit === null ? shown : shown.slice(0, exit.index);
    return { action: command, observation: text === '(no output)' ? '' : text, exitCode: exit === null ? null : Number(exit[1]) };
  },
};
