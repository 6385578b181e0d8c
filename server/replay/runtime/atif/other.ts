import { noShell, textArgument, type Call, type Dialect } from './dialect';

/** Tools by which agents run shell text, by their usual names. */
const SHELLS =
  /^(?:(?:execute_|run_|local_|developer__)?(?:bash|shell)(?:_command)?|exec|execute_command|exec_command|run_command|run_terminal_cmd|run_in_terminal|terminal)$/i;
/** Agents whose shell is known to be one for the whole episode. */
const LIVE = /^(?:openhands|swe-agent)/;
const EXIT = /\n?\[(?:The command completed|Command finished) with exit code (\d{1,3})\.?\]\s*$/;

const read =
  (agent: string): Dialect['read'] =>
  (call, shown) => {
    const command = commandOf(call);
    if (command === null) return noShell(agent, call);
    const exit = EXIT.exec(shown ?? '');
    const observation = shown === null || exit === null ? shown : shown.slice(0, exit.index);
    return { action: command, observation, exitCode: exit === null ? null : Number(exit[1]) };
  };

/** The command of a call to a shell; a list `["bash", "-lc", text]` is Codex's. */
function commandOf(call: Call): string | null {
  if (!SHELLS.test(call.tool)) return null;
  const { command } = call.arguments;
  if (Array.isArray(command) && command.length === 3 && /^(?:\/bin\/)?(?:ba)?sh$/.test(String(command[0])))
    return typeof command[2] === 'string' ? command[2] : null;
  return textArgument(call, 'command', 'cmd', 'script');
}

const common = { interpreter: ['bash', '-lc'], trims: true, actionMs: 120_000, limitOf: () => null } as const;

/** One shell for all commands. */
export const liveShellAgents: Dialect = {
  ...common,
  id: 'live-shell',
  claims: (agent) => LIVE.test(agent),
  keeps: 'shell',
  read: read('the agent'),
};

/** Any other agent: taken for one that starts a shell per command, which is said. */
export const otherAgents: Dialect = { ...common, id: 'other', claims: () => true, keeps: 'nothing', read: read('the agent') };
