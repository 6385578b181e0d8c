import { noShell, textArgument, type Dialect } from './dialect';

const WHOLE = /^(?:<exception>[^]*?<\/exception>\n)?<returncode>(-?\d{1,9})<\/returncode>\n<output>\n([^]*?)\n?<\/output>\s*$/;

/** mini-swe-agent as Harbor converts it: the command, and the message that the model saw. */
export const miniSweAgentInAtif: Dialect = {
  id: 'mini-swe-agent',
  claims: (agent) => agent === 'mini-swe-agent',
  keeps: 'nothing',
  interpreter: ['bash', '-lc'],
  trims: false,
  actionMs: 30_000,
  limitOf: () => null,
  read(call, shown) {
    const command = textArgument(call, 'command');
    if (command === null) return noShell('mini-swe-agent', call);
    const [, code, output] = WHOLE.exec(shown ?? '') ?? [];
    return { action: command, observation: output ?? null, exitCode: code === undefined || code === '-1' ? null : Number(code) };
  },
};
