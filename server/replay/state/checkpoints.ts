/**
 * Checkpoints: the whole container as an image, to open a state with all that git does not hold, and to go on after an
 * interruption. Every one is a commit of the container that the run goes on in, so it is one layer on the image that the run
 * started from, however many there are (an image of images ends at a depth of 125).
 */
import type Docker from 'dockerode';
import type { Container } from 'dockerode';
import { owner, ownerLives } from '../docker/reap';
import type { StateStore } from './store';
import type { Checkpoint, ShellState } from './types';

/** Marks images as ours, with the process that answers for them. */
export const CHECKPOINT = 'dev.turnpike.checkpoint';
const STORE = 'dev.turnpike.store';
const RUN = 'dev.turnpike.run';

export interface CheckpointBudget {
  /** A checkpoint is taken when commands worth this many milliseconds would have to run again without it, … */
  readonly everyMs: number;
  /** … and when commits stay under this share of the commands' time. */
  readonly share: number;
  /** Bytes that the checkpoints of one run may take; between the first and the last, the oldest goes. */
  readonly runBytes: number;
  /** Bytes that all checkpoints on this engine may take; the oldest goes. */
  readonly diskBytes: number;
}

export const DEFAULT_CHECKPOINTS: CheckpointBudget = { everyMs: 10_000, share: 0.05, runBytes: 2 * 2 ** 30, diskBytes: 8 * 2 ** 30 };

export interface CommitWish {
  readonly store: StateStore;
  readonly run: string;
  readonly turn: number;
  readonly shell: ShellState;
  /** Of the image that the container started from. */
  readonly imageBytes: number;
}

export async function commit(
  docker: Docker,
  container: Container,
  { store, run, turn, shell, imageBytes }: CommitWish,
): Promise<Checkpoint> {
  const started = performance.now();
  const labels = { [CHECKPOINT]: owner(), [STORE]: store.id, [RUN]: run };
  const made = (await container.commit({
    changes: Object.entries(labels).map(([name, value]) => `LABEL ${name}=${value}`),
  })) as { readonly Id: string };
  const commitMs = performance.now() - started;
  const { Size } = await docker.getImage(made.Id).inspect();
  return { image: made.Id, turn, shell, bytes: Math.max(0, Size - imageBytes), commitMs };
}

/** Removes checkpoints; one that a container runs from stays until that is gone. */
export async function removeCheckpoints(docker: Docker, images: readonly string[]): Promise<void> {
  for (const image of images)
    await docker
      .getImage(image)
      .remove({ force: false, noprune: false })
      .catch(() => undefined);
}

export async function checkpointExists(docker: Docker, image: string): Promise<boolean> {
  return docker
    .getImage(image)
    .inspect()
    .then(
      () => true,
      () => false,
    );
}

/**
 * Removes the checkpoints that nothing leads to any more: those that no run of this store knows and whose process is dead or is
 * this one (`busy`: runs that it is about to write down), and those of no store whose process is dead. Then the oldest, until
 * the rest fits the budget. Returns how many images went.
 */
export async function reapCheckpoints(
  docker: Docker,
  store: StateStore | null,
  diskBytes = DEFAULT_CHECKPOINTS.diskBytes,
  busy: ReadonlySet<string> = new Set(),
): Promise<number> {
  const all = await docker.listImages({ all: true });
  const sizes = new Map(all.map(({ Id, Size }) => [Id, Size]));
  const ours = all.filter(({ Labels }) => (Labels as Record<string, string> | null)?.[CHECKPOINT] !== undefined);
  if (ours.length === 0) return 0;
  const known = new Set((await store?.runs())?.flatMap(({ checkpoints }) => checkpoints.map(({ image }) => image)));
  const gone = new Set<string>();
  for (const { Id, Labels } of ours) {
    if (known.has(Id) || busy.has(Labels[RUN] ?? '')) continue;
    const mine = store !== null && Labels[STORE] === store.id;
    const maker = Labels[CHECKPOINT] ?? '';
    if (mine && (maker === owner() || !ownerLives(maker))) gone.add(Id);
  }
  const kept = ours.filter(({ Id, Labels }) => !gone.has(Id) && !busy.has(Labels[RUN] ?? '')).sort((a, b) => a.Created - b.Created);
  // An image's size counts all below it, which the checkpoint shares.
  const own = ({ Size, ParentId }: (typeof kept)[number]): number => Math.max(0, Size - (sizes.get(ParentId) ?? 0));
  let bytes = kept.reduce((sum, image) => sum + own(image), 0);
  for (const image of kept) {
    if (bytes <= diskBytes) break;
    bytes -= own(image);
    gone.add(image.Id);
  }
  await removeCheckpoints(docker, [...gone]);
  return gone.size;
}
