/** What a replay would need and could not do. Nothing runs, no container is started. */
import type { Connection } from './docker/connect';
import { candidates, findImage, type FoundImage } from './docker/image';
import { CannotReplay, NoImage } from './errors';
import { obstaclesIn } from './obstacles';
import type { ImageContents } from './docker/contents';
import { checkImage } from './preflight-image';
import { runtimes } from './runtime/registry';
import type { ToolFolders } from './runtime/runtime';
import { checkoutProblems, hasTool } from './tools';
import type { Recording, ReplayOptions } from './types';

export interface Preflight {
  /** The way of running it; null: none that Turnpike has. */
  readonly runtime: string | null;
  readonly image: FoundImage | null;
  /** Null: no image was found, or it could not be looked into. */
  readonly inside: ImageContents | null;
  /** Images that would do, in the order in which they are looked for. */
  readonly wanted: readonly string[];
  readonly cwd: string | null;
  /** Tools of the scaffold that the episode had, and whether there is an implementation of each. */
  readonly tools: readonly { readonly name: string; readonly known: boolean }[];
  /** Turns that can't come out as recorded, and why. */
  readonly obstacles: readonly { readonly turn: number; readonly reason: string }[];
  readonly problems: readonly string[];
}

/** Commands that want a network, which a replay does not have. */
const NETWORK =
  /(?:^|[;&|(]\s*|\n\s*)(?:sudo\s+)?(?:pip3?\s+(?:install|download)|python3?\s+-m\s+pip\s+install|curl\s|wget\s|git\s+(?:clone|fetch|pull|push)\b|apt(?:-get)?\s+(?:install|update)|conda\s+install|npm\s+(?:install|ci)\b|go\s+get\b|cargo\s+(?:install|fetch)\b)/;

export async function preflight(
  connection: Connection | null,
  recording: Recording,
  options: ReplayOptions,
  folders: ToolFolders,
): Promise<Preflight> {
  const runtime = runtimes.find((candidate) => candidate.claims(recording)) ?? null;
  const plan = runtime?.plan(recording) ?? null;
  const problems: string[] = [...(plan?.problems ?? [])];
  const wanted = candidates(recording, plan?.image ?? null, options.image).map(({ name }) => name);
  let image: FoundImage | null = null;
  let inside: ImageContents | null = null;
  if (runtime === null) problems.push(`Episodes of ${recording.format} ${recording.version} can't be replayed yet.`);
  else if (connection !== null)
    try {
      image = await findImage(connection.docker, recording, plan?.image ?? null, options.image);
      const check = plan === null ? null : await checkImage(connection, { image: image.id, runtime: runtime.id, plan, options });
      inside = check?.inside ?? null;
      problems.push(...(check?.problems ?? []));
    } catch (error) {
      if (!(error instanceof NoImage)) throw error;
      problems.push(error.message);
    }
  if (plan !== null)
    problems.push(
      ...(await checkoutProblems(folders, recording, plan.tools).catch((error: unknown) => {
        if (error instanceof CannotReplay) return [error.message];
        throw error;
      })),
    );
  const tools = await Promise.all(
    (plan?.tools ?? []).map(async (name) => ({
      name,
      known: await hasTool(folders, name),
    })),
  );
  for (const { name, known } of tools)
    if (!known)
      problems.push(
        `${name.includes('.') ? 'The command file' : 'The bundle'} "${name}" is not known: turns that call its tools will diverge.`,
      );
  return {
    runtime: runtime?.id ?? null,
    image,
    inside,
    wanted,
    cwd: plan?.cwd ?? null,
    tools,
    obstacles: [...(plan?.obstacles ?? []), ...obstaclesIn(recording), ...networkTurns(recording)],
    problems,
  };
}

function networkTurns({ turns }: Recording): { readonly turn: number; readonly reason: string }[] {
  return turns
    .filter(({ executed, commands }) => executed && commands.some(({ action, obstacle }) => obstacle === undefined && NETWORK.test(action)))
    .map(({ index }) => ({ turn: index, reason: 'It asks for the network, and a replay has none.' }));
}
