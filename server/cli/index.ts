/** The command line. Exit codes: 0 all read, 2 any not, 1 `rewards check` found errors, 64 wrong usage. */
import { Command, CommanderError } from 'commander';
import { doctor } from './doctor';
import { EXIT } from './exit';
import { inspect, type InspectFlags } from './inspect';
import { rewardsCheck, rewardsExample } from './rewards';
import { version } from '../../package.json';

export interface Doors {
  /** Starts the language server on the connection that the arguments name; resolves when it ends. */
  readonly languageServer: (connection: 'stdio' | 'ipc') => Promise<void>;
}

/** @returns the exit code; never throws for wrong usage */
export async function runCommandLine(argv: readonly string[], doors: Doors): Promise<number> {
  let code: number = EXIT.read;
  const program = new Command('turnpike')
    .description('Debug the episodes of software-engineering agents: every turn, its reward, what the gate paid and why.')
    .version(version)
    .showHelpAfterError()
    .exitOverride();

  program
    .command('inspect')
    .description('read episodes and print their turns, rewards, gates and suspected hacks')
    .argument('<file...>', 'trajectory files')
    .option('--rewards <file>', 'reward configuration (default: the nearest turnpike.rewards.yaml upward)')
    .option('--report <file>', 'SWE-bench report.json that graded the submission')
    .option('--trust', 'let the configuration run its own reward modules')
    .option('--json', 'one JSON object per line and file (schema turnpike.inspect/1)')
    .action(async (files: string[], flags: InspectFlags) => {
      code = await inspect(files, flags);
    });

  const rewards = program.command('rewards').description('check or print a reward configuration');
  rewards
    .command('check')
    .description('say what is wrong in a reward configuration')
    .argument('<file>', 'turnpike.rewards.yaml')
    .action(async (file: string) => {
      code = await rewardsCheck(file);
    });
  rewards
    .command('example')
    .description('print a commented configuration, or with --module the reward module that it names')
    .option('--module', 'print my_reward.mjs')
    .option('--schema', 'print the JSON Schema of turnpike.rewards.yaml')
    .action((flags: { module?: true; schema?: true }) => {
      rewardsExample(flags);
    });

  program
    .command('doctor')
    .description('say what Turnpike finds on this machine')
    .action(async () => {
      code = await doctor();
    });

  program
    .command('lsp')
    .description('start the language server')
    .option('--stdio', 'over standard input and output (default)')
    .option('--node-ipc', "over Node's IPC channel")
    .option('--clientProcessId <pid>', 'process to end with')
    .action(async (flags: { nodeIpc?: true }) => {
      await doors.languageServer(flags.nodeIpc === true ? 'ipc' : 'stdio');
    });

  try {
    await program.parseAsync([...argv]);
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    return error.exitCode === 0 ? EXIT.read : EXIT.usage;
  }
  return code;
}
