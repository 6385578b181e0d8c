/** The command line. Exit codes: 0 all read, 2 any not, 1 `rewards check` found errors or a replay
 * diverged, 3 no engine or image, 64 wrong usage. */
import { Command, CommanderError, InvalidArgumentError } from 'commander';
import { doctor } from './doctor';
import { EXIT } from './exit';
import { inspect, type InspectFlags } from './inspect';
import type { ReplayFlags } from './replay';
import { rewardsCheck, rewardsExample } from './rewards';
import type { ShellFlags } from './shell';
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

  program
    .command('replay')
    .description('run episodes again in a container and print where each differs')
    .argument('<file...>', 'trajectory files')
    .option('--image <image>', "image to run in (default: the episode's own, then SWE-bench's name for the task)")
    .option('--repo <folder>', 'local clone to put where the episode had its repository (with --base)')
    .option('--base <commit>', 'commit of that clone')
    .option('--tools <folder>', "checkout of SWE-agent at the recorded version, whose own tools are run (default: Turnpike's)")
    .option('--turn <number>', 'replay up to and including this turn, counted from 1', counted)
    .option('--keep', 'keep the container as it is after the last turn, and say how to enter it')
    .option('--timeout <seconds>', 'longest time for one action (default: as recorded, at most 120)', counted)
    .option('--runtime <name>', "container runtime of the engine, as runsc (gVisor; default: the engine's own)")
    .option('--pull', 'pull the image where the engine does not have it')
    .option('--again', 'replay even where the very same was replayed before')
    .option('--storage <folder>', "folder of kept replays (default: the user's cache)")
    .option('--tests <command>', 'run tests on every state of the repository that a turn made, in a copy')
    .option('--fail-to-pass <list>', 'tests that should turn green: JSON, or a file with it (default: those of the report beside the file)')
    .option('--pass-to-pass <list>', 'tests that should stay green, likewise')
    .option('--tests-timeout <seconds>', 'longest time for one run of the tests (default: 1800)', counted)
    .option('--script', 'only print the run as a shell script that needs docker and no Turnpike')
    .option('--preflight', 'only say what the replay needs and what it could not do')
    .option('--json', 'one JSON object per line and file (schema turnpike.replay/1)')
    .action(async (files: string[], flags: ReplayFlags) => {
      // The engine's client is a megabyte that nothing else needs.
      const { replayFiles } = await import('./replay');
      code = await replayFiles(files, flags);
    });

  program
    .command('shell')
    .description('open a shell in the state after a turn of an episode; replays it first where nothing is kept')
    .argument('[file]', 'trajectory file')
    .option('--turn <number>', 'the turn, counted from 1; 0: before the first', countedFromZero)
    .option('--attempt <number>', 'the attempt, counted from 1 (default: the best)', counted)
    .option('--image <image>', "image to replay in (default: the episode's own, then SWE-bench's name for the task)")
    .option('--repo <folder>', 'local clone to put where the episode had its repository (with --base)')
    .option('--base <commit>', 'commit of that clone')
    .option('--storage <folder>', "folder of kept replays (default: the user's cache)")
    .option('--keep', 'keep the container when the shell ends')
    .option('--container <name>', 'enter a container that was kept')
    .option('--list', 'name the containers that were kept')
    .option('--remove <name>', 'remove a container that was kept (all: every one)')
    .action(async (file: string | undefined, flags: ShellFlags) => {
      const { shell } = await import('./shell');
      code = await shell(file, flags);
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

function countedFromZero(text: string): number {
  return text === '0' ? 0 : counted(text);
}

function counted(text: string): number {
  if (!/^[1-9]\d{0,8}$/.test(text)) throw new InvalidArgumentError('A whole number from 1 is wanted.');
  return Number(text);
}
