export interface TestEngine {
  readonly host: string;
  readonly socket: string;
  /** Null: it ran already, and is someone else's to stop. */
  readonly pid: number | null;
  readonly stop: () => Promise<void>;
}
export const IMAGES: Readonly<Record<string, { readonly packages: readonly string[]; readonly importable: readonly string[] }>>;
/** `folder`: where its data lie, which sets engines apart; `options`: more of dockerd's. */
export function startEngine(wish?: { readonly folder?: string; readonly options?: readonly string[] }): Promise<TestEngine>;
/** Removes a folder that an engine had its data in, with what is mounted there. */
export function removeEngineFolder(folder: string): Promise<void>;
export function ensureImage(socket: string, name: string): Promise<string>;
