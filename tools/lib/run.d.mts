import type { ChildProcess, SpawnOptions } from 'node:child_process';

export declare class Sentence extends Error {}
/** Null: we are not root and can't become it. */
export declare function rootPrefix(): readonly string[] | null;
export declare function which(name: string): string | null;
export declare function start(command: string, args: readonly string[], options?: SpawnOptions): ChildProcess;
export declare function end(child: ChildProcess): Promise<void>;
