/** Where the tools of a scaffold lie that are not part of an image, and whether they are the recorded run's. */
import { access, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { CannotReplay } from './errors';
import { filesOf } from './runtime/commands-0';
import type { ToolFolders } from './runtime/runtime';
import { bundleFolder } from './runtime/swe-agent-1';
import type { Recording } from './types';

/**
 * Ours, beside the bundled program. `checkout`: a clone of SWE-agent at the recorded version, whose own tools run instead.
 */
export function toolFolders(checkout: string | null = null): ToolFolders {
  if (checkout !== null) return { bundles: join(checkout, 'tools'), commands: join(checkout, 'config/commands'), checkout };
  const ours = join(__dirname, 'tools');
  return { bundles: join(ours, 'bundles'), commands: join(ours, 'commands') };
}

/** Whether there is an implementation of a bundle (1.x) or of a command file (0.x, with its ending). */
export async function hasTool(folders: ToolFolders, name: string): Promise<boolean> {
  if (!name.includes('.')) return (await bundleFolder(folders.bundles, name)) !== null;
  const files = filesOf(name, folders.checkout === undefined);
  return (await Promise.all(files.map((file) => exists(join(folders.commands, file))))).every((there) => there);
}

/**
 * What is wrong with a checkout for this recording, in sentences: another version, and what its bundles would install.
 * Throws CannotReplay where the folder is no checkout, or has another generation's layout.
 */
export async function checkoutProblems(
  { checkout, bundles, commands }: ToolFolders,
  { format, version }: Recording,
  tools: readonly string[],
): Promise<string[]> {
  if (checkout === undefined || format !== 'swe-agent') return [];
  const has = await versionIn(checkout);
  if (has === null && !(await exists(bundles)) && !(await exists(commands)))
    throw new CannotReplay(`${checkout} is no checkout of SWE-agent: it holds neither tools nor config/commands.`);
  const here = has === null ? 'The SWE-agent checkout' : `The SWE-agent checkout, version ${has},`;
  const folder = version.startsWith('0') ? { path: commands, name: 'config/commands' } : { path: bundles, name: 'tools' };
  if (!(await exists(folder.path)))
    throw new CannotReplay(`${here} has no ${folder.name}, which an episode of SWE-agent ${version} needs: check out that version.`);
  const other = has !== null && !isOf(has, version);
  return [
    ...(other ? [`The episode was made with SWE-agent ${version}, the checkout is ${has}: its tools may print something else.`] : []),
    ...(await installsOf(bundles, tools)),
  ];
}

/** `__version__` of the package; null: not there. */
async function versionIn(checkout: string): Promise<string | null> {
  const text = await readFile(join(checkout, 'sweagent/__init__.py'), 'utf8').catch(() => '');
  return /^__version__\s*=\s*["']([\w.+-]{1,40})["']/m.exec(text)?.[1] ?? null;
}

/** Major and minor count; a version that was read off a layout may be a range (`0.2-0.6`), or known by its first number alone. */
function isOf(has: string, recorded: string): boolean {
  const [major, minor] = numbers(has);
  const range = /^(\d+)\.(\d+)-(\d+)\.(\d+)$/.exec(recorded);
  if (range !== null) return major === Number(range[1]) && minor! >= Number(range[2]) && minor! <= Number(range[4]);
  const [wanted, least] = numbers(recorded);
  return major === wanted && (least === undefined || minor === least);
}

const numbers = (version: string): number[] => (/^\d+(?:\.\d+)?/.exec(version)?.[0] ?? '').split('.').map(Number);

/** Package tools in an `install.sh`, which have no network in a replay. */
const INSTALLS = /^\s*(?:sudo\s+)?(?:python3?\s+-m\s+)?((?:pip3?|pipx|apt(?:-get)?|npm|conda|curl|wget)\b[^\n#]*)/gm;

async function installsOf(bundles: string, tools: readonly string[]): Promise<string[]> {
  const problems: string[] = [];
  for (const name of tools) {
    const folder = name.includes('.') ? null : await bundleFolder(bundles, name);
    if (folder === null) continue;
    const script = await readFile(join(folder, 'install.sh'), 'utf8').catch(() => '');
    const wants = [...script.matchAll(INSTALLS)].map(([, command]) => `\`${command!.trim()}\``);
    if (wants.length > 0)
      problems.push(
        `The bundle "${name}" runs ${wants.join(' and ')}, and a replay has no network: what the image lacks of it is missing.`,
      );
  }
  return problems;
}

const exists = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  );
