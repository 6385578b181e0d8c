/** The repository as it was after a turn, for the editor's file system and its diff editor. */
import type { ChangedFile, EpisodeRef, StateEntry } from '../../protocol/index';
import type { ReplayFacts, StateStore } from '../../replay/index';
import { BadRequest } from '../failure';
import type { Session } from '../session';
import { factsOf } from './marks';

/** Before the first turn. */
const START = -1;

export class States {
  constructor(
    private readonly store: StateStore,
    private readonly facts: ReplayFacts,
  ) {}

  /** Null: a state is not known. */
  async changes(from: number, to: number): Promise<readonly ChangedFile[] | null> {
    const [before, after] = [this.tree(from), this.tree(to)];
    return before === null || after === null ? null : this.store.changes(before, after);
  }

  async folder(turn: number, path: string): Promise<readonly StateEntry[] | null> {
    const tree = this.tree(turn);
    return tree === null ? null : this.store.list(tree, path);
  }

  /** Base64. */
  async file(turn: number, path: string): Promise<string | null> {
    const tree = this.tree(turn);
    const found = tree === null ? null : await this.store.file(tree, path);
    return found === null ? null : Buffer.from(found.bytes).toString('base64');
  }

  /** A turn that ran nothing left the tree of the turn before. */
  private tree(turn: number): string | null {
    for (let at = turn; at > START; at--) {
      const facts = factsOf(this.facts, at);
      if (facts === undefined) return null;
      if (facts.executed) return facts.tree;
    }
    return this.facts.baseTree;
  }
}

/** Null: the episode was not replayed, or nothing is kept of it. A state that can't be shown is an error with its sentence. */
export async function onStates<R>(
  session: Session,
  ref: EpisodeRef,
  signal: AbortSignal,
  work: (states: States) => Promise<R | null>,
): Promise<R | null> {
  const { model } = await session.resolve(ref, signal);
  const { replay } = model.of;
  const store = replay === null ? null : await session.replays.states();
  if (replay === null || store === null) return null;
  try {
    return await work(new States(store, replay));
  } catch (error) {
    // The store is there, so this is loaded.
    const { StateError } = await import('../../replay/index');
    if (error instanceof StateError) throw new BadRequest(error.message);
    throw error;
  }
}
